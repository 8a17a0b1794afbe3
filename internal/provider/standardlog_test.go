// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io"
	"log"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

func TestStandardLog(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	logger := log.New(provider.StandardLog(&out), "", 0)
	logger.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v",
		"HTTP/1.1 200 OK\r\n\r\n{\"token\":\"s3cret\"}\x1b[31m", io.EOF)
	logger.Print("two\nlines, \x1b[31m and https://h.test/?sign=s3cret")
	want := "[WARN] Unsolicited response received on idle HTTP channel starting with [redacted]; err=EOF\n" +
		"[WARN] two lines, [31m and https://h.test/?[redacted]\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
