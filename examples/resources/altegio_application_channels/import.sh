# application_id/channel_slug
terraform import altegio_application_channels.sms 456/sms
