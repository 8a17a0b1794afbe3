// SPDX-License-Identifier: MPL-2.0

package webhook

// Unexported names that the external tests use.

var (
	SameWebhook   = sameWebhook
	WebhookEvents = webhookEvents
)
