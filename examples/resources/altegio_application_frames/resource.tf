resource "altegio_application_frames" "bot" {
  partner_id     = 11
  application_id = 458

  frames = {
    client = {
      title = "Dialogue"
      url   = "https://bot.example.com/altegio/client"
    }
    visit = {
      title = "Confirmation"
      url   = "https://bot.example.com/altegio/visit"
    }
  }
}
