variable "application_id" {
  description = "Id of the application in the marketplace."
  type        = number
}

variable "inventory_file" {
  description = "Path of a YAML or CSV file with one row for each location: location_id, sms, whatsapp, and optionally discount (in percent) and connect (finish the installation that the owner has begun)."
  type        = string

  validation {
    condition     = can(regex("\\.(csv|ya?ml)$", var.inventory_file))
    error_message = "The inventory must be a .csv, .yaml or .yml file."
  }
}

variable "allow_uninstall" {
  description = "Whether the module is allowed to uninstall the application at a location with connect that leaves the inventory. Tests need this to clean up."
  type        = bool
  default     = false
}
