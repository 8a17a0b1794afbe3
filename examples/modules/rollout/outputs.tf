output "available_at" {
  description = "Ids of the locations where each channel is available, by channel."
  value       = { for slug, fleet in altegio_application_channels.this : slug => sort([for id, available in fleet.availability : id if available]) }
}

output "discounts" {
  description = "Discount in percent, by location, for locations that have one."
  value       = { for id, location in local.locations : id => location.discount if location.discount != null }
}

output "status" {
  description = "Status of the installation, by location, for locations with connect."
  value       = { for id, installation in altegio_location_application.this : id => installation.status }
}
