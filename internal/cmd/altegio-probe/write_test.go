// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// expectWrites checks everything that the probe sent but reads.
func expectWrites(t *testing.T, fake *altegiotest.Server, want ...string) {
	t.Helper()
	var got []string
	for _, r := range fake.Requests() {
		if r.Method != http.MethodGet {
			got = append(got, r.Method+" "+r.Path+" "+string(r.Body))
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it sends\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// With -write, one channel is set to the value that the user gives, and nothing else is changed.
func TestProbe_Write(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"sms", "whatsapp"} {
		for _, value := range []bool{true, false} {
			write := fmt.Sprintf("%s=%t", slug, value)
			t.Run(write, func(t *testing.T) {
				t.Parallel()
				fake := altegiotest.NewServer()
				defer fake.Close()
				fake.SetChannel(1001, 456, slug, value)
				if code, out := probeFake(t, fake, "-write", write); code != 0 || !strings.Contains(out, "update_channel at api-url") {
					t.Errorf("it exits with %d:\n%s", code, out)
				}
				expectWrites(t, fake, fmt.Sprintf("POST /api/v1/marketplace/application/update_channel "+
					`{"application_id":456,"channel_slug":%q,"is_available":%t,"salon_id":1001}`, slug, value))
				if on, set := fake.Channel(1001, 456, slug); on != value || !set || len(fake.Channels()) != 1 {
					t.Errorf("the channels are %v", fake.Channels())
				}
			})
		}
	}
}

// What differs about the write makes the probe fail. The other host is never asked.
func TestProbe_WriteDiffers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		world altegiotest.World
		found string
	}{
		"no body":        {altegiotest.World{Bodies: 1}, "200 empty"},
		"the other host": {altegiotest.World{Hosts: 2, OtherHost: 1}, "404 HTML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := altegiotest.NewServer(altegiotest.WithShapes(tc.world.Shapes()))
			defer fake.Close()
			code, out := probeFake(t, fake, "-write", "sms=true")
			lines := strings.Split(strings.TrimSpace(out), "\n")
			last := lines[len(lines)-1]
			if code != 1 || !strings.HasPrefix(last, "!") || !strings.Contains(last, "update_channel at api-url") || !strings.HasSuffix(last, tc.found) {
				t.Errorf("it exits with %d:\n%s", code, out)
			}
			expectWrites(t, fake, "POST /api/v1/marketplace/application/update_channel "+
				`{"application_id":456,"channel_slug":"sms","is_available":true,"salon_id":1001}`)
		})
	}
}
