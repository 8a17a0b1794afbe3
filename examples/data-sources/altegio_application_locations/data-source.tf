data "altegio_application_locations" "new_york" {
  application_id = 456
  city_id        = 181

  # An incomplete listing must not destroy channels.
  lifecycle {
    postcondition {
      condition     = length(self.ids) >= 2
      error_message = "${length(self.ids)} locations are listed, fewer than expected."
    }
  }
}

# Makes SMS available at every connected location in New York.
resource "altegio_application_channel" "sms" {
  for_each = toset([for id in data.altegio_application_locations.new_york.ids : tostring(id)])

  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}

output "titles" {
  value = { for l in data.altegio_application_locations.new_york.locations : l.id => l.title }
}
