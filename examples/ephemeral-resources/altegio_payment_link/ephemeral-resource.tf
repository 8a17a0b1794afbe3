# Pass the url only to something that does not store it either, such as a write-only argument of a secret store:
#
#   data_json_wo = jsonencode({ url = ephemeral.altegio_payment_link.this.url })
ephemeral "altegio_payment_link" "this" {
  location_id    = 1001
  application_id = 456
  discount       = 15.55
}
