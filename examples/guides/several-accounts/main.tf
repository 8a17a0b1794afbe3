terraform {
  required_version = ">= 1.5"

  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}

variable "owner_tokens" {
  description = "User tokens of the owners, by name."
  type        = map(string)
  sensitive   = true
}

# Each block takes the partner token from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {}

provider "altegio" {
  alias      = "north"
  user_token = var.owner_tokens["north"]
}

provider "altegio" {
  alias      = "south"
  user_token = var.owner_tokens["south"]
}

resource "altegio_location_webhooks" "north" {
  provider = altegio.north

  location_id = 1001
  urls        = ["https://hooks.example.com/altegio"]
  events      = ["record"]
}

resource "altegio_location_webhooks" "south" {
  provider = altegio.south

  location_id = 1002
  urls        = ["https://hooks.example.com/altegio"]
  events      = ["record"]
}

# Needs no user token, so it uses the block without an alias.
resource "altegio_application_channel" "sms" {
  location_id    = 1001
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
