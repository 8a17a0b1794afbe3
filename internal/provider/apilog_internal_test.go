// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A pause after an answer 429 is logged at level WARN.
func TestAPILog_waiting(t *testing.T) {
	t.Parallel()
	for level, limited := range map[string]bool{"info": false, "warn": true} {
		var out bytes.Buffer
		apiLog{}.Waiting(tflogtest.RootLogger(t.Context(), &out), altegio.WaitEvent{Wait: time.Minute, Reason: "this", Limited: limited})
		lines, err := tflogtest.MultilineJSONDecode(&out)
		if err != nil || len(lines) != 1 || lines[0]["@level"] != level || lines[0]["reason"] != "this" || lines[0]["wait"] != "1m0s" {
			t.Errorf("limited: %t: logged %v, %v", limited, lines, err)
		}
	}
}
