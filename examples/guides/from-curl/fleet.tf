# The same channels as one resource. The import id contains the current values, so nothing is sent.
locals {
  sms = {
    1001 = true
    1002 = true
    1003 = false
  }
}

resource "altegio_application_channels" "sms" {
  application_id = 456
  channel_slug   = "sms"
  availability   = local.sms
}

import {
  to = altegio_application_channels.sms
  id = "456/sms/${jsonencode(local.sms)}"
}
