import {
  to = altegio_application_frames.bot
  identity = {
    partner_id     = 11
    application_id = 456
  }
}
