data "altegio_catalog_categories" "this" {}

output "category_id" {
  value = data.altegio_catalog_categories.this.by_slug["analytics"].id
}
