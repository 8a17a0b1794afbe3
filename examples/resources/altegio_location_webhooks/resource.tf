resource "altegio_location_webhooks" "bot" {
  location_id = 1001
  urls        = ["https://bot.example.com/altegio/events"]
  events      = ["client", "record"]
}
