locals {
  # When you add a payment here, the next apply reports it, once.
  payments = {
    "2026-02" = { sum = 990.99, date = "2026-01-31 10:10:00", from = "2026-02-01 00:00:00", to = "2026-02-28 23:59:59" }
    "2026-03" = { sum = 990.99, date = "2026-02-27 16:45:00", from = "2026-03-01 00:00:00", to = "2026-03-31 23:59:59" }
  }
}

action "altegio_report_payment" "this" {
  for_each = local.payments

  config {
    location_id    = 1001
    application_id = 456
    payment_sum    = each.value.sum
    currency_iso   = "EUR"
    payment_date   = each.value.date
    period_from    = each.value.from
    period_to      = each.value.to
  }
}

resource "terraform_data" "payment" {
  for_each = local.payments

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_report_payment.this[each.key]]
    }
  }
}
