data "altegio_country" "usa" {
  iso_code = "US"
}

data "altegio_city" "chicago" {
  title      = "Chicago"
  country_id = data.altegio_country.usa.id
}

data "altegio_application_locations" "chicago" {
  application_id = 456
  city_id        = data.altegio_city.chicago.id
}
