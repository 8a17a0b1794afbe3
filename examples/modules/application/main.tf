data "altegio_catalog_category" "this" {
  count = var.category == null ? 0 : 1

  slug = var.category
}

data "altegio_country" "this" {
  for_each = var.countries == null ? [] : var.countries

  iso_code = each.key
}

resource "altegio_application" "this" {
  partner_id = var.partner_id
  slug       = var.slug

  title             = var.title
  short_description = var.short_description
  category_id       = one(data.altegio_catalog_category.this[*].id)
  country_ids       = var.countries == null ? null : [for country in data.altegio_country.this : country.id]
  price             = var.price
  callback_url      = var.callback_url
  permissions       = var.permissions

  abandon_on_destroy = var.abandon_on_destroy
}

resource "altegio_application_frames" "this" {
  count = var.frames == null ? 0 : 1

  partner_id     = altegio_application.this.partner_id
  application_id = altegio_application.this.application_id
  frames         = var.frames
}
