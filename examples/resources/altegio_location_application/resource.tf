# The owner of the location has clicked Connect. This resource finishes the installation.
resource "altegio_location_application" "this" {
  location_id    = 1006
  application_id = 456

  channels     = ["sms", "whatsapp"]
  webhook_urls = ["https://hooks.example.com/altegio"]
}

output "status" {
  value = altegio_location_application.this.status
}
