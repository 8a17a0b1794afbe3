data "altegio_catalog_channels" "this" {}

output "channel_ids" {
  value = [for slug in ["sms", "whatsapp"] : data.altegio_catalog_channels.this.by_slug[slug].id]
}
