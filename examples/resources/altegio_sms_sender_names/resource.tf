resource "altegio_sms_sender_names" "visage" {
  location_id    = 1001
  application_id = 457
  names          = ["La Visage", "LAVISAGE"]
}
