# The locations keep their discount when this resource is destroyed.
resource "altegio_application_discount" "partners" {
  application_id = 456
  location_ids   = [1001, 1002]
  discount       = 15.54
}

# A location is sent a discount of 0 when it leaves, or when this resource is destroyed.
resource "altegio_application_discount" "spring" {
  application_id   = 456
  location_ids     = [1003, 1004]
  discount         = 20
  reset_on_destroy = true
}
