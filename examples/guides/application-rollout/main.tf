terraform {
  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}

# The token comes from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {}

variable "application_id" {
  description = "Id of the application in the marketplace."
  type        = number
  default     = 456
}

variable "country" {
  description = "Two-letter code of the country for the rollout."
  type        = string
  default     = "US"
}

variable "fewest_locations" {
  description = "Smallest plausible number of locations. A plan fails if the listing has fewer."
  type        = number
  default     = 3
}

data "altegio_countries" "this" {}

# All locations in the country that have connected the application.
data "altegio_application_locations" "this" {
  application_id = var.application_id
  country_id     = data.altegio_countries.this.by_iso_code[var.country].id

  # An incomplete listing must not turn channels off.
  lifecycle {
    postcondition {
      condition     = length(self.ids) >= var.fewest_locations
      error_message = "${length(self.ids)} locations are listed, fewer than fewest_locations."
    }
  }
}

locals {
  location_ids = data.altegio_application_locations.this.ids
}
