data "altegio_application_tariffs" "this" {
  application_id = var.application_id
}

locals {
  # The option for a team, by its size rather than by an id that somebody looked up.
  options = flatten(data.altegio_application_tariffs.this.tariffs[*].options)
  team    = one([for option in local.options : option.id if option.staff_amount == 10])
}

# One request for each location in every plan.
data "altegio_payment_link" "this" {
  for_each = toset([for id in local.location_ids : tostring(id)])

  location_id      = each.key
  application_id   = var.application_id
  tariff_option_id = local.team
}

output "payment_links" {
  description = "The link with which each location pays, by location."
  value       = { for id, link in data.altegio_payment_link.this : id => link.url }
  sensitive   = true
}
