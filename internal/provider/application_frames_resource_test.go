// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const (
	framesType = "altegio_application_frames"
	framesAddr = framesType + ".bot"
)

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
	r.expect(t, "")
	want := []altegiotest.Frame{
		{Title: "Dialogue", URL: "https://bot.example/frame", Slug: "client"}, {Title: "Visit", URL: "https://bot.example/frame", Slug: "visit"},
	}
	if got := r.fake.Frames(458); !reflect.DeepEqual(got, want) {
		t.Errorf("the frames are %v, want %v", got, want)
	}
	if err := r.settled(); err != nil {
		t.Fatal(err)
	}
	r.fake.SetFrames(458, nil)
	if actions := r.Plan().Actions(); len(actions) != 1 {
		t.Errorf("a drift plans %v", actions)
	}
	r.expect(t, "")
	if got := r.fake.Frames(458); !reflect.DeepEqual(got, want) {
		t.Errorf("the frames are %v, want %v", got, want)
	}
}

func TestApplicationFrames_changes(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{"client": frameAttrs("Dialogue")})}
	r.expect(t, "")
	r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{})}
	plan := r.Plan()
	r.fake.SetFrames(458, []altegiotest.Frame{{Title: "Else", URL: "https://else.example", Slug: "visit"}})
	r.fake.ResetJournal()
	if said := plan.Apply().Diagnostics.String(); !strings.Contains(said, "Frames have changed since the plan") || len(r.written()) > 0 {
		t.Errorf("it says %s, and sends %v", said, r.written())
	}
	r.expect(t, "")
	if got := r.fake.Frames(458); len(got) != 0 {
		t.Errorf("the frames are %v", got)
	}
	if err := r.settled(); err != nil { // none is a value like any other
		t.Error(err)
	}
}

func TestApplicationFrames_exist(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{framesRes(456, map[string]any{"client": frameAttrs("Other")})}
	r.expect(t, "import {\n  to = altegio_application_frames.example\n  id = \"11/456\"\n}")
	if writes := r.written(); len(writes) > 0 {
		t.Errorf("it sends %v", writes)
	}
	r.Config.Resources[0].Attrs["frames"] = map[string]any{"client": map[string]any{"title": "Dialogue", "url": "https://hello-bots.example/frame/client"}}
	if err := r.Import(framesAddr, "11/456").Err(); err != nil {
		t.Fatal(err)
	}
	if err := r.settled(); err != nil {
		t.Error(err)
	}
	r.Config.Resources = nil
	r.expect(t, "")
	if got := r.fake.Frames(456); len(got) != 0 {
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
		"other":   {altegiotest.Fault{Operation: altegiotest.OpFramesSet, Body: `{"success":true,"data":[]}`}, "Frames are not as they were set"},
		"unread":  {altegiotest.Fault{Operation: altegiotest.OpFramesGet, Skip: 3, Times: 1, Status: 500}, ""},
		"no read": {altegiotest.Fault{Operation: altegiotest.OpFramesGet, Status: 404}, "Cannot read the frames of the application"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newCabinet(t)
			r.fake.Fail(test.fault)
			r.Config.Resources = []tf.Resource{framesRes(458, map[string]any{"client": frameAttrs("Dialogue")})}
			result := r.expect(t, test.want)
			if test.want == "" && !strings.Contains(result.Diagnostics.Warnings().String(), "Frames could not be read back") {
				t.Errorf("it says %v", result.Diagnostics)
			}
			r.fake.ClearFaults()
			r.expect(t, "")
			if err := r.settled(); err != nil {
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
		"Give a value for":          {"client": map[string]any{"title": "Dialogue"}},
		"must be an https URL":      {"client": map[string]any{"title": "Dialogue", "url": "http://bot.example"}},
	} {
		r := newCabinet(t)
		r.Config.Resources = []tf.Resource{framesRes(458, frames)}
		if err := r.Plan().Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestApplicationFramesSentences(t *testing.T) {
	t.Parallel()
	id := applicationID{11, 456}
	for _, test := range []struct {
		got  diag.Diagnostic
		want said
	}{
		{framesExist(id, []altegio.Frame{{Slug: "client"}, {Slug: "visit"}}), said{"", "Application has frames already", "Application 456 of account 11 " +
			"declares frames: client, visit. They would be replaced, so nothing was sent. To manage them, import them, with the address of this " +
			"resource:\n\nimport {\n  to = altegio_application_frames.example\n  id = \"11/456\"\n}\n\nIf the resource was renamed, name the new " +
			"address in a moved block instead. If it is to be replaced, leave out -replace, or run terraform untaint with its address: an update " +
			"does the same."}},
		{framesChangedMeanwhile(id), said{"", "Frames have changed since the plan", "Somebody else has changed the frames of application 456 since " +
			"Terraform read them. Nothing was sent. Plan again: the next plan shows what has changed."}},
		{framesNotAsSet(id), said{"", "Frames are not as they were set", "Altegio took the frames of application 456, and they read back otherwise " +
			"than they were sent. Either somebody else wrote at the same moment, or Altegio keeps another value. Plan again to see what is left to do."}},
		{framesUnread(id, errors.New("a fault")), said{"", "Frames could not be read back", "The frames of application 456 are set. How they are, the " +
			"next plan checks. The reading failed: a fault."}},
		{nothingToModerate(id), said{"application_id", "Nothing to submit", "Account 11 does not list application 456. The data source " +
			"altegio_applications lists those that it has."}},
	} {
		compareSaid(t, diag.Diagnostics{test.got}, test.want)
	}
}
