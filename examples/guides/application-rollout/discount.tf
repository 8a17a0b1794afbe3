# What the locations pay less, in percent, while the application is new to them.
resource "altegio_application_discount" "launch" {
  application_id = var.application_id
  location_ids   = local.location_ids
  discount       = 15.5
}
