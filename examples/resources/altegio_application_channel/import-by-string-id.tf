import {
  to = altegio_application_channel.sms
  id = "1001/456/sms"
}
