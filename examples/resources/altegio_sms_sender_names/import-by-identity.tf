import {
  to = altegio_sms_sender_names.visage
  identity = {
    location_id    = 1001
    application_id = 457
  }
}
