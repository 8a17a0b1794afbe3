import {
  to = altegio_sms_sender_names.visage
  id = "1001/457"
}
