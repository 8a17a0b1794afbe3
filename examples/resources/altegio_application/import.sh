# partner_id/application_id
terraform import altegio_application.bot 11/456
