# terraform query
# terraform query -generate-config-out=installations.tf
list "altegio_location_application" "all" {
  provider = altegio
  limit    = 10000 # Terraform's own default is 100

  config {
    application_id = 456
  }
}
