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
