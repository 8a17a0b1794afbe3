# terraform apply -invoke=action.altegio_submit_for_moderation.bot
action "altegio_submit_for_moderation" "bot" {
  config {
    partner_id     = 11
    application_id = 458
  }
}
