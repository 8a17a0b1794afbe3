// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func channelState(available any) args {
	return args{
		"id": "1001/456/sms", "location_id": "1001", "application_id": "456", "channel_slug": "sms", "is_available": available,
	}
}

var smsIdentity = args{"location_id": "1001", "application_id": "456", "channel_slug": "sms"}

func TestProtocol_lifeOfAChannel(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)

	plan := p.plan(instance{}, config)
	expectNone(t, plan.Diagnostics)
	expectArgs(t, "the planned state", plain(t, p.channel(), plan.PlannedState), channelState(true))
	nothingSent(fake).now(t)

	created, diags := p.apply(instance{}, config, plan)
	expectNone(t, diags)
	expectArgs(t, "the created state", created.state, channelState(true))
	expectArgs(t, "the identity", created.identity, smsIdentity)
	if got, want := posted(fake), []string{body(1001, 456, "sms", true)}; !reflect.DeepEqual(got, want) {
		t.Errorf("creating sends %s, want %s", got, want)
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)

	p.nextRun()
	seen, diags := p.read(created)
	expectNone(t, diags)
	expectArgs(t, "the state after a refresh", seen.state, channelState(true))
	expectArgs(t, "the identity after a refresh", seen.identity, smsIdentity)
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)

	same := p.plan(seen, config)
	expectNone(t, same.Diagnostics)
	expectArgs(t, "the plan without changes", plain(t, p.channel(), same.PlannedState), seen.state)
	if len(same.RequiresReplace) > 0 {
		t.Errorf("a plan without changes replaces: %v", same.RequiresReplace)
	}
	nothingSent(fake).now(t)

	off := channelArgs(1001, 456, "sms", false)
	update := p.plan(seen, off)
	expectNone(t, update.Diagnostics)
	if len(update.RequiresReplace) > 0 {
		t.Errorf("changing is_available replaces: %v", update.RequiresReplace)
	}
	expectArgs(t, "the planned update", plain(t, p.channel(), update.PlannedState), channelState(false))
	changed, diags := p.apply(seen, off, update)
	expectNone(t, diags)
	expectArgs(t, "the updated state", changed.state, channelState(false))
	expectArgs(t, "the identity after an update", changed.identity, smsIdentity)
	if got, want := posted(fake), []string{body(1001, 456, "sms", false)}; !reflect.DeepEqual(got, want) {
		t.Errorf("updating sends %s, want %s", got, want)
	}
	sent{fake, posts(1)}.now(t)

	changed = p.change(changed, config)
	gone := p.change(changed, nil)
	if gone.state != nil {
		t.Errorf("after destroying there is %v", gone.state)
	}
	want := []string{body(1001, 456, "sms", true), body(1001, 456, "sms", false)}
	if got := posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("destroying sends %s, want %s", got, want)
	}
	sent{fake, posts(2)}.now(t)
}

func TestProtocol_replacement(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	for name, test := range map[string]struct {
		config args
		id     any
	}{
		"location_id":    {channelArgs(1002, 456, "sms", true), "1002/456/sms"},
		"application_id": {channelArgs(1001, 457, "sms", true), "1001/457/sms"},
		"channel_slug":   {channelArgs(1001, 456, "whatsapp", true), "1001/456/whatsapp"},
		"unknown":        {args{"location_id": unknown{}, "application_id": 456, "channel_slug": "sms", "is_available": true}, unknown{}},
	} {
		plan := p.plan(created, test.config)
		expectNone(t, plan.Diagnostics)
		attribute := name
		if name == "unknown" {
			attribute = "location_id"
		}
		if len(plan.RequiresReplace) != 1 || plan.RequiresReplace[0].String() != `AttributeName("`+attribute+`")` {
			t.Errorf("%s: the change replaces because of %v", name, plan.RequiresReplace)
		}
		if got := plain(t, p.channel(), plan.PlannedState)["id"]; got != test.id {
			t.Errorf("%s: the planned id is %v, want %v", name, got, test.id)
		}
	}
	nothingSent(fake).now(t)
}

// An older Terraform sends no identity, and the framework wants one of whatever it reads.
func TestProtocol_withoutIdentity(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)
	forget := func(i instance) instance {
		i.identity = nil
		return i
	}
	created := forget(p.change(instance{}, config))
	seen, diags := p.read(created)
	expectNone(t, diags)
	changed := forget(p.change(forget(seen), channelArgs(1001, 456, "sms", false)))
	expectArgs(t, "the state", changed.state, channelState(false))

	fake.Uninstall(1001, 456)
	p = newConfiguredProtocol(t, fake, nil) // another run
	gone, diags := p.read(changed)
	expectOne(t, diags, isWarning, "", "Application is no longer installed")
	if gone.state != nil {
		t.Errorf("the channel of an application that is gone is still there: %v", gone.state)
	}
	if left := p.change(changed, nil); left.state != nil {
		t.Errorf("it can't be destroyed: %v", left.state)
	}
}

func TestProtocol_goneWithIdentity(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{
		"404":                          {},
		"404 with an object for meta":  {Meta: "object"},
		"404 without meta":             {Meta: "absent"},
		"200 with status uninstalled":  {StatusAfterUninstall: "uninstalled"},
		"in Russian, with more fields": {Language: "ru", ExtraFields: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(shapes))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			fake.Uninstall(1001, 456)
			gone, diags := p.read(created)
			expectOne(t, diags, isWarning, "", "Application is no longer installed")
			if gone.state != nil {
				t.Errorf("the channel of an application that is gone is still there: %v", gone.state)
			}
		})
	}
}

// Whatever is not a clear answer leaves the state alone.
func TestProtocol_refreshFails(t *testing.T) {
	t.Parallel()
	const page = "(?s)Cannot read the installation of the channel.*the answer is an HTML page"
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		text  string
	}{
		"404 as a page":           {altegiotest.Fault{Status: 404, HTML: true}, page},
		"200 as a page":           {altegiotest.Fault{HTML: true}, page},
		"403":                     {altegiotest.Fault{Status: 403}, "Altegio answered: 403 Forbidden: Access denied.*another partner"},
		"401":                     {altegiotest.Fault{Status: 401}, "Altegio answered: 401 Unauthorized.*Check partner_token"},
		"422":                     {altegiotest.Fault{Status: 422}, "Altegio answered: 422 Unprocessable Entity"},
		"429":                     {altegiotest.Fault{Status: 429}, "429 Too Many Requests.*requests_per_minute"},
		"500":                     {altegiotest.Fault{Status: 500}, "500 Internal Server Error.*Try again later"},
		"410 is no 404":           {altegiotest.Fault{Status: 410}, "Altegio answered: 410 Gone"},
		"nothing":                 {altegiotest.Fault{Drop: true}, "Altegio did not answer"},
		"half":                    {altegiotest.Fault{Truncate: true}, "Altegio did not answer"},
		"an empty answer":         {altegiotest.Fault{Empty: true}, "the answer has no data"},
		"an empty 404":            {altegiotest.Fault{Empty: true, Status: 404}, "the answer is empty"},
		"a redirect":              {altegiotest.Fault{Redirect: "https://elsewhere.test/"}, "the server redirects to https://elsewhere.test/"},
		"another API's JSON":      {altegiotest.Fault{Status: 404, Body: `{"error":"no route"}`}, `has no "success"`},
		"broken JSON":             {altegiotest.Fault{Body: `{"success":true,"data":{`}, "broken or cut off"},
		"data of another kind":    {altegiotest.Fault{Body: `{"success":true,"data":"yes","meta":[]}`}, "the data are not as documented"},
		"success:false, for once": {altegiotest.Fault{Body: `{"success":false,"data":null,"meta":{"message":"Oh no"}}`}, "Altegio answered: 200 OK: Oh no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			test.fault.Operation = altegiotest.OpInstallation
			fake.Fail(test.fault)
			kept, diags := p.read(created)
			at := ""
			if name == "403" {
				at = "application_id"
			}
			expectOne(t, diags, tfprotov6.DiagnosticSeverityError, at,
				`Cannot read the installation of the channel.*Asked for: location_id 1001, application_id 456, channel_slug "sms"\.`+
					`.*GET http://127.0.0.1\S*/marketplace/salon/1001/application/456\.`)
			expectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, at, test.text)
			expectArgs(t, "the state", kept.state, channelState(true))
			if got := len(fake.RequestsFor(altegiotest.OpUpdateChannel)); got != 1 {
				t.Errorf("a refresh that fails sets channels: %d requests", got)
			}
		})
	}
}

func TestProtocol_cancelledRefresh(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	p.nextRun()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	kept, diags := p.readWith(ctx, created)
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Cannot read the installation.*Nothing was changed by this request")
	expectArgs(t, "the state", kept.state, channelState(true))
	nothingSent(fake).now(t)
}

// What is given up while it waits to be sent again may have been done the first time.
func TestProtocol_givenUpInDoubt(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, AfterEffect: true, Header: http.Header{"Retry-After": {"50"}}})
	p := newConfiguredProtocol(t, fake, args{"max_retries": 3})
	config := channelArgs(1001, 456, "sms", true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, diags := p.applyWith(ctx, instance{}, config, p.plan(instance{}, config))
	if len(diags) != 2 {
		t.Fatalf("got %v", diags)
	}
	expectDiagnostic(t, diags[0], isError, "", `The request was not sent again: cancelled: it would have to wait .*`+
		`The change may have been made although the answer is missing\. Applying again is safe: it sets the same value\.$`)
	expectDiagnostic(t, diags[1], isError, "", "Resource is created in part.*terraform untaint")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
}

func TestProtocol_reinstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	config := channelArgs(1001, 456, "sms", true)
	// Each run has a provider of its own; what it learns travels in private state alone.
	run := func() *protocol { return newConfiguredProtocol(t, fake, nil) }

	created := run().change(instance{}, config)
	seen, diags := run().read(created)
	expectNone(t, diags)
	fake.SetStatus(1001, 456, altegiotest.StatusFreezed)
	still, diags := run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state when nothing but the status changed", still.state, channelState(true))

	fake.Uninstall(1001, 456)
	fake.Install(1001, 456, altegiotest.StatusActive)
	fake.ResetJournal()
	p := run()
	anew, diags := p.read(still)
	expectOne(t, diags, isWarning, "", `Application was reinstalled\nThe application was uninstalled and connected again, and what Terraform `+
		`had set is gone:\n - channel 456/sms at 1 location: 1001\.\n\nThe plan sets it again\.`)
	expectArgs(t, "the state after a new installation", anew.state, channelState(nil))
	expectArgs(t, "the identity after a new installation", anew.identity, smsIdentity)
	plan := p.plan(anew, config)
	expectNone(t, plan.Diagnostics)
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("a new installation replaces the channel: %v", plan.RequiresReplace)
	}
	expectArgs(t, "the plan after a new installation", plain(t, p.channel(), plan.PlannedState), channelState(true))
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)

	again, diags := p.apply(anew, config, plan)
	expectNone(t, diags)
	sent{fake, posts(1)}.now(t)
	settled, diags := run().read(again)
	expectNone(t, diags)
	expectArgs(t, "the state once that is applied", settled.state, channelState(true))

	// A refresh that shows the loss, and is not followed by an apply, shows it again.
	fake.Install(1001, 456, altegiotest.StatusActive)
	for range 2 {
		lost, diags := run().read(settled)
		expectOne(t, diags, isWarning, "", "Application was reinstalled")
		expectArgs(t, "the state after yet another installation", lost.state, channelState(nil))
	}
	// One that is kept, as with apply -refresh-only, does not bring the value back.
	lost, _ := run().read(settled)
	lost, diags = run().read(lost)
	expectNone(t, diags)
	expectArgs(t, "the state that was kept", lost.state, channelState(nil))
}

func TestProtocol_strangePrivateState(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{"date": {}, "no date": {NullConnectionStatus: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(shapes))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			for _, private := range []string{"", `{}`, `{"installed_at":"bnVsbA=="}`, `{"installed_at":"WzFd"}`, `{"installed_at":"eyJjcmVhdGVkX2F0Ijo0Mn0="}`} {
				created.private = []byte(private)
				kept, diags := p.read(created)
				expectNone(t, diags)
				expectArgs(t, "the state", kept.state, channelState(true))
			}
		})
	}
}

// An answer without a date neither proves nor disproves a new installation.
func TestProtocol_dateIsMissingForOnce(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	run := func() *protocol { return newConfiguredProtocol(t, fake, nil) }
	seen, diags := run().read(run().change(instance{}, channelArgs(1001, 456, "sms", true)))
	expectNone(t, diags)
	fake.SetShapes(altegiotest.Shapes{NullConnectionStatus: true})
	seen, diags = run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state without a date", seen.state, channelState(true))
	fake.SetShapes(altegiotest.Shapes{})
	seen, diags = run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state with the old date", seen.state, channelState(true))
	fake.Install(1001, 456, altegiotest.StatusActive)
	seen, diags = run().read(seen)
	expectOne(t, diags, isWarning, "", "Application was reinstalled")
	expectArgs(t, "the state with a new date", seen.state, channelState(nil))
}

func TestProtocol_import(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)
	for name, test := range map[string]struct {
		id       string
		identity args
	}{
		"by id":                     {id: "1001/456/sms"},
		"by identity":               {identity: args{"location_id": 1001, "application_id": 456, "channel_slug": "sms"}},
		"by id, of an older client": {id: "1001/456/sms"},
	} {
		fake.ResetJournal()
		imported, diags := p.importState(test.id, test.identity)
		expectNone(t, diags)
		expectArgs(t, name+": the imported state", imported.state, channelState(nil))
		expectArgs(t, name+": the imported identity", imported.identity, smsIdentity)
		nothingSent(fake).now(t)

		seen, diags := p.read(imported)
		expectNone(t, diags)
		expectArgs(t, name+": the state as read", seen.state, channelState(nil))
		fake.ResetJournal()
		plan := p.plan(seen, config)
		expectNone(t, plan.Diagnostics)
		expectArgs(t, name+": the plan after the import", plain(t, p.channel(), plan.PlannedState), channelState(true))
		nothingSent(fake).now(t)
		set, diags := p.apply(seen, config, plan)
		expectNone(t, diags)
		expectArgs(t, name+": the state after that", set.state, channelState(true))
		sent{fake, posts(1)}.now(t)
	}
}

func TestProtocol_importOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	imported, diags := p.importState("1008/456/sms", nil)
	expectNone(t, diags)
	gone, diags := p.read(imported)
	expectOne(t, diags, isWarning, "", "Application is no longer installed")
	if gone.state != nil {
		t.Errorf("an application that is not installed is imported: %v", gone.state)
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)
}

func TestProtocol_importIsRefused(t *testing.T) {
	t.Parallel()
	p := newConfiguredProtocol(t, newFake(t), nil)
	const form = `Its form is location_id/application_id/channel_slug, with .*, for example "1001/456/sms/true"\.$`
	for _, test := range []struct {
		id       string
		identity args
		text     string
	}{
		{id: "1001", text: `Invalid import id\nThe id "1001" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
		{id: "0/456/sms", text: `its location_id is "0"`},
		{id: "1001/456/email", text: `its channel_slug is "email", which is not one of "sms", "whatsapp"`},
		{identity: args{"location_id": 1001, "application_id": 456, "channel_slug": "email"}, text: `its channel_slug is "email"`},
		{identity: args{"location_id": -3, "application_id": 456, "channel_slug": "sms"}, text: `its location_id is "-3"`},
		{identity: args{"location_id": 1001, "application_id": 456}, text: `channel_slug`},
		{id: "", text: `Invalid import id\nThe id "" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
	} {
		imported, diags := p.importState(test.id, test.identity)
		expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", test.text)
		if imported.state != nil {
			t.Errorf("%q %v is imported all the same: %v", test.id, test.identity, imported.state)
		}
	}
}

func TestProtocol_destroyWhenUninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 402, 403, 404, 409, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			p.nextRun()
			seen, diags := p.read(created) // remembers, within the run, that it is installed
			expectNone(t, diags)
			fake.Uninstall(1001, 456)
			fake.ResetJournal()
			if left := p.change(seen, nil); left.state != nil {
				t.Errorf("it is still there: %v", left.state)
			}
			sent{fake, map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 1}}.now(t)
		})
	}
}

func TestProtocol_destroyFails(t *testing.T) {
	t.Parallel()
	const asked = `Cannot make the channel unavailable.*Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available false\.`
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		at    string
		text  string
	}{
		"403 although it is installed": {altegiotest.Fault{Status: http.StatusForbidden}, "application_id", "403 Forbidden"},
		"404 although it is installed": {altegiotest.Fault{Status: http.StatusNotFound}, "application_id", "404 Not Found"},
		"401":                          {altegiotest.Fault{Status: http.StatusUnauthorized}, "", "Check partner_token"},
		"500":                          {altegiotest.Fault{Status: http.StatusInternalServerError}, "", "Applying again is safe"},
		"a page":                       {altegiotest.Fault{HTML: true}, "", "HTML page"},
		"404 as a page":                {altegiotest.Fault{Status: http.StatusNotFound, HTML: true}, "", "HTML page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			fake.ResetJournal()
			test.fault.Operation = altegiotest.OpUpdateChannel
			fake.Fail(test.fault)
			plan := p.plan(created, nil)
			expectNone(t, plan.Diagnostics)
			kept, diags := p.apply(created, nil, plan)
			expectOne(t, diags, tfprotov6.DiagnosticSeverityError, test.at, asked+".*"+test.text)
			var left any = true
			if name == "500" || name == "a page" {
				left = nil // it may have been done
			}
			expectArgs(t, "the state", kept.state, channelState(left))
			// Only a refusal that may be for want of an installation makes it ask.
			if got, asks := fake.Count(altegiotest.OpInstallation), test.at != ""; (got == 1) != asks || got > 1 {
				t.Errorf("it asks %d times for the installation", got)
			}
		})
	}
}

// Where nobody can tell whether the application is still installed, the refusal stands.
func TestProtocol_destroyWithoutAClue(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	p.nextRun()
	fake.Uninstall(1001, 456)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	kept, diags := p.apply(created, nil, p.plan(created, nil))
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "application_id", "Cannot make the channel unavailable.*404 Not Found")
	expectArgs(t, "the state", kept.state, channelState(true))
}

func TestProtocol_changeFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpUpdateChannel, Status: 422,
		Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"salon_id":["is closed"],"channel_slug":["is off"]}}}`,
	})
	off := channelArgs(1001, 456, "sms", false)
	kept, diags := p.apply(created, off, p.plan(created, off))
	if len(diags) != 2 {
		t.Fatalf("%d diagnostics, want 2: %v", len(diags), diags)
	}
	expectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, "channel_slug", "Cannot set the channel.*is_available false.*is off")
	expectDiagnostic(t, diags[1], tfprotov6.DiagnosticSeverityError, "location_id", "Cannot set the channel.*of location_id it says: is closed")
	expectArgs(t, "the state after an update that failed", kept.state, channelState(true))

	other := channelArgs(1002, 456, "sms", true)
	none, diags := p.apply(instance{}, other, p.plan(instance{}, other))
	if len(diags) != 2 || none.state != nil {
		t.Errorf("creating what is refused leaves %v and says %v", none.state, diags)
	}
}

// State that an older version of Terraform wrote, or one of an older provider, is read as it is.
func TestProtocol_upgradeState(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	resp, err := p.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: channelType, Version: p.schema.ResourceSchemas[channelType].Version,
		RawState: &tfprotov6.RawState{JSON: []byte(
			`{"id":"1001/456/sms","location_id":1001,"application_id":456,"channel_slug":"sms","is_available":true,"gone":1}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	expectNone(t, resp.Diagnostics)
	expectArgs(t, "the state", plain(t, p.channel(), resp.UpgradedState), channelState(true))
}

// What several resources and data sources ask of one location in one run is asked once, until a
// write of that run.
func TestProtocol_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	sms := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	whatsapp := p.change(instance{}, channelArgs(1001, 456, "whatsapp", true))
	other := p.change(instance{}, channelArgs(1002, 456, "sms", true))
	p.nextRun()
	fake.ResetJournal()
	done := make(chan []*tfprotov6.Diagnostic)
	const rounds = 5
	for range rounds {
		for _, i := range []instance{sms, whatsapp, other} {
			go func() {
				_, diags := p.readWith(t.Context(), i)
				done <- diags
			}()
		}
		go func() {
			_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
			done <- diags
		}()
	}
	for range rounds * 4 {
		for _, d := range <-done {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 2}}.now(t)
}
