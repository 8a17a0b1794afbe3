# terraform apply -invoke=action.altegio_refund_payment.this
action "altegio_refund_payment" "this" {
  config {
    payment_id = 1523
  }
}
