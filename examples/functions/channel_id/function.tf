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

locals {
  locations = ["1001", "1002"]
}

import {
  for_each = toset(local.locations)
  to       = altegio_application_channel.sms[each.key]
  id       = provider::altegio::channel_id(each.key, 456, "sms")
}

resource "altegio_application_channel" "sms" {
  for_each = toset(local.locations)

  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
