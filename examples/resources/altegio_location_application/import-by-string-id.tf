import {
  to = altegio_location_application.this
  id = "1001/456"
}
