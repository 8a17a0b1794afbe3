# Replaces the generic resource. Keep its provider in required_providers until this is applied.
removed {
  from = restapi_object.sms

  lifecycle {
    destroy = false
  }
}
