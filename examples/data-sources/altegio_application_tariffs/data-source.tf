data "altegio_application_tariffs" "this" {
  application_id = 456
}

locals {
  tariff_options = flatten(data.altegio_application_tariffs.this.tariffs[*].options)
}

data "altegio_payment_link" "team" {
  location_id      = 1001
  application_id   = 456
  tariff_option_id = one([for o in local.tariff_options : o.id if o.staff_amount == 10])
}

output "prices" {
  value = { for o in local.tariff_options : o.id => "${o.overall_price} ${o.currency_iso}" }
}
