import {
  to = altegio_application_channels.sms
  id = "456/sms"
}
