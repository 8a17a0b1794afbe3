data "altegio_application_tariffs" "this" {
  application_id = var.application_id
}

locals {
  # Finds the option by the size of the team, instead of a fixed id.
  options = flatten(data.altegio_application_tariffs.this.tariffs[*].options)
  team    = one([for option in local.options : option.id if option.staff_amount == 10])
}

# Every plan sends one request for each location.
data "altegio_payment_link" "this" {
  for_each = toset([for id in local.location_ids : tostring(id)])

  location_id      = each.key
  application_id   = var.application_id
  tariff_option_id = local.team
}

output "payment_links" {
  description = "Payment links, by location."
  value       = { for id, link in data.altegio_payment_link.this : id => link.url }
  sensitive   = true
}
