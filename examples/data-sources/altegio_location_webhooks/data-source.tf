data "altegio_location_webhooks" "salon" {
  location_id = 1001
}

# All URLs that Altegio sends events of this location to.
output "others" {
  value = setsubtract(data.altegio_location_webhooks.salon.urls, ["https://bot.example.com/altegio/events"])
}
