resource "altegio_application_channel" "sms" {
  for_each = toset(["1001", "1002", "1003"])

  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
