# terraform apply -invoke=action.altegio_report_payment.february
action "altegio_report_payment" "february" {
  config {
    location_id    = 1001
    application_id = 456
    payment_sum    = 990.99
    currency_iso   = "EUR"
    payment_date   = "2026-01-31 10:10:00"
    period_from    = "2026-02-01 00:00:00"
    period_to      = "2026-02-28 23:59:59"
  }
}
