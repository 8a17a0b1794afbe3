data "altegio_developer_accounts" "this" {}

output "account_ids" {
  value = { for account in data.altegio_developer_accounts.this.accounts : account.title => account.id }
}
