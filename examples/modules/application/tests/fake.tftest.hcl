# Creates a draft and changes it, against the fake. Start altegio-fake, and set ALTEGIO_API_URL,
# ALTEGIO_APP_URL, ALTEGIO_PARTNER_TOKEN and ALTEGIO_USER_TOKEN to the values that it prints. Requires
# Terraform 1.6 or OpenTofu 1.6.
provider "altegio" {
  # The fake has no limits.
  requests_per_second = 0
  requests_per_minute = 0
}

variables {
  partner_id         = 11
  slug               = "hello_bot_next"
  title              = "Hello Bot (next)"
  short_description  = "What comes next"
  category           = "ai_bots"
  countries          = ["US", "FR"]
  abandon_on_destroy = true
}

run "draft" {
  assert {
    condition     = output.is_published == false
    error_message = "The draft is published."
  }

  assert {
    condition     = altegio_application.this.category_id == 5 && length(altegio_application.this.country_ids) == 2
    error_message = "The category or the countries are not as declared."
  }
}

# The title is no longer declared and stays. The price is new and is set.
run "price" {
  variables {
    title = null
    price = "from $6 a month"
  }

  assert {
    condition     = altegio_application.this.title == "Hello Bot (next)" && altegio_application.this.price == "from $6 a month"
    error_message = "The title has changed, or the price is not set."
  }
}
