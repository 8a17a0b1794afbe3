data "altegio_payment_link" "this" {
  location_id    = 1001
  application_id = 456
  discount       = 15.55
}

output "payment_link" {
  value     = data.altegio_payment_link.this.url
  sensitive = true
}
