data "altegio_countries" "this" {}

resource "altegio_application" "bot" {
  partner_id        = 11
  slug              = "night_bot"
  title             = "Night Bot"
  short_description = "Answers your clients at night"
  category_id       = 31
  country_ids       = [data.altegio_countries.this.by_iso_code["US"].id]

  price             = "from $5 a month"
  trial_duration    = 14
  monetization_type = "freemium"
  callback_url      = "https://bot.example.com/altegio/callback"

  permissions = {
    records_read = 1
    clients_read = 1
    history_days = -1
  }

  full_description     = "Night Bot writes to your clients while you sleep."
  features_description = ["Confirms visits", "Fills gaps"]
  functionalities      = ["chat"]

  questions = [
    { question = "Does it speak French?", answer = "It does." },
  ]

  connect_instruction = "Press Connect and scan the code."
}
