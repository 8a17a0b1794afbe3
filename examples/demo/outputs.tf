output "status" {
  description = "Status of the application, by location."
  value       = { for id, application in data.altegio_location_application.this : id => application.status }
}

output "payment_link" {
  description = "Link that the location uses to pay, with the discount."
  value       = data.altegio_payment_link.this.url
  sensitive   = true
}
