# TF_VAR_crm_token=... terraform apply -invoke=action.altegio_set_up_voip.on
action "altegio_set_up_voip" "on" {
  config {
    crm_token = var.crm_token
    enable    = true
  }
}

variable "crm_token" {
  description = "Token of the CRM. Ephemeral, so that no plan stores it."
  type        = string
  ephemeral   = true
  sensitive   = true
}
