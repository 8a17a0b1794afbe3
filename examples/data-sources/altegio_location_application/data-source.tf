data "altegio_location_application" "this" {
  location_id    = 1001
  application_id = 456
}

output "is_active" {
  value = data.altegio_location_application.this.status == "active"
}
