import {
  to = altegio_application_frames.bot
  id = "11/456"
}

resource "altegio_application_frames" "bot" {
  partner_id     = altegio_application.bot.partner_id
  application_id = altegio_application.bot.application_id

  frames = {
    client = {
      title = "Dialogue"
      url   = "https://hello-bots.example/frame/client"
    }
    visit = {
      title = "Confirmation"
      url   = "https://hello-bots.example/frame/visit"
    }
  }
}
