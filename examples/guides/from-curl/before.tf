# A generic REST provider. The id is made up.
resource "restapi_object" "sms" {
  for_each = toset(["1001", "1002", "1003"])

  path      = "/marketplace/application/update_channel"
  object_id = each.key
  data = jsonencode({
    salon_id       = tonumber(each.key)
    application_id = 456
    channel_slug   = "sms"
    is_available   = each.key != "1003"
  })
}
