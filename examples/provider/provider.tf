terraform {
  required_providers {
    altegio = {
      source = "altegio/altegio"
    }
  }
}

# The token comes from the environment variable ALTEGIO_PARTNER_TOKEN.
provider "altegio" {}
