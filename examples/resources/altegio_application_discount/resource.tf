# The locations keep the discount when this is destroyed.
resource "altegio_application_discount" "partners" {
  application_id = 456
  location_ids   = [1001, 1002]
  discount       = 15.54
}

# These are sent a discount of 0, when one leaves and when all is destroyed.
resource "altegio_application_discount" "spring" {
  application_id   = 456
  location_ids     = [1003, 1004]
  discount         = 20
  reset_on_destroy = true
}
