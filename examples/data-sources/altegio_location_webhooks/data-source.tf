data "altegio_location_webhooks" "salon" {
  location_id = 1001
}

# Who else is sent events of this location.
output "others" {
  value = setsubtract(data.altegio_location_webhooks.salon.urls, ["https://bot.example.com/altegio/events"])
}
