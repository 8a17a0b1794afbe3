import {
  to = altegio_application_channels.sms
  identity = {
    application_id = 456
    channel_slug   = "sms"
  }
}
