variable "partner_id" {
  description = "Id of the developer account."
  type        = number
}

variable "slug" {
  description = "Name of the application in its account. It cannot be changed."
  type        = string
}

# Null means not managed: the value stays as it is. A new application needs the first four.

variable "title" {
  description = "Title in the marketplace."
  type        = string
  default     = null
}

variable "short_description" {
  description = "Short description."
  type        = string
  default     = null
}

variable "category" {
  description = "Slug of the category, such as ai_bots."
  type        = string
  default     = null
}

variable "countries" {
  description = "ISO codes of the countries where the application is offered."
  type        = set(string)
  default     = null
}

variable "price" {
  description = "Price, as a text for people to read."
  type        = string
  default     = null
}

variable "callback_url" {
  description = "URL that Altegio calls when the application is connected and disconnected."
  type        = string
  default     = null
}

variable "permissions" {
  description = "Rights of the application at locations, by the slug of the right."
  type        = map(number)
  default     = null
}

variable "frames" {
  description = "Tabs, by the card that shows them: employee, client or visit."
  type        = map(object({ title = string, url = string }))
  default     = null
}

variable "abandon_on_destroy" {
  description = "Whether the application can be destroyed, which only removes it from the state. Tests need this to clean up."
  type        = bool
  default     = false
}
