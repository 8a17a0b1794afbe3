data "altegio_catalog_functionalities" "this" {}

output "functionalities" {
  value = data.altegio_catalog_functionalities.this.entries[*].slug
}
