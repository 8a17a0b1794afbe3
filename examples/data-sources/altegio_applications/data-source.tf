data "altegio_developer_accounts" "this" {}

data "altegio_applications" "ours" {
  partner_id = data.altegio_developer_accounts.this.by_title["Hello Bots"].id
}

# The connected locations of an application, looked up by its slug
data "altegio_application_locations" "bot" {
  application_id = data.altegio_applications.ours.by_slug["hello_bot"].id
}
