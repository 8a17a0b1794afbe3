output "available_at" {
  description = "For each channel, the ids of the locations where it is available."
  value       = { for slug, fleet in altegio_application_channels.this : slug => sort([for id, available in fleet.availability : id if available]) }
}

output "discounts" {
  description = "For each location that has one, its discount in percent."
  value       = { for id, location in local.locations : id => location.discount if location.discount != null }
}

output "status" {
  description = "For each location that was connected here, the status of the installation."
  value       = { for id, installation in altegio_location_application.this : id => installation.status }
}
