# Functions require the provider's source here, and Terraform 1.8 or OpenTofu 1.7.
terraform {
  required_version = ">= 1.7"
  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}

resource "altegio_application_channel" "this" {
  for_each = toset(["1001/456/sms", "1002/456/whatsapp"])

  location_id    = provider::altegio::parse_channel_id(each.key).location_id
  application_id = provider::altegio::parse_channel_id(each.key).application_id
  channel_slug   = provider::altegio::parse_channel_id(each.key).channel_slug
  is_available   = true
}
