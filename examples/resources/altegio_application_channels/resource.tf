# The channel is available at all these locations.
resource "altegio_application_channels" "sms" {
  application_id = 456
  channel_slug   = "sms"
  available_at   = [1001, 1002, 1003]
}

# A value for each location.
resource "altegio_application_channels" "whatsapp" {
  application_id = 456
  channel_slug   = "whatsapp"
  availability = {
    1001 = true
    1002 = true
    1003 = false
  }
}
