data "altegio_catalog_category" "bots" {
  slug = "ai_bots"
}

output "category_id" {
  value = data.altegio_catalog_category.bots.id
}
