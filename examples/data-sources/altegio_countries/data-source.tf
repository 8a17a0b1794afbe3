data "altegio_countries" "this" {}

output "id_of_france" {
  value = data.altegio_countries.this.by_iso_code["FR"].id
}
