variable "partner_id" {
  description = "Id of the developer account."
  type        = number
}

variable "slug" {
  description = "Name of the application in its account. It cannot be changed."
  type        = string
}

# What is null is not managed: it stays as it is. A new application needs the first four.

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
  description = "ISO codes of the countries in which it is offered."
  type        = set(string)
  default     = null
}

variable "price" {
  description = "What it costs, for people to read."
  type        = string
  default     = null
}

variable "callback_url" {
  description = "URL that Altegio calls when the application is connected and disconnected."
  type        = string
  default     = null
}

variable "permissions" {
  description = "What it may do at locations, by the slug of a right."
  type        = map(number)
  default     = null
}

variable "frames" {
  description = "Its tabs by the card that they are in: employee, client and visit."
  type        = map(object({ title = string, url = string }))
  default     = null
}

variable "abandon_on_destroy" {
  description = "Whether a destroy may end the management of the application, which stays. Tests need it, to clean up."
  type        = bool
  default     = false
}
