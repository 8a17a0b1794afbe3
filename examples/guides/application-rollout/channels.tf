# One resource for all locations. An apply sends one request for each location that changes.
resource "altegio_application_channels" "sms" {
  application_id = var.application_id
  channel_slug   = "sms"
  available_at   = local.location_ids
}

# WhatsApp goes to a few locations first.
variable "whatsapp_pilots" {
  description = "Ids of the locations that try WhatsApp."
  type        = set(number)
  default     = [1001, 1004]
}

resource "altegio_application_channels" "whatsapp" {
  application_id = var.application_id
  channel_slug   = "whatsapp"
  availability   = { for id in local.location_ids : id => contains(var.whatsapp_pilots, id) }
}
