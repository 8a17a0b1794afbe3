data "altegio_location_webhooks" "salon" {
  location_id = 1001
}

# The URLs of this location that are not ours.
output "others" {
  value = setsubtract(data.altegio_location_webhooks.salon.urls, ["https://bot.example.com/altegio/events"])
}
