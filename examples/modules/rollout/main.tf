locals {
  content = file(var.inventory_file)
  rows    = endswith(var.inventory_file, ".csv") ? [for row in csvdecode(local.content) : row] : [for row in yamldecode(local.content) : row]

  # By location id. A location that is listed twice is an error. In CSV, every value is a string.
  locations = { for row in local.rows : tostring(row.location_id) => {
    channels = { for slug in ["sms", "whatsapp"] : slug => tobool(row[slug]) }
    discount = try(tonumber(row.discount), null)
    connect  = try(tobool(row.connect), false)
  } }

  # The ids of the locations that get each discount, by discount.
  discounts = { for id, location in local.locations : tostring(location.discount) => tonumber(id)... if location.discount != null }
}

# Finishes the installation that the owner of the location began with a click on Connect.
resource "altegio_location_application" "this" {
  for_each = { for id, location in local.locations : id => location if location.connect }

  location_id     = each.key
  application_id  = var.application_id
  allow_uninstall = var.allow_uninstall
}

# One resource per channel. An apply sends one request for each location that changes.
resource "altegio_application_channels" "this" {
  for_each = toset(["sms", "whatsapp"])

  application_id = var.application_id
  channel_slug   = each.key
  availability   = { for id, location in local.locations : id => location.channels[each.key] }

  lifecycle {
    precondition {
      condition     = length(local.locations) > 0
      error_message = "The inventory is empty: this would turn the channels off everywhere."
    }
  }

  depends_on = [altegio_location_application.this]
}

resource "altegio_application_discount" "this" {
  for_each = local.discounts

  application_id = var.application_id
  location_ids   = each.value
  discount       = tonumber(each.key)

  depends_on = [altegio_location_application.this]
}
