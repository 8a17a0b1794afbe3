resource "altegio_application_channel" "sms" {
  location_id    = altegio_location_application.this.location_id
  application_id = altegio_location_application.this.application_id
  channel_slug   = "sms"
  is_available   = true

  lifecycle {
    precondition {
      condition     = altegio_location_application.this.status == "active"
      error_message = "The application is not active. Look at its status."
    }
  }
}
