import {
  to = altegio_location_webhooks.bot
  id = "1001"
}
