data "altegio_country" "usa" {
  iso_code = "US"
}

output "country_id" {
  value = data.altegio_country.usa.id
}
