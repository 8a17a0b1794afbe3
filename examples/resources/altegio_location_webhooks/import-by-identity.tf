import {
  to = altegio_location_webhooks.bot
  identity = {
    location_id = 1001
  }
}
