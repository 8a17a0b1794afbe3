// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"io"
	"regexp"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// StandardLog returns what the output of the package log is to be. Nothing here writes to that, but
// net/http does, when a server sends what nobody asked for, and quotes it, which may be an answer with
// secrets. A line goes to the log of the process at level WARN, as Terraform reads it from standard
// error, without what is quoted.
func StandardLog(stderr io.Writer) io.Writer { return standardLog{stderr} }

type standardLog struct{ stderr io.Writer }

var anyQuoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// Write implements io.Writer. The package log writes one message at a time.
func (l standardLog) Write(message []byte) (int, error) {
	text := altegio.Printable(anyQuoted.ReplaceAllString(string(message), "[redacted]"))
	if _, err := io.WriteString(l.stderr, "[WARN] "+text+"\n"); err != nil {
		return 0, err
	}
	return len(message), nil
}
