// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Interrupt runs a command, sends it a SIGINT when isTime returns true, and returns its output.
func (c *CLI) Interrupt(isTime func() bool, args ...string) string {
	c.t.Helper()
	return c.Signal(syscall.SIGINT, isTime, args...)
}

// Signal is Interrupt with another signal.
func (c *CLI) Signal(signal syscall.Signal, isTime func() bool, args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), CLIPath(), args...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	// As from a terminal, or when a job is cancelled, the provider gets the signal too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out printed
	c.printed = &out
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !isTime() {
		select {
		case err := <-ended:
			c.t.Fatalf("the command ended early: %v\n%s", err, out.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil {
		c.t.Fatal(err)
	}
	if err := <-ended; err == nil {
		c.t.Errorf("a command that was stopped succeeds:\n%s", out.String())
	}
	return out.String()
}

// Printed returns the output so far of the command that Interrupt or Signal runs.
func (c *CLI) Printed() string { return c.printed.String() }

// A printed is the output of a running command.
type printed struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// CuttingProxy forwards a number of requests and then disappears, as if the network failed.
func CuttingProxy(t *testing.T, target string, requests int64) (proxyURL string, cut func() bool) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ErrorLog: log.New(io.Discard, "", 0)}
	var proxy *httptest.Server
	proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if passed.Add(1) > requests {
			_ = proxy.Listener.Close()
			proxy.CloseClientConnections()
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, func() bool { return passed.Load() > requests }
}

// Many declares an sms channel at each location.
func Many(ids []int64) string {
	list, _ := json.Marshal(ids)
	return fmt.Sprintf(`
resource "altegio_application_channel" "test" {
  for_each       = toset([for id in %s : tostring(id)])
  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
`, list)
}

// Channels returns the value of each channel in the state, by id; those of fleets are in it too, unless
// the value is null.
func (c *CLI) Channels() map[string]bool {
	c.t.Helper()
	out, ok := c.Run("show", "-json")
	if !ok {
		c.t.Fatalf("show fails:\n%s", out)
	}
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Type   string
					Values struct {
						ID           string
						IsAvailable  *bool `json:"is_available"`
						Availability map[string]*bool
					}
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &state); err != nil {
		c.t.Fatalf("%v\n%s", err, out)
	}
	all := make(map[string]bool)
	for _, r := range state.Values.RootModule.Resources {
		if r.Type == ChannelType && r.Values.IsAvailable != nil {
			all[r.Values.ID] = *r.Values.IsAvailable
		}
		for location, value := range r.Values.Availability {
			if value != nil {
				all[location+"/"+r.Values.ID] = *value
			}
		}
	}
	return all
}
