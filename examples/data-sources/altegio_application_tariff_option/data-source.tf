data "altegio_application_tariff_option" "team" {
  application_id = 456
  title          = "Team"
}

data "altegio_payment_link" "team" {
  location_id      = 1001
  application_id   = 456
  tariff_option_id = data.altegio_application_tariff_option.team.id
}
