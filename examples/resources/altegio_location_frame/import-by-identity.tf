import {
  to = altegio_location_frame.chat
  identity = {
    location_id    = 1001
    application_id = 456
    type           = "chat"
  }
}
