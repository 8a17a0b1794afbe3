// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"fmt"
)

// SenderNamesType is the type of sender names.
const SenderNamesType = "altegio_sms_sender_names"

// SenderNamesBlock declares an altegio_sms_sender_names.
func SenderNamesBlock(location, application int, names ...string) string {
	list, _ := json.Marshal(names)
	return fmt.Sprintf(`
resource "altegio_sms_sender_names" "test" {
  location_id    = %d
  application_id = %d
  names          = %s
}
`, location, application, list)
}
