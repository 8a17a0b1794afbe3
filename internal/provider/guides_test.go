// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestGuides_applicationRollout(t *testing.T) {
	t.Parallel()
	c, fake := newExample(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0")
	paths, err := filepath.Glob(filepath.Join(providertest.ExamplesDir, "guides", "application-rollout", "*.tf"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("the guide has %v, %v", paths, err)
	}
	// The resource of discount.tf may be missing: what it needs is in a file of its own.
	_, discounts := providertest.NewProtocol(t).Schema.ResourceSchemas["altegio_application_discount"]
	for _, path := range paths {
		if name := filepath.Base(path); name != "discount.tf" || discounts {
			c.Guide("application-rollout", name)
		}
	}
	c.MustRun(providertest.Apply...)
	counts := fake.Counts()
	want := map[string]int{altegiotest.OpUpdateChannel: 10, altegiotest.OpPaymentLink: 5, altegiotest.OpTariffs: 1, altegiotest.OpCountries: 1}
	if discounts {
		want[altegiotest.OpAddDiscount] = 1
	}
	for operation, n := range want {
		if counts[operation] != n {
			t.Errorf("the apply sends %d requests for %s, want %d", counts[operation], operation, n)
		}
	}
	for location := int64(1001); location <= 1005; location++ {
		if available, _ := fake.Channel(location, 456, "sms"); !available {
			t.Errorf("SMS is not available at %d", location)
		}
		if available, _ := fake.Channel(location, 456, "whatsapp"); available != (location == 1001 || location == 1004) {
			t.Errorf("WhatsApp is available at %d: %t", location, available)
		}
		if discount, _ := fake.Discount(location, 456); discounts && discount != "15.5" {
			t.Errorf("the discount at %d is %q", location, discount)
		}
	}
	fake.ResetJournal()
	if out := c.MustRun("plan", "-no-color"); !strings.Contains(out, "No changes") {
		t.Errorf("a second plan has changes:\n%s", out)
	}
	for _, r := range fake.Requests() {
		if r.Method != "GET" {
			t.Errorf("a plan sends %s %s", r.Method, r.Path)
		}
	}
	fake.ResetJournal()

	fake.Install(1009, 456, altegiotest.StatusActive)
	c.MustRun(providertest.Apply...)
	if available, _ := fake.Channel(1009, 456, "sms"); !available {
		t.Error("SMS is not available at the new location")
	}
	if n := fake.Count(altegiotest.OpUpdateChannel); n != 2 {
		t.Errorf("a new location takes %d requests, want 2", n)
	}
	if out := c.MustRun("output", "-json", "payment_links"); !strings.Contains(out, "sign=") {
		t.Errorf("the links are %s", out)
	}
}

func TestGuides_fromCurl(t *testing.T) {
	t.Parallel()
	c, fake := newExample(t)
	providertest.RequireVersion(t, "1.7.0", "1.10.0") // for removed with a lifecycle
	for id, available := range map[int64]bool{1001: true, 1002: true, 1003: false} {
		fake.SetChannel(id, 456, "sms", available)
	}
	c.Write("main.tf", providertest.RequiredProviders+providertest.ExamplesProvider)
	before := providertest.ReadExample(t, "guides", "from-curl", "before.tf")
	start, end := strings.Index(before, "  path "), strings.LastIndex(before, "}\n")
	c.Write("before.tf", strings.Replace(before[:start]+before[end:], "restapi_object", "terraform_data", 1))
	c.MustRun(providertest.Apply...)
	if err := os.Remove(filepath.Join(c.Dir, "before.tf")); err != nil {
		t.Fatal(err)
	}

	c.Guide("from-curl", "after.tf", "removed.tf")
	expectOutput(t, c.MustRun("plan", "-no-color"), `(imported from "1001/456/sms")`, `+ is_available = true`,
		`will not be destroyed`, "Plan: 3 to import, 0 to add, 3 to change, 0 to destroy")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 3}}.Now(t)
	c.MustRun(providertest.Apply...)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	for id, want := range map[int64]bool{1001: true, 1002: true, 1003: false} {
		if err := providertest.ChannelIs(fake, id, 456, "sms", want)(); err != nil {
			t.Error(err)
		}
	}
	expectOutput(t, c.MustRun("plan", "-no-color"), "No changes.")
}

func TestGuides_fromCurlToAFleet(t *testing.T) {
	t.Parallel()
	c, fake := newExample(t)
	providertest.RequireVersion(t, "1.6.0", "1.6.0") // for an id that is computed
	c.Write("main.tf", providertest.RequiredProviders+providertest.ExamplesProvider)
	c.Guide("from-curl", "fleet.tf")
	expectOutput(t, c.MustRun(providertest.Apply...), "1 imported, 0 added, 0 changed, 0 destroyed")
	if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
		t.Errorf("%d requests set a channel", n)
	}
	expectOutput(t, c.MustRun("plan", "-no-color"), "No changes.")
}

func TestGuides_applicationAsCode(t *testing.T) {
	t.Parallel()
	c, fake := newExample(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0")
	c.Write("main.tf", providertest.RequiredProviders+providertest.ExamplesProvider)
	c.Guide("application-as-code", "application.tf", "frames.tf")
	expectOutput(t, c.MustRun("plan", "-no-color"), "Plan: 2 to import, 0 to add, 2 to change, 0 to destroy", "Application is published")
	before := fake.Card(456)
	fake.ResetJournal()
	c.MustRun(providertest.Apply...)
	sent := fake.RequestsFor(altegiotest.OpApplicationUpdate)
	if len(sent) != 1 {
		t.Fatalf("%d updates are sent", len(sent))
	}
	for name, value := range providertest.Members(t, sent[0].Body) {
		if changed := string(value) != string(before[name]); changed != (name == "price") {
			t.Errorf("%s is sent as %s", name, value)
		}
	}
	if frames := fake.Frames(456); len(frames) != 2 {
		t.Errorf("the frames are %v", frames)
	}
	if out := c.MustRun("plan", "-no-color"); !strings.Contains(out, "No changes") {
		t.Errorf("a second plan has changes:\n%s", out)
	}
	fake.EditCard(456, "price", `"free today"`)
	expectOutput(t, c.MustRun("plan", "-no-color"), "free today", "1 to change")
}

// One module has both: the published application is taken over, and the draft is created.
func TestGuides_applicationOfBoth(t *testing.T) {
	t.Parallel()
	c, fake := newExample(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0")
	if err := os.CopyFS(filepath.Join(c.Dir, "application"), os.DirFS(filepath.Join(providertest.ExamplesDir, "modules", "application"))); err != nil {
		t.Fatal(err)
	}
	c.Write("main.tf", providertest.RequiredProviders+providertest.ExamplesProvider)
	c.Guide("application-as-code", "both.tf")
	c.MustRun("get", "-no-color")
	expectOutput(t, c.MustRun("plan", "-no-color"), "module.draft.altegio_application.this will be created", "module.published.altegio_application.this will be updated in-place",
		`~ price = "from $5 a month" -> "from $6 a month"`, "Plan: 1 to import, 2 to add, 1 to change, 0 to destroy.", "the change to price reaches all its customers at once")
	before := fake.Card(456)
	fake.ResetJournal()
	c.MustRun(providertest.Apply...)
	draft := fake.CardBySlug("hello_bot_next")
	if counts := fake.Counts(); draft == 0 || counts[altegiotest.OpApplicationCreate] != 1 || counts[altegiotest.OpApplicationUpdate] != 1 || counts[altegiotest.OpFramesSet] != 1 {
		t.Errorf("it sends %v", counts)
	}
	for name, value := range fake.Card(456) {
		if changed := string(value) != string(before[name]); changed != (name == "price") {
			t.Errorf("%s of the published application is %s, and was %s", name, value, before[name])
		}
	}
	if frames := fake.Frames(draft); len(frames) != 1 {
		t.Errorf("the draft has the frames %v", frames)
	}
	expectOutput(t, c.MustRun("plan", "-no-color"), "No changes.")
}
