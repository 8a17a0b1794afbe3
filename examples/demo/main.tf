terraform {
  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}

# Token and hosts come from the environment: ALTEGIO_PARTNER_TOKEN, ALTEGIO_API_URL and
# ALTEGIO_APP_URL.
provider "altegio" {}

locals {
  # One entry per location and channel, such as "1001/sms".
  channels = merge([
    for location_id, channels in var.locations : {
      for slug, is_available in channels : "${location_id}/${slug}" => {
        location_id  = location_id
        slug         = slug
        is_available = is_available
      }
    }
  ]...)
}

resource "altegio_application_channel" "this" {
  for_each = local.channels

  location_id    = each.value.location_id
  application_id = var.application_id
  channel_slug   = each.value.slug
  is_available   = each.value.is_available
}

data "altegio_location_application" "this" {
  for_each = var.locations

  location_id    = each.key
  application_id = var.application_id
}

data "altegio_payment_link" "this" {
  location_id    = var.paying_location_id
  application_id = var.application_id
  discount       = 15.55
}
