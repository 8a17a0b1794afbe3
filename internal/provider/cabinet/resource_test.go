// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const applicationAddr = "altegio_application.bot"

// newCabinet is a workspace next to a fake with the default seed.
func newCabinet(t *testing.T) providertest.Rig {
	t.Helper()
	return providertest.Rig{Fake: coretest.NewFake(t)}.Fresh()
}

func bot(attrs tf.Attrs) tf.Resource {
	all := tf.Attrs{"partner_id": 11}
	for name, value := range attrs {
		all[name] = value
	}
	return tf.Resource{Addr: applicationAddr, Attrs: all}
}

// draft is an application that is not there yet.
func draft(more tf.Attrs) tf.Resource {
	r := bot(tf.Attrs{"slug": "night_bot", "title": "Night Bot", "short_description": "Works at night", "category_id": 31, "country_ids": []any{7}})
	for name, value := range more {
		r.Attrs[name] = value
	}
	return r
}

// imported has application 456 in the state, with nothing but its account in the configuration.
func importedBot(t *testing.T) providertest.Rig {
	t.Helper()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{bot(nil)}
	if err := r.Import(applicationAddr, "11/456").Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// One changed word is one update, whose body differs from what was read in that word alone.
func TestApplication_oneWord(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{
		"plain":           {},
		"texts":           {NumbersAsStrings: true},
		"empty arrays":    {Cabinet: altegiotest.CabinetShapes{EmptyArrays: true}},
		"absolute URLs":   {Cabinet: altegiotest.CabinetShapes{AbsoluteURLs: true}},
		"empty answers":   {Cabinet: altegiotest.CabinetShapes{EmptyAnswers: true}},
		"unknown members": {Cabinet: altegiotest.CabinetShapes{ExtraMembers: true}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newCabinet(t)
			r.Fake.SetShapes(shapes)
			r.Config.Resources = []tf.Resource{bot(nil)}
			if err := r.Import(applicationAddr, "11/456").Err(); err != nil {
				t.Fatal(err)
			}
			if err := r.Settled(); err != nil {
				t.Fatal(err)
			}
			before := r.Fake.Card(456)
			r.Config.Resources[0].Attrs["title"] = "Hello World Bot"
			result := r.Expect(t, "")
			if !strings.Contains(result.Plan.Diagnostics.Warnings().String(), "Application is published") {
				t.Errorf("no warning that it is published: %v", result.Plan.Diagnostics)
			}
			updates := r.Fake.RequestsFor(altegiotest.OpApplicationUpdate)
			if len(updates) != 1 || len(r.Written()) != 1 {
				t.Fatalf("it sends %v", r.Written())
			}
			for member, sent := range providertest.Members(t, updates[0].Body) {
				want := string(before[member])
				if member == "title" {
					want = `"Hello World Bot"`
				}
				if string(sent) != want {
					t.Errorf("%s is sent as %s, want %s", member, sent, want)
				}
			}
			if err := r.Settled(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What is read is in the state, whole.
func TestApplication_state(t *testing.T) {
	t.Parallel()
	o := importedBot(t).Object(applicationAddr)
	for name, want := range map[string]any{
		"id": "11/456", "title": "Hello Bot", "nonpublic_webhook_url": "", "is_published": true, "is_iframe": false,
		"connect_instruction": "Press Connect and scan the code.", "payment_instruction": "", "abandon_on_destroy": nil,
		"icon_url": "https://assets.example/marketplace/icons/456.png", "moderated_at": "2021-04-12 15:30:00",
		"features_description": []any{"Confirms visits", "Fills gaps"},
	} {
		if got := o.Attr(name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, want %#v", name, got, want)
		}
	}
	rights := fmt.Sprint(o.Attr("permissions"))
	if strings.Contains(rights, "records_write") || !strings.Contains(rights, "9007199254740993") || !strings.Contains(rights, "history_days:-1") {
		t.Errorf("the permissions are %s", rights)
	}
}

// An outsider's edit is drift where it is managed, and nothing where it is not; between the plan and the
// apply it is refused.
func TestApplication_outsider(t *testing.T) {
	t.Parallel()
	r := importedBot(t)
	r.Config.Resources[0].Attrs["price"] = "from $6 a month"
	r.Expect(t, "")
	r.Fake.EditCard(456, "price", `"free today"`)
	r.Fake.EditCard(456, "title", `"Renamed"`)
	if actions := r.Plan().Actions(); len(actions) != 1 {
		t.Fatalf("the plan of a drift is %v", actions)
	}
	r.Expect(t, "")
	if got := r.Fake.Card(456); string(got["price"]) != `"from $6 a month"` || string(got["title"]) != `"Renamed"` {
		t.Errorf("the card has %s, %s", got["price"], got["title"])
	}

	r.Config.Resources[0].Attrs["price"] = "from $7 a month"
	plan := r.Plan()
	r.Fake.EditCard(456, "questions", `[]`)
	r.Fake.SetInstructions(456, "Call us.", "")
	r.Fake.ResetJournal()
	said := plan.Apply().Diagnostics.String()
	if !strings.Contains(said, "Application has changed since the plan") || !strings.Contains(said, "connect_instruction, questions") || len(r.Written()) > 0 {
		t.Errorf("it says %s, and sends %v", said, r.Written())
	}
	r.Expect(t, "Application has changed since the plan", tf.Run{NoRefresh: true})
	r.Expect(t, "")
	if err := r.Settled(); err != nil {
		t.Error(err)
	}
}

// Changes that the API makes without a request are reported.
func TestApplication_moved(t *testing.T) {
	t.Parallel()
	r := importedBot(t)
	r.Fake.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{CorruptsExtra: true, Remoderates: true, ExtraMembers: true}})
	r.Config.Resources[0].Attrs["price"] = "from $6 a month"
	warnings := r.Expect(t, "").Diagnostics.Warnings().String()
	for _, want := range []string{"Application lost what the provider never sends", "awards", "Application has to be moderated again"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("%q is not said: %s", want, warnings)
		}
	}
	if r.Object(applicationAddr).Attr("is_published") != false {
		t.Error("the state says that it is published")
	}

	listing, _ := json.Marshal(map[string]any{"success": true, "data": []any{r.Fake.Card(456)}})
	changed := strings.Replace(string(listing), `"title":"Hello Bot"`, `"title":"Hallo Bot"`, 1)
	r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpApplications, Skip: 2, Times: 1, Body: changed})
	r.Config.Resources[0].Attrs["price"] = "from $8 a month"
	result := r.Apply()
	said := result.Diagnostics.Errors().String()
	if !strings.Contains(said, "Application changed more than requested") || !strings.Contains(said, "Application differs from what was sent") ||
		!strings.Contains(said, `title: "Hello Bot" before, "Hallo Bot" now`) {
		t.Errorf("it says %s", said)
	}
	r.Fake.ClearFaults()
	r.Expect(t, "")
	if err := r.Settled(); err != nil {
		t.Error(err)
	}
}

// Rights that a published application gets are listed. A 0 that is declared stays declared.
func TestApplication_permissions(t *testing.T) {
	t.Parallel()
	r := importedBot(t)
	r.Config.Resources[0].Attrs["permissions"] = map[string]any{"records_read": 1, "records_write": 1, "clients_read": 0}
	warnings := r.Expect(t, "").Plan.Diagnostics.Warnings().String()
	if !strings.Contains(warnings, "rights that it does not have yet: records_write") {
		t.Errorf("it warns of %s", warnings)
	}
	if got, want := string(r.Fake.Card(456)["permissions"]), `{"records_read":1,"records_write":1,"clients_read":0,"history_days":0,"default_resource":0}`; got != want {
		t.Errorf("the permissions are %s, want %s", got, want)
	}
	if err := r.Settled(); err != nil {
		t.Error(err)
	}
}

// A creation that got only half way is finished by an apply with the import block that the error has.
func TestApplication_createdInPart(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"refused":     {Operation: altegiotest.OpApplicationUpdate, Status: 422, Times: 1},
		"not sent":    {Operation: altegiotest.OpApplicationUpdate, Drop: true, Times: 1},
		"instruction": {Operation: altegiotest.OpModeration, Status: 500, Times: 1},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newCabinet(t)
			r.Fake.Fail(fault)
			r.Config.Resources = []tf.Resource{draft(tf.Attrs{"full_description": "All of it", "connect_instruction": "Press Connect."})}
			r.Expect(t, "Application is created in part")
			id := r.Fake.CardBySlug("night_bot")
			r.Config.Imports = []tf.Import{{To: applicationAddr, ID: fmt.Sprintf("11/%d", id)}}
			r.Expect(t, "")
			if n := r.Fake.Count(altegiotest.OpApplicationCreate); n != 0 {
				t.Errorf("it is created %d more times", n)
			}
			if err := r.Settled(); err != nil {
				t.Error(err)
			}
			if got := string(r.Fake.Card(id)["full_description"]); got != `"All of it"` {
				t.Errorf("the description is %s", got)
			}
		})
	}
}

func TestApplication_create(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shapes altegiotest.CabinetShapes
		fault  altegiotest.Fault
		want   string
	}{
		"plain":       {},
		"id":          {shapes: altegiotest.CabinetShapes{CreateAnswers: "id"}},
		"empty":       {shapes: altegiotest.CabinetShapes{EmptyAnswers: true}},
		"lost answer": {fault: altegiotest.Fault{Operation: altegiotest.OpApplicationCreate, AfterEffect: true, Drop: true}},
		"lost":        {fault: altegiotest.Fault{Operation: altegiotest.OpApplicationCreate, Status: 502}, want: "does not have the application: apply again"},
		"422":         {fault: altegiotest.Fault{Operation: altegiotest.OpApplicationCreate, Status: 422, Body: `{"success":false,"meta":{"errors":{"title":["is rude"]}}}`}, want: "of title it says: is rude"},
		"403":         {fault: altegiotest.Fault{Operation: altegiotest.OpApplications, Status: 403}, want: "needs access to the developer account"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := newCabinet(t)
			r.Fake.SetShapes(altegiotest.Shapes{Cabinet: test.shapes})
			if test.fault.Operation != "" {
				r.Fake.Fail(test.fault)
			}
			r.Config.Resources = []tf.Resource{draft(tf.Attrs{"features_description": []any{"One"}})}
			r.Expect(t, test.want)
			if test.want != "" {
				if r.Object(applicationAddr) != nil {
					t.Error("there is a state of what was not created")
				}
				r.Fake.ClearFaults()
				r.Expect(t, "")
			}
			if n := r.Fake.Count(altegiotest.OpApplicationCreate); n != 1 {
				t.Errorf("it is created %d times", n)
			}
			if err := r.Settled(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The plan fails if the apply would.
func TestApplication_planRefuses(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{draft(tf.Attrs{"slug": "hello_bot"})}
	r.Expect(t, "import {\n  to = altegio_application.example\n  id = \"11/456\"\n}")
	r.Config.Resources = []tf.Resource{bot(tf.Attrs{"slug": "new_one"})}
	said := r.Expect(t, "Missing value for a new application").Plan.Diagnostics.Errors()
	if len(said) != 4 {
		t.Errorf("it says %v", said)
	}
	r.Config.Resources = []tf.Resource{draft(tf.Attrs{"icon_source": "/no/such/file.png", "icon_source_hash": "1"})}
	r.Expect(t, "Picture cannot be sent")
	r = importedBot(t)
	r.Config.Resources[0].Attrs["slug"] = "other_bot"
	r.Expect(t, "Slug cannot be changed")
	r.Config.Resources[0].Attrs["slug"] = tf.Later{Value: "other_bot"}
	r.Expect(t, "Slug cannot be changed")
	r.Config.Resources[0].Attrs["slug"] = "hello_bot"
	r.Config.Resources[0].Attrs["partner_id"] = 12
	r.Expect(t, "Application cannot change its account")
	if writes := r.Written(); len(writes) > 0 {
		t.Errorf("it sends %v", writes)
	}
}

// An application cannot be deleted, so a replacement fails.
func TestApplication_replacementIsRefused(t *testing.T) {
	t.Parallel()
	for _, createFirst := range []bool{false, true} {
		r := newCabinet(t)
		resource := draft(tf.Attrs{"abandon_on_destroy": true})
		resource.CreateBeforeDestroy = createFirst
		r.Config.Resources = []tf.Resource{resource}
		r.Expect(t, "")
		r.Taint(applicationAddr)
		r.Expect(t, "Application exists already")
		r.Expect(t, "Application exists already", tf.Run{NoRefresh: true})
		if writes := r.Written(); len(writes) > 0 || r.Object(applicationAddr) == nil && len(r.Deposed(applicationAddr)) == 0 {
			t.Errorf("it sends %v, and the state has %v", writes, r.Object(applicationAddr))
		}
		r.Untaint(applicationAddr)
		if err := r.Settled(); err != nil {
			t.Error(err)
		}
	}
}

func TestApplication_destroyIsRefused(t *testing.T) {
	t.Parallel()
	r := importedBot(t)
	resources := r.Config.Resources
	r.Expect(t, "Applications cannot be deleted", tf.Run{Destroy: true})
	r.Config.Resources = nil
	r.Expect(t, "Applications cannot be deleted")
	r.Config.Removed = []string{applicationAddr}
	r.Expect(t, "")
	if r.Object(applicationAddr) != nil {
		t.Error("it is still in the state")
	}
	r.Config.Removed = nil
	r.Config.Resources = resources
	if err := r.Import(applicationAddr, "11/456").Err(); err != nil {
		t.Fatal(err)
	}
	resources[0].Attrs["abandon_on_destroy"] = true
	r.Expect(t, "")
	if writes := r.Written(); len(writes) > 0 {
		t.Errorf("abandon_on_destroy sends %v", writes)
	}
	r.Config.Resources = nil
	r.Expect(t, "")
	if writes := r.Written(); len(writes) > 0 || r.Object(applicationAddr) != nil || r.Fake.CardBySlug("hello_bot") != 456 {
		t.Errorf("a destroy sends %v, leaves %v", writes, r.Object(applicationAddr))
	}
}

// A state is not thrown away because a listing lacks something.
func TestApplication_listings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		want  string
	}{
		"empty":   {altegiotest.Fault{Body: `{"success":true,"data":[],"meta":[]}`}, "Account lists no applications"},
		"403":     {altegiotest.Fault{Status: 403}, "Cannot read the application"},
		"404":     {altegiotest.Fault{Status: 404}, "Cannot read the application"},
		"500":     {altegiotest.Fault{Status: 500}, "Cannot read the application"},
		"HTML":    {altegiotest.Fault{HTML: true}, "The answer may not come from the Altegio API"},
		"strange": {altegiotest.Fault{Body: `{"success":true,"data":[{"id":456,"title":{}}]}`}, "is not as documented: title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := importedBot(t)
			test.fault.Operation = altegiotest.OpApplications
			r.Fake.Fail(test.fault)
			r.Expect(t, test.want)
			if r.Object(applicationAddr) == nil {
				t.Error("the state is gone")
			}
		})
	}
	r := importedBot(t)
	r.Fake.DeleteCard(456)
	r.Config.Resources = []tf.Resource{draft(nil)}
	result := r.Expect(t, "")
	if !strings.Contains(result.Plan.Diagnostics.Warnings().String(), "Application is gone") {
		t.Errorf("it says %v", result.Plan.Diagnostics)
	}
}

// A read decides whether a failed update had its effect.
func TestApplication_updateFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		want  string
	}{
		"lost answer": {altegiotest.Fault{Operation: altegiotest.OpApplicationUpdate, AfterEffect: true, Drop: true}, ""},
		"lost":        {altegiotest.Fault{Operation: altegiotest.OpApplicationUpdate, Drop: true}, "The next plan reads the application"},
		"422":         {altegiotest.Fault{Operation: altegiotest.OpApplicationUpdate, Status: 422, Body: `{"success":false,"meta":{"errors":{"price":["is too much"]}}}`}, "of price it says: is too much"},
		"not read":    {altegiotest.Fault{Operation: altegiotest.OpApplications, Skip: 2, Status: 500}, "Application could not be read back"},
		"moderation":  {altegiotest.Fault{Operation: altegiotest.OpModeration, Status: 403}, "Cannot update the application"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			r := importedBot(t)
			r.Config.Resources[0].Attrs["price"] = "from $6 a month"
			r.Config.Resources[0].Attrs["payment_instruction"] = "Pay by card."
			r.Fake.Fail(test.fault)
			r.Expect(t, test.want)
			r.Fake.ClearFaults()
			r.Expect(t, "")
			if err := r.Settled(); err != nil {
				t.Error(err)
			}
			if got := string(r.Fake.Card(456)["price"]); got != `"from $6 a month"` {
				t.Errorf("the price is %s", got)
			}
		})
	}
}

var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")

// Pictures come from files, and are sent when their hash changes.
func TestApplication_pictures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "one.png")
	if err := os.WriteFile(file, onePixel, 0o600); err != nil {
		t.Fatal(err)
	}
	promo := func(hash string) []any {
		return []any{
			map[string]any{"type": "image", "content": "https://assets.example/uploads/promo/456/1.png"},
			map[string]any{"type": "image", "source": file, "source_hash": hash},
			map[string]any{"type": "video", "content": "https://video.example/456"},
		}
	}
	r := importedBot(t)
	attrs := r.Config.Resources[0].Attrs
	attrs["icon_source"], attrs["icon_source_hash"], attrs["promo_materials"] = file, "1", promo("1")
	r.Expect(t, "")
	sent := func() (icons, pictures int) {
		for _, update := range r.Fake.RequestsFor(altegiotest.OpApplicationUpdate) {
			if _, ok := providertest.Members(t, update.Body)["icon"]; ok {
				icons++
			}
			pictures += strings.Count(string(providertest.Members(t, update.Body)["promo_materials"]), "base64,")
		}
		return icons, pictures
	}
	if icons, pictures := sent(); icons != 1 || pictures != 1 {
		t.Errorf("it sends %d icons and %d pictures", icons, pictures)
	}
	o := r.Object(applicationAddr)
	if url := fmt.Sprint(o.Attr("icon_url")); !strings.Contains(url, "picture") {
		t.Errorf("the icon is at %s", url)
	}
	if err := r.Settled(); err != nil {
		t.Fatal(err)
	}
	attrs["price"] = "from $6 a month"
	r.Expect(t, "")
	if icons, pictures := sent(); icons != 0 || pictures != 0 {
		t.Errorf("another change sends %d icons and %d pictures", icons, pictures)
	}
	attrs["icon_source_hash"], attrs["promo_materials"] = "2", promo("2")
	r.Expect(t, "")
	if icons, pictures := sent(); icons != 1 || pictures != 1 {
		t.Errorf("a change of the files sends %d icons and %d pictures", icons, pictures)
	}
	if err := r.Settled(); err != nil {
		t.Fatal(err)
	}
	attrs["promo_materials"] = []any{map[string]any{"type": "image", "content": "data:image/png;base64,AAAA"}}
	r.Expect(t, "Invalid promotional material")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	attrs["icon_source_hash"], attrs["promo_materials"] = "3", promo("2")
	r.Expect(t, "is not a picture but text/plain")
}

func TestApplication_importIsRefused(t *testing.T) {
	t.Parallel()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), providertest.Args{"user_token": altegiotest.DefaultUserToken})
	for id, text := range map[string]string{
		"456": "it has 1 part instead of 2", "11/456/7": "it has 3 parts instead of 2", "x/456": `its partner_id is "x"`, "11/0": `its application_id is "0"`,
	} {
		_, diags := p.ImportStateOf(providertest.ApplicationType, id, nil)
		providertest.ExpectOne(t, diags, providertest.IsError, "", "Invalid import id: [^\n]+\n.*"+text)
	}
}

// Values that Altegio would reject fail validation.
func TestApplication_validation(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	for at, a := range map[string]providertest.Args{
		"title":               {"title": "ab"},
		"category_id":         {"category_id": 0},
		"country_ids":         {"country_ids": []any{}},
		"website_url":         {"website_url": "http://bot.example"},
		"callback_url":        {"callback_url": "bot.example"},
		"slug":                {"slug": "no-dash"},
		"monetization_type":   {"monetization_type": "gratis"},
		"trial_duration":      {"trial_duration": -1},
		"connect_instruction": {"connect_instruction": "ab"},
		"icon_source":         {"icon_source": "icon.png"},
		"icon_source_hash":    {"icon_source_hash": "1"},
		`permissions["a"]`:    {"permissions": providertest.Args{"a": "1.5"}},
	} {
		a["partner_id"] = 11
		diags := p.ValidateResource(providertest.ApplicationType, a)
		if len(diags) != 1 {
			t.Errorf("%s: %v", at, diags)
		}
	}
	providertest.ExpectNone(t, p.ValidateResource(providertest.ApplicationType, providertest.Args{
		"partner_id": 11, "website_url": "", "connect_instruction": "", "channels": []any{}, "functionalities": []any{"tasks"}, "permissions": providertest.Args{"a": -1},
	}))
	providertest.ExpectNone(t, p.ValidateResource(providertest.ApplicationType, providertest.Args{"partner_id": 11, "title": providertest.Unknown{}, "permissions": providertest.Unknown{}, "slug": providertest.Unknown{}}))
}

// Everything that is found can be declared as it is, and the plan is empty.
func TestApplicationListResource(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	all, diags := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11}, 100)
	providertest.ExpectNone(t, diags)
	if len(all) != 4 || all[0].Name != "Hello Bot (456)" {
		t.Fatalf("it finds %v", all)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpApplications: 1}}.Now(t)
	for _, f := range all {
		r := providertest.Rig{Fake: fake}.Fresh()
		attrs := tf.Attrs{}
		for name, value := range f.State {
			attribute := attributeNamed(t, p, name)
			if value != nil && (attribute.Optional || attribute.Required) {
				attrs[name] = value
			}
		}
		r.Config.Resources = []tf.Resource{{Addr: applicationAddr, Attrs: attrs}}
		r.Config.Imports = []tf.Import{{To: applicationAddr, ID: fmt.Sprint(f.State["id"])}}
		plan := r.Plan()
		if err := plan.Err(); err != nil {
			t.Fatal(err)
		}
		change := plan.Change(applicationAddr)
		if !change.Importing || !change.Before.RawEquals(change.After) {
			t.Errorf("%s plans\n%#v\nwant\n%#v", f.Name, change.After, change.Before)
		}
	}
	for limit, want := range map[int64]int{0: 0, 1: 1, 3: 3} {
		some, diags := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11}, limit)
		providertest.ExpectNone(t, diags)
		if len(some) != want {
			t.Errorf("limit %d gives %d", limit, len(some))
		}
	}
	published, _ := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11, "is_published": true}, 100)
	drafts, _ := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11, "is_published": false}, 100)
	if len(published) != 2 || len(drafts) != 2 {
		t.Errorf("%d are published, %d are not", len(published), len(drafts))
	}
	_, diags = p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 99}, 100)
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the applications of the account: [^\n]+\n.*404 Not Found.*Check partner_id")
}

func TestApplicationsDataSources(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	for _, flat := range []bool{false, true} {
		fake.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{FlatPartnerSystem: flat}})
		accounts, diags := p.ReadDataSource("altegio_developer_accounts", providertest.Args{})
		providertest.ExpectNone(t, diags)
		if text := fmt.Sprint(accounts); strings.Contains(text, altegiotest.SecondPartnerToken) || !strings.Contains(text, "Second Brand") {
			t.Errorf("the accounts are %s", text)
		}
	}
	got, diags := p.ReadDataSource("altegio_applications", providertest.Args{"partner_id": 11})
	providertest.ExpectNone(t, diags)
	slugs := []string{}
	for slug, row := range got["by_slug"].(providertest.Args) {
		slugs = append(slugs, fmt.Sprint(slug, row.(providertest.Args)["is_published"]))
	}
	slices.Sort(slugs)
	if want := []string{"clear_numbersfalse", "free_botfalse", "hello_bottrue", "quick_smstrue"}; !slices.Equal(slugs, want) {
		t.Errorf("the slugs are %v, want %v", slugs, want)
	}
	if text := fmt.Sprint(got); strings.Contains(text, fake.ApplicationToken(456)) {
		t.Error("a token is in the state")
	}
	_, diags = p.ReadDataSource("altegio_applications", providertest.Args{"partner_id": 99})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the applications of the account: [^\n]+\n.*404 Not Found.*Check partner_id")
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAccounts, Status: 403})
	_, diags = p.ReadDataSource("altegio_developer_accounts", providertest.Args{})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the developer accounts: [^\n]+\n.*403 Forbidden")
	_, diags = providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource("altegio_developer_accounts", providertest.Args{})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the developer accounts: [^\n]+\n.*Set user_token in the provider block")
}

func attributeNamed(t *testing.T, p *providertest.Protocol, name string) *tfprotov6.SchemaAttribute {
	t.Helper()
	for _, a := range p.Schema.ResourceSchemas[providertest.ApplicationType].Block.Attributes {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("there is no attribute %s", name)
	return nil
}
