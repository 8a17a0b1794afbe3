// SPDX-License-Identifier: MPL-2.0

package webhook

// What the tests outside the package need of it.

var (
	SameWebhook   = sameWebhook
	WebhookEvents = webhookEvents
)
