# Tests what an apply does, against the fake. Start altegio-fake, and set
# ALTEGIO_API_URL, ALTEGIO_APP_URL and ALTEGIO_PARTNER_TOKEN to the values that it prints. Requires
# Terraform 1.6 or OpenTofu 1.6.
provider "altegio" {
  # The fake has no limits.
  requests_per_second = 0
  requests_per_minute = 0
}

variables {
  application_id  = 456
  inventory_file  = "./tests/inventories/locations.yaml"
  allow_uninstall = true
}

run "apply" {
  assert {
    condition     = output.status["1006"] == "active"
    error_message = "The installation was not finished."
  }

  assert {
    condition     = jsonencode(output.available_at) == jsonencode({ sms = ["1001", "1002", "1003", "1006"], whatsapp = ["1001"] })
    error_message = "The channels are not as the inventory says."
  }
}

# The same inventory as a CSV file changes nothing.
run "apply_again" {
  variables {
    inventory_file = "./tests/inventories/locations.csv"
  }

  assert {
    condition     = jsonencode(output.available_at) == jsonencode({ sms = ["1001", "1002", "1003", "1006"], whatsapp = ["1001"] }) && jsonencode(output.discounts) == jsonencode({ "1001" = 15.5, "1002" = 15.5, "1003" = 20 })
    error_message = "The CSV file and the YAML file differ."
  }
}
