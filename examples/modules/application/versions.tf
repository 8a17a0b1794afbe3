terraform {
  required_version = ">= 1.5"

  required_providers {
    altegio = {
      source  = "altegio/altegio"
      version = "~> 0.1"
    }
  }
}
