# terraform query
# terraform query -generate-config-out=applications.tf
list "altegio_application" "published" {
  provider = altegio

  config {
    partner_id   = 11
    is_published = true
  }
}
