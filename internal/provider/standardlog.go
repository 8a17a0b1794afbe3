// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"io"
	"regexp"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// StandardLog returns the writer for the package log. Only net/http writes to it: when a server sends
// something unexpected, net/http logs and quotes it, which may be an answer with secrets. The writer sends
// the line without the quotation to the log of the process, at level WARN in the form that Terraform reads
// from standard error.
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
