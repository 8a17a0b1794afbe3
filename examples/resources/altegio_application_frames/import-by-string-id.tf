import {
  to = altegio_application_frames.bot
  id = "11/456"
}
