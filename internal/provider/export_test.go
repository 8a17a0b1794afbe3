// SPDX-License-Identifier: MPL-2.0

package provider

// What the tests outside the package need of it.

type (
	BaseURLValidator = baseURLValidator
)

var (
	CheckBaseURL          = checkBaseURL
	MissingPartnerToken   = missingPartnerToken
	UnusableConfiguration = unusableConfiguration
)
