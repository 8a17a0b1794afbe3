data "altegio_catalog_rights" "this" {
  partner_id = 11
}

output "rights" {
  value = { for right in data.altegio_catalog_rights.this.entries : right.slug => right.title }
}
