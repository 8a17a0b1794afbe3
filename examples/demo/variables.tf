variable "application_id" {
  description = "Id of the application in the marketplace."
  type        = number
  default     = 456
}

variable "locations" {
  description = "Channels of each location, by location id."
  type        = map(map(bool))
  default = {
    "1001" = { sms = true, whatsapp = true }
    "1002" = { sms = true, whatsapp = false }
    "1003" = { sms = true }
  }
}

variable "paying_location_id" {
  description = "Id of the location to create a payment link for."
  type        = number
  default     = 1001
}
