# partner_id/application_id
terraform import altegio_application_frames.bot 11/456
