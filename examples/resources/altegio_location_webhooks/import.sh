# location_id
terraform import altegio_location_webhooks.bot 1001
