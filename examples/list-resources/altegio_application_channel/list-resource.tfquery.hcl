# terraform query
# terraform query -generate-config-out=channels.tf
list "altegio_application_channel" "sms" {
  provider = altegio
  limit    = 10000 # Terraform's own default is 100

  config {
    application_id = 456
    channel_slugs  = ["sms"]
    is_available   = true
  }
}
