# terraform apply -invoke=action.altegio_uninstall_application.this
action "altegio_uninstall_application" "this" {
  config {
    location_id    = 1001
    application_id = 456
  }
}
