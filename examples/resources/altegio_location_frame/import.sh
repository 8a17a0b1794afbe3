# location_id/application_id/type
terraform import altegio_location_frame.chat 1001/456/chat
