// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An unsolicitedServer answers about location 1002, and after the answer about location 1001 sends another one
// that nobody asked for. Both requests are underway then, so that nobody takes it for an answer to his.
type unsolicitedServer struct {
	t        *testing.T
	listener net.Listener
	extra    string
	noticed  func() // returns when the client has noticed the answer, or never will
	arrived  atomic.Int64
	both     chan struct{} // closed when both requests have arrived
}

func (s *unsolicitedServer) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.answer(conn)
	}
}

func (s *unsolicitedServer) answer(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // a test
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if s.arrived.Add(1) == 2 {
		close(s.both)
	}
	<-s.both
	const body = `{"success":true,"data":{"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"},"payments":[],"logs":[]},"meta":[]}`
	text := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	if strings.Contains(r.URL.Path, "/1001/") {
		text += s.extra
	} else {
		s.noticed()
	}
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Error(err)
	}
	_, _ = io.Copy(io.Discard, conn) // until the client closes it
}

// net/http writes what a server sends unasked to standard error, and quotes it. The log has the line without
// the quotation.
func TestSecrets_unsolicited(t *testing.T) {
	t.Parallel()
	const secret = "unasked-7f3a9c1e5b"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	base := "http://" + listener.Addr().String()
	r := providertest.NewSecretRun(t, core.EnvPartnerToken+"=x", provider.EnvAPIURL+"="+base, provider.EnvAppURL+"="+base, provider.EnvSharedPace+"=off")
	s := &unsolicitedServer{t: t, listener: listener, both: make(chan struct{}), extra: "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"token\":\"" + secret + "\"}"}
	s.noticed = func() {
		for range 1500 {
			if log, err := os.ReadFile(filepath.Join(r.Dir, "trace.log")); err == nil && strings.Contains(string(log), "Unsolicited response") {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	go s.serve()
	r.Config("provider \"altegio\" {\n  requests_per_second = 0\n  requests_per_minute = 0\n  max_retries = 0\n}\n",
		providertest.ConnectionBlock("one", 1001, 456), providertest.ConnectionBlock("two", 1002, 456))
	r.Do(true, "plan", "-input=false")
	want := regexp.MustCompile(`(?m)\[WARN\].*Unsolicited response received on idle HTTP channel starting with \[redacted\]; err=`)
	if log := r.Files()["trace.log"]; !want.MatchString(log) {
		t.Errorf("%s is not in the log", want)
	}
	r.ExpectAbsent("the unsolicited answer", secret)
}
