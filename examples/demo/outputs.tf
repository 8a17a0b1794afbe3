output "status" {
  description = "How the application is connected, by location."
  value       = { for id, application in data.altegio_location_application.this : id => application.status }
}

output "payment_link" {
  description = "With this link the location pays, with the discount."
  value       = data.altegio_payment_link.this.url
  sensitive   = true
}
