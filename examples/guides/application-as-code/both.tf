# The published application. Only these attributes are managed.
module "published" {
  source = "./application"

  partner_id   = 11
  slug         = "hello_bot"
  price        = "from $6 a month"
  callback_url = "https://hello-bots.example/callback"
}

import {
  to = module.published.altegio_application.this
  id = "11/456"
}

# The draft of the next version. The first apply creates it.
module "draft" {
  source = "./application"

  partner_id        = 11
  slug              = "hello_bot_next"
  title             = "Hello Bot (next)"
  short_description = "What comes next"
  category          = "ai_bots"
  countries         = ["US", "FR"]
  price             = "from $6 a month"
  callback_url      = "https://next.hello-bots.example/callback"

  frames = {
    client = { title = "Dialogue", url = "https://next.hello-bots.example/frame/client" }
  }
}
