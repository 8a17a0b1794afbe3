data "altegio_countries" "this" {}

data "altegio_cities" "usa" {
  country_id = data.altegio_countries.this.by_iso_code["US"].id
}

data "altegio_application_locations" "chicago" {
  application_id = 456
  city_id        = data.altegio_cities.usa.by_title["Chicago"].id
}
