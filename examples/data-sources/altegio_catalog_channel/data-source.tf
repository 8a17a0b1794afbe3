data "altegio_catalog_channel" "this" {
  for_each = toset(["sms", "whatsapp"])

  slug = each.key
}

output "channels" {
  value = [for channel in data.altegio_catalog_channel.this : channel.id]
}
