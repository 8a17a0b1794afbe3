module "rollout" {
  source = "./modules/rollout"

  application_id = 456
  inventory_file = "${path.module}/locations.yaml"
}

output "available_at" {
  value = module.rollout.available_at
}
