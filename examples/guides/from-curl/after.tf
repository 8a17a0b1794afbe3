locals {
  # The values that the script or the generic resources had set. Copy them from there.
  sms = {
    1001 = true
    1002 = true
    1003 = false
  }
}

resource "altegio_application_channel" "sms" {
  for_each = local.sms

  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = each.value
}

import {
  for_each = local.sms

  to = altegio_application_channel.sms[each.key]
  id = "${each.key}/456/sms"
}
