import {
  to = altegio_application.bot
  identity = {
    partner_id     = 11
    application_id = 456
  }
}
