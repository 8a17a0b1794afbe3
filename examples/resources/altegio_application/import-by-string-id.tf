import {
  to = altegio_application.bot
  id = "11/456"
}
