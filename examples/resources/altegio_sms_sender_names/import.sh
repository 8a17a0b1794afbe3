# location_id/application_id
terraform import altegio_sms_sender_names.visage 1001/457
