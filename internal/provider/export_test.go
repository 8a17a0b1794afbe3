// SPDX-License-Identifier: MPL-2.0

package provider

// Unexported names that the external tests use.

type (
	BaseURLValidator = baseURLValidator
)

var (
	CheckBaseURL          = checkBaseURL
	InvalidSharedPace     = invalidSharedPace
	MissingPartnerToken   = missingPartnerToken
	OneBaseURL            = oneBaseURL
	UnusableConfiguration = unusableConfiguration
)
