// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const framesAddr = providertest.FramesType + ".bot"

func frameAttrs(title string) map[string]any {
	return map[string]any{"title": title, "url": "https://bot.example/frame"}
}

func framesRes(application int, frames map[string]any) tf.Resource {
	return tf.Resource{Addr: framesAddr, Attrs: tf.Attrs{"partner_id": 11, "application_id": application, "frames": frames}}
}

func TestApplicationFrames_life(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{"client": frameAttrs("Dialogue"), "visit": frameAttrs("Visit")})}
	r.Expect(t, "")
	want := []altegiotest.Frame{
		{Title: "Dialogue", URL: "https://bot.example/frame", Slug: "client"}, {Title: "Visit", URL: "https://bot.example/frame", Slug: "visit"},
	}
	if got := r.Fake.Frames(458); !reflect.DeepEqual(got, want) {
		t.Errorf("the frames are %v, want %v", got, want)
	}
	if err := r.Settled(); err != nil {
		t.Fatal(err)
	}
	r.Fake.SetFrames(458, nil)
	if actions := r.Plan().Actions(); len(actions) != 1 {
		t.Errorf("a drift plans %v", actions)
	}
	r.Expect(t, "")
	if got := r.Fake.Frames(458); !reflect.DeepEqual(got, want) {
		t.Errorf("the frames are %v, want %v", got, want)
	}
}

func TestApplicationFrames_changes(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{"client": frameAttrs("Dialogue")})}
	r.Expect(t, "")
	r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{})}
	plan := r.Plan()
	r.Fake.SetFrames(458, []altegiotest.Frame{{Title: "Else", URL: "https://else.example", Slug: "visit"}})
	r.Fake.ResetJournal()
	if said := plan.Apply().Diagnostics.String(); !strings.Contains(said, "Frames have changed since the plan") || len(r.Written()) > 0 {
		t.Errorf("it says %s, and sends %v", said, r.Written())
	}
	r.Expect(t, "")
	if got := r.Fake.Frames(458); len(got) != 0 {
		t.Errorf("the frames are %v", got)
	}
	if err := r.Settled(); err != nil { // none is a value like any other
		t.Error(err)
	}
}

func TestApplicationFrames_exist(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{framesRes(456, map[string]any{"client": frameAttrs("Other")})}
	r.Expect(t, "import {\n  to = altegio_application_frames.example\n  id = \"11/456\"\n}")
	if writes := r.Written(); len(writes) > 0 {
		t.Errorf("it sends %v", writes)
	}
	r.Config.Resources[0].Attrs["frames"] = map[string]any{"client": map[string]any{"title": "Dialogue", "url": "https://hello-bots.example/frame/client"}}
	if err := r.Import(framesAddr, "11/456").Err(); err != nil {
		t.Fatal(err)
	}
	if err := r.Settled(); err != nil {
		t.Error(err)
	}
	r.Config.Resources = nil
	r.Expect(t, "")
	if got := r.Fake.Frames(456); len(got) != 0 {
		t.Errorf("a destroy leaves %v", got)
	}
}

func TestApplicationFrames_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		want  string
	}{
		"403":     {altegiotest.Fault{Operation: altegiotest.OpFramesSet, Status: 403}, "Cannot set the frames of the application"},
		"lost":    {altegiotest.Fault{Operation: altegiotest.OpFramesSet, Drop: true}, "Applying again is safe"},
		"other":   {altegiotest.Fault{Operation: altegiotest.OpFramesSet, Body: `{"success":true,"data":[]}`}, "Frames differ from what was sent"},
		"unread":  {altegiotest.Fault{Operation: altegiotest.OpFramesGet, Skip: 3, Times: 1, Status: 500}, ""},
		"no read": {altegiotest.Fault{Operation: altegiotest.OpFramesGet, Status: 404}, "Cannot read the frames of the application"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newCabinet(t)
			r.Fake.Fail(test.fault)
			r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{"client": frameAttrs("Dialogue")})}
			result := r.Expect(t, test.want)
			if test.want == "" && !strings.Contains(result.Diagnostics.Warnings().String(), "Frames could not be read back") {
				t.Errorf("it says %v", result.Diagnostics)
			}
			r.Fake.ClearFaults()
			r.Expect(t, "")
			if err := r.Settled(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestApplicationFrames_validation(t *testing.T) {
	t.Parallel()
	for want, frames := range map[string]map[string]any{
		"value must be one of":      {"sidebar": frameAttrs("Dialogue")},
		"must be between 3 and 100": {"client": frameAttrs("ab")},
		"Set a value for":           {"client": map[string]any{"title": "Dialogue"}},
		"must be an https URL":      {"client": map[string]any{"title": "Dialogue", "url": "http://bot.example"}},
	} {
		r := newCabinet(t)
		r.Config.Resources = []tf.Resource{framesRes(458, frames)}
		if err := r.Plan().Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
