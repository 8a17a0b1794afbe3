import {
  to = altegio_application_channel.sms
  identity = {
    location_id    = 1001
    application_id = 456
    channel_slug   = "sms"
  }
}
