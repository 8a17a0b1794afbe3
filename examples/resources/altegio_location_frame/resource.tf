resource "altegio_location_frame" "chat" {
  location_id    = 1001
  application_id = 456
  type           = "chat"
  url            = "https://bot.example.com/altegio/chat"
}
