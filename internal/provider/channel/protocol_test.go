// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func channelState(available any) providertest.Args {
	return providertest.Args{
		"id": "1001/456/sms", "location_id": "1001", "application_id": "456", "channel_slug": "sms", "is_available": available,
	}
}

var smsIdentity = providertest.Args{"location_id": "1001", "application_id": "456", "channel_slug": "sms"}

func TestProtocol_lifeOfAChannel(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.ChannelArgs(1001, 456, "sms", true)

	plan := p.Plan(providertest.Instance{}, config)
	providertest.ExpectNone(t, plan.Diagnostics)
	providertest.ExpectArgs(t, "the planned state", providertest.Plain(t, p.Channel(), plan.PlannedState), channelState(true))
	coretest.NothingSent(fake).Now(t)

	created, diags := p.Apply(providertest.Instance{}, config, plan)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the created state", created.State, channelState(true))
	providertest.ExpectArgs(t, "the identity", created.Identity, smsIdentity)
	if got, want := providertest.Posted(fake), []string{providertest.Body(1001, 456, "sms", true)}; !reflect.DeepEqual(got, want) {
		t.Errorf("creating sends %s, want %s", got, want)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.Now(t)

	p.NextRun()
	seen, diags := p.Read(created)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state after a refresh", seen.State, channelState(true))
	providertest.ExpectArgs(t, "the identity after a refresh", seen.Identity, smsIdentity)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1}}.Now(t)

	same := p.Plan(seen, config)
	providertest.ExpectNone(t, same.Diagnostics)
	providertest.ExpectArgs(t, "the plan without changes", providertest.Plain(t, p.Channel(), same.PlannedState), seen.State)
	if len(same.RequiresReplace) > 0 {
		t.Errorf("a plan without changes replaces: %v", same.RequiresReplace)
	}
	coretest.NothingSent(fake).Now(t)

	off := providertest.ChannelArgs(1001, 456, "sms", false)
	update := p.Plan(seen, off)
	providertest.ExpectNone(t, update.Diagnostics)
	if len(update.RequiresReplace) > 0 {
		t.Errorf("changing is_available replaces: %v", update.RequiresReplace)
	}
	providertest.ExpectArgs(t, "the planned update", providertest.Plain(t, p.Channel(), update.PlannedState), channelState(false))
	changed, diags := p.Apply(seen, off, update)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the updated state", changed.State, channelState(false))
	providertest.ExpectArgs(t, "the identity after an update", changed.Identity, smsIdentity)
	if got, want := providertest.Posted(fake), []string{providertest.Body(1001, 456, "sms", false)}; !reflect.DeepEqual(got, want) {
		t.Errorf("updating sends %s, want %s", got, want)
	}
	coretest.Sent{Fake: fake, Want: posts(1)}.Now(t)

	changed = p.Change(changed, config)
	gone := p.Change(changed, nil)
	if gone.State != nil {
		t.Errorf("after destroying there is %v", gone.State)
	}
	want := []string{providertest.Body(1001, 456, "sms", true), providertest.Body(1001, 456, "sms", false)}
	if got := providertest.Posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("destroying sends %s, want %s", got, want)
	}
	coretest.Sent{Fake: fake, Want: posts(2)}.Now(t)
}

func TestProtocol_replacement(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	for name, test := range map[string]struct {
		config providertest.Args
		id     any
	}{
		"location_id":    {providertest.ChannelArgs(1002, 456, "sms", true), "1002/456/sms"},
		"application_id": {providertest.ChannelArgs(1001, 457, "sms", true), "1001/457/sms"},
		"channel_slug":   {providertest.ChannelArgs(1001, 456, "whatsapp", true), "1001/456/whatsapp"},
		"unknown":        {providertest.Args{"location_id": providertest.Unknown{}, "application_id": 456, "channel_slug": "sms", "is_available": true}, providertest.Unknown{}},
	} {
		plan := p.Plan(created, test.config)
		providertest.ExpectNone(t, plan.Diagnostics)
		attribute := name
		if name == "unknown" {
			attribute = "location_id"
		}
		if len(plan.RequiresReplace) != 1 || plan.RequiresReplace[0].String() != `AttributeName("`+attribute+`")` {
			t.Errorf("%s: the change replaces because of %v", name, plan.RequiresReplace)
		}
		if got := providertest.Plain(t, p.Channel(), plan.PlannedState)["id"]; got != test.id {
			t.Errorf("%s: the planned id is %v, want %v", name, got, test.id)
		}
	}
	coretest.NothingSent(fake).Now(t)
}

// An older Terraform sends no identity, and the framework wants one of whatever it reads.
func TestProtocol_withoutIdentity(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	forget := func(i providertest.Instance) providertest.Instance {
		i.Identity = nil
		return i
	}
	created := forget(p.Change(providertest.Instance{}, config))
	seen, diags := p.Read(created)
	providertest.ExpectNone(t, diags)
	changed := forget(p.Change(forget(seen), providertest.ChannelArgs(1001, 456, "sms", false)))
	providertest.ExpectArgs(t, "the state", changed.State, channelState(false))

	fake.Uninstall(1001, 456)
	p = providertest.NewConfiguredProtocol(t, fake, nil) // another run
	gone, diags := p.Read(changed)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application is no longer installed")
	if gone.State != nil {
		t.Errorf("the channel of an application that is gone is still there: %v", gone.State)
	}
	if left := p.Change(changed, nil); left.State != nil {
		t.Errorf("it can't be destroyed: %v", left.State)
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
			fake := coretest.NewFake(t, altegiotest.WithShapes(shapes))
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			fake.Uninstall(1001, 456)
			gone, diags := p.Read(created)
			providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application is no longer installed")
			if gone.State != nil {
				t.Errorf("the channel of an application that is gone is still there: %v", gone.State)
			}
		})
	}
}

// Without a clear answer, the state stays.
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
			fake := coretest.NewFake(t)
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			test.fault.Operation = altegiotest.OpInstallation
			fake.Fail(test.fault)
			kept, diags := p.Read(created)
			at := ""
			if name == "403" {
				at = "application_id"
			}
			providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, at,
				`Cannot read the installation of the channel.*Asked for: location_id 1001, application_id 456, channel_slug "sms"\.`+
					`.*GET http://127.0.0.1\S*/marketplace/salon/1001/application/456\.`)
			providertest.ExpectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, at, test.text)
			providertest.ExpectArgs(t, "the state", kept.State, channelState(true))
			if got := len(fake.RequestsFor(altegiotest.OpUpdateChannel)); got != 1 {
				t.Errorf("a refresh that fails sets channels: %d requests", got)
			}
		})
	}
}

func TestProtocol_cancelledRefresh(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	p.NextRun()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	kept, diags := p.ReadWith(ctx, created)
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Cannot read the installation.*Nothing was changed by this request")
	providertest.ExpectArgs(t, "the state", kept.State, channelState(true))
	coretest.NothingSent(fake).Now(t)
}

// A request that is given up while it waits for a retry may have had its effect the first time.
func TestProtocol_givenUpInDoubt(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, AfterEffect: true, Header: http.Header{"Retry-After": {"50"}}})
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 3})
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, diags := p.ApplyWith(ctx, providertest.Instance{}, config, p.Plan(providertest.Instance{}, config))
	if len(diags) != 2 {
		t.Fatalf("got %v", diags)
	}
	providertest.ExpectDiagnostic(t, diags[0], providertest.IsError, "", `The request was not sent again: cancelled: it would have to wait .*`+
		`Altegio may have made the change although its answer is missing\. Applying again is safe: it sets the same value\.$`)
	providertest.ExpectDiagnostic(t, diags[1], providertest.IsError, "", "Resource is created in part.*terraform untaint")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.Now(t)
}

func TestProtocol_reinstallation(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	// Each run has a provider of its own; what it learns travels in private state alone.
	run := func() *providertest.Protocol { return providertest.NewConfiguredProtocol(t, fake, nil) }

	created := run().Change(providertest.Instance{}, config)
	seen, diags := run().Read(created)
	providertest.ExpectNone(t, diags)
	fake.SetStatus(1001, 456, altegiotest.StatusFreezed)
	still, diags := run().Read(seen)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state when nothing but the status changed", still.State, channelState(true))

	fake.Uninstall(1001, 456)
	fake.Install(1001, 456, altegiotest.StatusActive)
	fake.ResetJournal()
	p := run()
	anew, diags := p.Read(still)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Application was reinstalled\nThe application was uninstalled and connected again, and what Terraform `+
		`had set is gone:\n - channel 456/sms at 1 location: 1001\.\n\nThe plan sets again what is declared\.`)
	providertest.ExpectArgs(t, "the state after a new installation", anew.State, channelState(nil))
	providertest.ExpectArgs(t, "the identity after a new installation", anew.Identity, smsIdentity)
	plan := p.Plan(anew, config)
	providertest.ExpectNone(t, plan.Diagnostics)
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("a new installation replaces the channel: %v", plan.RequiresReplace)
	}
	providertest.ExpectArgs(t, "the plan after a new installation", providertest.Plain(t, p.Channel(), plan.PlannedState), channelState(true))
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1}}.Now(t)

	again, diags := p.Apply(anew, config, plan)
	providertest.ExpectNone(t, diags)
	coretest.Sent{Fake: fake, Want: posts(1)}.Now(t)
	settled, diags := run().Read(again)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state once that is applied", settled.State, channelState(true))

	// A refresh that shows the loss, and is not followed by an apply, shows it again.
	fake.Install(1001, 456, altegiotest.StatusActive)
	for range 2 {
		lost, diags := run().Read(settled)
		providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application was reinstalled")
		providertest.ExpectArgs(t, "the state after yet another installation", lost.State, channelState(nil))
	}
	// One that is kept, as with apply -refresh-only, does not bring the value back.
	lost, _ := run().Read(settled)
	lost, diags = run().Read(lost)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state that was kept", lost.State, channelState(nil))
}

func TestProtocol_strangePrivateState(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{"date": {}, "no date": {NullConnectionStatus: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(shapes))
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			for _, private := range []string{"", `{}`, `{"installed_at":"bnVsbA=="}`, `{"installed_at":"WzFd"}`, `{"installed_at":"eyJjcmVhdGVkX2F0Ijo0Mn0="}`} {
				created.Private = []byte(private)
				kept, diags := p.Read(created)
				providertest.ExpectNone(t, diags)
				providertest.ExpectArgs(t, "the state", kept.State, channelState(true))
			}
		})
	}
}

// An answer without a date neither proves nor disproves a new installation.
func TestProtocol_dateIsMissingForOnce(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	run := func() *providertest.Protocol { return providertest.NewConfiguredProtocol(t, fake, nil) }
	seen, diags := run().Read(run().Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true)))
	providertest.ExpectNone(t, diags)
	fake.SetShapes(altegiotest.Shapes{NullConnectionStatus: true})
	seen, diags = run().Read(seen)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state without a date", seen.State, channelState(true))
	fake.SetShapes(altegiotest.Shapes{})
	seen, diags = run().Read(seen)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state with the old date", seen.State, channelState(true))
	fake.Install(1001, 456, altegiotest.StatusActive)
	seen, diags = run().Read(seen)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application was reinstalled")
	providertest.ExpectArgs(t, "the state with a new date", seen.State, channelState(nil))
}

func TestProtocol_import(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	for name, test := range map[string]struct {
		id       string
		identity providertest.Args
	}{
		"by id":                     {id: "1001/456/sms"},
		"by identity":               {identity: providertest.Args{"location_id": 1001, "application_id": 456, "channel_slug": "sms"}},
		"by id, of an older client": {id: "1001/456/sms"},
	} {
		fake.ResetJournal()
		imported, diags := p.ImportState(test.id, test.identity)
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, name+": the imported state", imported.State, channelState(nil))
		providertest.ExpectArgs(t, name+": the imported identity", imported.Identity, smsIdentity)
		coretest.NothingSent(fake).Now(t)

		seen, diags := p.Read(imported)
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, name+": the state as read", seen.State, channelState(nil))
		fake.ResetJournal()
		plan := p.Plan(seen, config)
		providertest.ExpectNone(t, plan.Diagnostics)
		providertest.ExpectArgs(t, name+": the plan after the import", providertest.Plain(t, p.Channel(), plan.PlannedState), channelState(true))
		coretest.NothingSent(fake).Now(t)
		set, diags := p.Apply(seen, config, plan)
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, name+": the state after that", set.State, channelState(true))
		coretest.Sent{Fake: fake, Want: posts(1)}.Now(t)
	}
}

func TestProtocol_importOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	imported, diags := p.ImportState("1008/456/sms", nil)
	providertest.ExpectNone(t, diags)
	gone, diags := p.Read(imported)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application is no longer installed")
	if gone.State != nil {
		t.Errorf("an application that is not installed is imported: %v", gone.State)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1}}.Now(t)
}

func TestProtocol_importIsRefused(t *testing.T) {
	t.Parallel()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), nil)
	const form = `Its form is location_id/application_id/channel_slug, followed by .*, for example "1001/456/sms/true"\.$`
	for _, test := range []struct {
		id       string
		identity providertest.Args
		text     string
	}{
		{id: "1001", text: `Invalid import id: it has 1 part instead of 3 or 4\nThe id "1001" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
		{id: "0/456/sms", text: `its location_id is "0"`},
		{id: "1001/456/email", text: `its channel_slug is "email", which is not one of "sms", "whatsapp"`},
		{identity: providertest.Args{"location_id": 1001, "application_id": 456, "channel_slug": "email"}, text: `its channel_slug is "email"`},
		{identity: providertest.Args{"location_id": -3, "application_id": 456, "channel_slug": "sms"}, text: `its location_id is "-3"`},
		{identity: providertest.Args{"location_id": 1001, "application_id": 456}, text: `channel_slug`},
		{id: "", text: `Invalid import id: it has 1 part instead of 3 or 4\nThe id "" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
	} {
		imported, diags := p.ImportState(test.id, test.identity)
		providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", test.text)
		if imported.State != nil {
			t.Errorf("%q %v is imported all the same: %v", test.id, test.identity, imported.State)
		}
	}
}

func TestProtocol_destroyWhenUninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 402, 403, 404, 409, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			p.NextRun()
			seen, diags := p.Read(created) // remembers, within the run, that it is installed
			providertest.ExpectNone(t, diags)
			fake.Uninstall(1001, 456)
			fake.ResetJournal()
			if left := p.Change(seen, nil); left.State != nil {
				t.Errorf("it is still there: %v", left.State)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 1}}.Now(t)
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
			fake := coretest.NewFake(t)
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			fake.ResetJournal()
			test.fault.Operation = altegiotest.OpUpdateChannel
			fake.Fail(test.fault)
			plan := p.Plan(created, nil)
			providertest.ExpectNone(t, plan.Diagnostics)
			kept, diags := p.Apply(created, nil, plan)
			providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, test.at, asked+".*"+test.text)
			var left any = true
			if name == "500" || name == "a page" {
				left = nil // it may have been done
			}
			providertest.ExpectArgs(t, "the state", kept.State, channelState(left))
			// Only a refusal that can mean a missing installation makes it ask.
			if got, asks := fake.Count(altegiotest.OpInstallation), test.at != ""; (got == 1) != asks || got > 1 {
				t.Errorf("it asks %d times for the installation", got)
			}
		})
	}
}

// If it is not known whether the application is still installed, the refusal is an error.
func TestProtocol_destroyWithoutAClue(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	p.NextRun()
	fake.Uninstall(1001, 456)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	kept, diags := p.Apply(created, nil, p.Plan(created, nil))
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "application_id", "Cannot make the channel unavailable.*404 Not Found")
	providertest.ExpectArgs(t, "the state", kept.State, channelState(true))
}

func TestProtocol_changeFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpUpdateChannel, Status: 422,
		Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"salon_id":["is closed"],"channel_slug":["is off"]}}}`,
	})
	off := providertest.ChannelArgs(1001, 456, "sms", false)
	kept, diags := p.Apply(created, off, p.Plan(created, off))
	if len(diags) != 2 {
		t.Fatalf("%d diagnostics, want 2: %v", len(diags), diags)
	}
	providertest.ExpectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, "channel_slug", "Cannot set the channel.*is_available false.*is off")
	providertest.ExpectDiagnostic(t, diags[1], tfprotov6.DiagnosticSeverityError, "location_id", "Cannot set the channel.*of location_id it says: is closed")
	providertest.ExpectArgs(t, "the state after an update that failed", kept.State, channelState(true))

	other := providertest.ChannelArgs(1002, 456, "sms", true)
	none, diags := p.Apply(providertest.Instance{}, other, p.Plan(providertest.Instance{}, other))
	if len(diags) != 2 || none.State != nil {
		t.Errorf("creating what is refused leaves %v and says %v", none.State, diags)
	}
}

// State that an older version of Terraform wrote, or one of an older provider, is read as it is.
func TestProtocol_upgradeState(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	resp, err := p.Server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: providertest.ChannelType, Version: p.Schema.ResourceSchemas[providertest.ChannelType].Version,
		RawState: &tfprotov6.RawState{JSON: []byte(
			`{"id":"1001/456/sms","location_id":1001,"application_id":456,"channel_slug":"sms","is_available":true,"gone":1}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	providertest.ExpectNone(t, resp.Diagnostics)
	providertest.ExpectArgs(t, "the state", providertest.Plain(t, p.Channel(), resp.UpgradedState), channelState(true))
}

// Several resources and data sources share one read of a location in a run, until a write of that run.
func TestProtocol_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	sms := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	whatsapp := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "whatsapp", true))
	other := p.Change(providertest.Instance{}, providertest.ChannelArgs(1002, 456, "sms", true))
	p.NextRun()
	fake.ResetJournal()
	done := make(chan []*tfprotov6.Diagnostic)
	const rounds = 5
	for range rounds {
		for _, i := range []providertest.Instance{sms, whatsapp, other} {
			i.Private = nil // another resource each time: Terraform reads none twice
			go func() {
				_, diags := p.ReadWith(t.Context(), i)
				done <- diags
			}()
		}
		go func() {
			_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
			done <- diags
		}()
	}
	for range rounds * 4 {
		for _, d := range <-done {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 2}}.Now(t)
}

func TestProtocol_unknownConfiguration(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewProtocol(t)
	providertest.ExpectNone(t, p.Configure(providertest.FakeArgs(fake, providertest.Args{"partner_token": providertest.Unknown{}, "max_retry_wait": providertest.Unknown{}})))

	config := providertest.ChannelArgs(1001, 456, "sms", true)
	plan := p.Plan(providertest.Instance{}, config)
	providertest.ExpectNone(t, plan.Diagnostics)
	providertest.ExpectArgs(t, "the plan", providertest.Plain(t, p.Channel(), plan.PlannedState), channelState(true))

	const explanation = `Provider configuration is not known yet\nA request to Altegio is needed, but partner_token, max_retry_wait in ` +
		`the provider block will be known only after apply`
	errorSeverity := tfprotov6.DiagnosticSeverityError
	_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, errorSeverity, "partner_token", explanation)
	_, diags = p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, errorSeverity, "partner_token", explanation)

	there := providertest.Instance{State: channelState(true), Identity: smsIdentity}
	kept, diags := p.Read(there)
	providertest.ExpectOne(t, diags, errorSeverity, "partner_token", explanation)
	providertest.ExpectArgs(t, "the state", kept.State, there.State)
	_, diags = p.Apply(providertest.Instance{}, config, plan)
	providertest.ExpectOne(t, diags, errorSeverity, "partner_token", explanation)

	imported, diags := p.ImportState("1001/456/sms", nil)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the imported state", imported.State, channelState(nil))
	coretest.NothingSent(fake).Now(t)

	// The same configuration once everything is known, as when it is applied.
	providertest.ExpectNone(t, p.Configure(providertest.FakeArgs(fake, nil)))
	if _, diags := p.Apply(providertest.Instance{}, config, plan); len(diags) > 0 {
		t.Errorf("applying the plan fails: %v", diags)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.Now(t)
}

func TestProtocol_notConfigured(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	providertest.ExpectNone(t, p.ValidateResource(providertest.ChannelType, providertest.ChannelArgs(1001, 456, "sms", true)))
	providertest.ExpectNone(t, p.Plan(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true)).Diagnostics)
	_, diags := p.Read(providertest.Instance{State: channelState(true)})
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Provider is not configured\nA request to Altegio was needed")
	_, diags = p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Provider is not configured")
}

func TestProtocol_userAgent(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	providertest.NewConfiguredProtocol(t, fake, nil).Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	request := fake.Requests()[0]
	if got, want := request.Header.Get("User-Agent"), "terraform-provider-altegio/1.2.3-test Terraform/1.99.0"; got != want {
		t.Errorf("the User-Agent is %q, want %q", got, want)
	}
	if got, want := request.Header.Get("Authorization"), "Bearer "+altegiotest.DefaultPartnerToken; got != want {
		t.Errorf("the authorization is %q, want %q", got, want)
	}
}
