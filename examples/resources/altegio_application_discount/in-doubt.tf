# Replaces altegio_application_discount.partners, whose discount is in doubt. Remove the removed and import
# blocks after the apply.
removed {
  from = altegio_application_discount.partners

  lifecycle {
    destroy = false
  }
}

# Altegio shows that 1001 has the discount. Leave this block out if no location has it.
import {
  to = altegio_application_discount.settled
  id = "456/15.54/1001"
}

resource "altegio_application_discount" "settled" {
  application_id = 456
  location_ids   = [1001, 1002]
  discount       = 15.54
}
