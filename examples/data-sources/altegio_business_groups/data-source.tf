data "altegio_business_groups" "this" {}

output "kinds_of_beauty_business" {
  value = data.altegio_business_groups.this.by_title["Beauty"].types[*].title
}

output "id_of_barbershops" {
  value = data.altegio_business_groups.this.types_by_title["Barbershop"].id
}
