# location_id/application_id/channel_slug
terraform import altegio_application_channel.sms 1001/456/sms
