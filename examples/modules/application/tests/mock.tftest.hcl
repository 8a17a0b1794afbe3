# Tests what the module computes from its variables, without an Altegio. override_data sets the result of
# each lookup. Requires Terraform 1.7 or OpenTofu 1.8.
mock_provider "altegio" {
  override_data {
    target = data.altegio_catalog_category.this
    values = { id = 5 }
  }

  override_data {
    target = data.altegio_country.this
    values = { id = 7 }
  }

  # OpenTofu generates 0, which is not a valid id.
  override_resource {
    target = altegio_application.this
    values = { application_id = 456 }
  }
}

variables {
  partner_id = 11
  slug       = "hello_bot_next"
}

run "draft" {
  command = plan

  variables {
    title             = "Hello Bot (next)"
    short_description = "What comes next"
    category          = "ai_bots"
    countries         = ["US"]
    frames            = { client = { title = "Dialogue", url = "https://hello-bots.example/frame/client" } }
  }

  assert {
    condition     = altegio_application.this.category_id == 5 && altegio_application.this.country_ids == toset([7])
    error_message = "The category or the country is not the result of the lookup."
  }

  assert {
    condition     = toset(keys(altegio_application_frames.this[0].frames)) == toset(["client"])
    error_message = "The tabs are not those of the variable."
  }
}

run "nothing_but_the_slug" {
  command = plan

  assert {
    condition     = length(altegio_application_frames.this) == 0 && length(data.altegio_catalog_category.this) == 0
    error_message = "Something is managed or looked up that no variable asks for."
  }
}
