import {
  to = altegio_application_discount.partners
  identity = {
    application_id = 456
  }
}
