variable "api_key" {
  type      = string
  ephemeral = true
}

resource "altegio_location_application" "this" {
  location_id    = 1006
  application_id = 456

  api_key_wo         = var.api_key
  api_key_wo_version = 1
}
