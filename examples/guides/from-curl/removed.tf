# In place of the generic resource. Its provider stays in required_providers until this is applied.
removed {
  from = restapi_object.sms

  lifecycle {
    destroy = false
  }
}
