import {
  to = altegio_location_application.this
  identity = {
    location_id    = 1001
    application_id = 456
  }
}
