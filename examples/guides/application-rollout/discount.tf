# A discount for the launch.
resource "altegio_application_discount" "launch" {
  count = length(local.location_ids) > 0 ? 1 : 0

  application_id = var.application_id
  location_ids   = local.location_ids
  discount       = 15.5
}
