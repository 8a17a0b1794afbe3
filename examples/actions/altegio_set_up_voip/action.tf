action "altegio_set_up_voip" "on" {
  config {
    crm_token = var.crm_token
    enable    = true
  }
}

# An apply that creates or changes this turns the integration on: TF_VAR_crm_token=... terraform apply
resource "terraform_data" "telephony" {
  triggers_replace = "2026-01-31"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_set_up_voip.on]
    }
  }
}

variable "crm_token" {
  description = "Token of the CRM. Ephemeral, so that no plan stores it."
  type        = string
  ephemeral   = true
  sensitive   = true
}
