import {
  to = altegio_application_discount.partners
  id = "456/15.54/1001,1002"
}
