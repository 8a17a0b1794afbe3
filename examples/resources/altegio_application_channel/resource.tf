resource "altegio_application_channel" "sms" {
  location_id    = 1001
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}

# A channel at each of several locations.
resource "altegio_application_channel" "whatsapp" {
  for_each = toset(["1001", "1002", "1003"])

  location_id    = each.key
  application_id = 456
  channel_slug   = "whatsapp"
  is_available   = true
}
