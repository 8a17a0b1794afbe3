# location_id/application_id
terraform import altegio_location_application.this 1001/456
