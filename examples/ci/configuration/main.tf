terraform {
  required_version = ">= 1.5"

  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }

  # All jobs share this one state. use_lockfile needs Terraform or OpenTofu 1.10.
  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "altegio.tfstate"
    region       = "eu-central-1"
    use_lockfile = true
  }
}

# The token comes from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {
  # A cancelled job has seconds to end. A request that is on its way is waited for this long.
  request_timeout = "5s"
}

locals {
  # For each location, by id, the channels that the application offers there.
  locations = yamldecode(file("${path.module}/locations.yaml"))
}

resource "altegio_application_channels" "this" {
  for_each = toset(["sms", "whatsapp"])

  application_id = 456
  channel_slug   = each.key
  availability   = { for id, channels in local.locations : id => channels[each.key] }
}
