import {
  to = altegio_location_frame.chat
  id = "1001/456/chat"
}
