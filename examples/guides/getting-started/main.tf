terraform {
  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}

# The token comes from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {}

resource "altegio_application_channel" "sms" {
  location_id    = 1001
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
