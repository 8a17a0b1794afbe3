output "application_id" {
  description = "Id of the application."
  value       = altegio_application.this.application_id
}

output "is_published" {
  description = "Whether the application is published in the marketplace."
  value       = altegio_application.this.is_published
}
