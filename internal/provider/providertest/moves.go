// SPDX-License-Identifier: MPL-2.0

package providertest

// FleetArgs is the configuration of an altegio_application_channels.
func FleetArgs(at map[string]any) Args {
	if at == nil {
		return nil
	}
	return Args{"application_id": 456, "channel_slug": "sms", "availability": at}
}
