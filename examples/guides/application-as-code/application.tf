import {
  to = altegio_application.bot
  id = "11/456"
}

resource "altegio_application" "bot" {
  partner_id = 11

  price        = "from $6 a month"
  callback_url = "https://hello-bots.example/callback"

  connect_instruction = "Press Connect and scan the code."
  payment_instruction = "Pay by card in the application."
}
