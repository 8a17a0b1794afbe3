# Tests what the module computes from its inventory, without an Altegio. Requires Terraform 1.7 or
# OpenTofu 1.8.
mock_provider "altegio" {}

variables {
  application_id = 456
}

run "yaml" {
  command = plan

  variables {
    inventory_file = "./tests/inventories/locations.yaml"
  }

  assert {
    condition     = altegio_application_channels.this["whatsapp"].availability == tomap({ "1001" = true, "1002" = false, "1003" = false, "1006" = false })
    error_message = "WhatsApp is not as the inventory says."
  }

  assert {
    condition     = altegio_application_discount.this["15.5"].location_ids == tolist([1001, 1002])
    error_message = "The discount is not at the locations that the inventory says."
  }

  assert {
    condition     = keys(altegio_location_application.this) == ["1006"]
    error_message = "Another location than the one with connect is connected."
  }
}

run "csv_is_the_same" {
  command = plan

  variables {
    inventory_file = "./tests/inventories/locations.csv"
  }

  assert {
    condition     = altegio_application_channels.this["whatsapp"].availability == tomap({ "1001" = true, "1002" = false, "1003" = false, "1006" = false })
    error_message = "WhatsApp is not as the inventory says."
  }

  assert {
    condition     = output.discounts == { "1001" = 15.5, "1002" = 15.5, "1003" = 20 }
    error_message = "The discounts are not as the inventory says."
  }
}

run "empty_inventory_is_refused" {
  command = plan

  variables {
    inventory_file = "./tests/inventories/empty.yaml"
  }

  expect_failures = [altegio_application_channels.this]
}

run "other_files_are_refused" {
  command = plan

  variables {
    inventory_file = "./tests/mock.tftest.hcl"
  }

  expect_failures = [var.inventory_file]
}
