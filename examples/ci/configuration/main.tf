terraform {
  required_version = ">= 1.5"

  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }

  # All jobs share this state. use_lockfile requires Terraform or OpenTofu 1.10.
  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "altegio.tfstate"
    region       = "eu-central-1"
    use_lockfile = true
  }
}

# The token comes from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {
  # A cancelled job has only seconds to end. The provider waits this long for a request in flight.
  request_timeout = "5s"
}

locals {
  # Channels of each location, by location id.
  locations = yamldecode(file("${path.module}/locations.yaml"))
}

resource "altegio_application_channels" "this" {
  for_each = toset(["sms", "whatsapp"])

  application_id = 456
  channel_slug   = each.key
  availability   = { for id, channels in local.locations : id => channels[each.key] }
}
