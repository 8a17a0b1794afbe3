// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const (
	panelType = "altegio_location_frame"
	panelAddr = panelType + ".chat"
)

func panelRes(url string) tf.Resource {
	return tf.Resource{Addr: panelAddr, Attrs: tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat", "url": url}}
}

const (
	panelURL  = "https://bot.example/chat"
	otherURL  = "https://bot.example/talk"
	panelBody = `{"salon_id":1001,"application_id":456,"type":"chat","url":`
)

func (r rig) bodies() (bodies []string) {
	for _, request := range r.fake.RequestsFor(altegiotest.OpInstallFrame) {
		bodies = append(bodies, string(request.Body))
	}
	return bodies
}

func TestLocationFrame_life(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	for _, step := range []struct {
		resources []tf.Resource
		want      string
	}{
		{[]tf.Resource{panelRes(panelURL)}, panelBody + `"` + panelURL + `"}`},
		{[]tf.Resource{panelRes(otherURL)}, panelBody + `"` + otherURL + `"}`},
		{nil, panelBody + `null}`},
	} {
		r.Config.Resources = step.resources
		result := r.expect(t, "")
		if got := strings.Join(r.bodies(), "; "); got != step.want {
			t.Errorf("it sends %s, want %s", got, step.want)
		}
		if warned := strings.Contains(result.Plan.Diagnostics.Warnings().String(), "chat at 1 location: 1001"); warned != (step.resources != nil) {
			t.Errorf("it says %v", result.Plan.Diagnostics)
		}
		if err := r.settled(); err != nil {
			t.Fatal(err)
		}
	}
}

// Uninstalling takes a panel away; what is installed again is set again.
func TestLocationFrame_reinstalled(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{panelRes(panelURL)}
	r.expect(t, "")
	r.fake.Uninstall(1001, 456)
	r.fake.Install(1001, 456, altegiotest.StatusActive)
	result := r.expect(t, "")
	if len(r.bodies()) != 1 || !strings.Contains(result.Plan.Diagnostics.Warnings().String(), "Application was reinstalled") {
		t.Errorf("it sends %v and says %v", r.bodies(), result.Plan.Diagnostics)
	}
	r.fake.Uninstall(1001, 456)
	plan := r.Plan()
	if !strings.Contains(plan.Diagnostics.Warnings().String(), "Application is no longer installed") {
		t.Errorf("it says %v", plan.Diagnostics)
	}
	r.Config.Resources = nil
	r.expect(t, "")
	if len(r.bodies()) > 0 || r.Object(panelAddr) != nil {
		t.Errorf("it sends %v", r.bodies())
	}
}

// A refusal leaves the state as it was; an answer that was lost leaves null, and is sent again.
func TestLocationFrame_failures(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{panelRes(panelURL)}
	r.expect(t, "")
	r.Config.Resources = []tf.Resource{panelRes(otherURL)}
	remove := r.fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallFrame, Status: http.StatusForbidden})
	r.expect(t, "must be that of the account that owns it")
	if got := r.Object(panelAddr).Attr("url"); got != panelURL {
		t.Errorf("the state has %v", got)
	}
	remove()
	remove = r.fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallFrame, AfterEffect: true, Drop: true})
	r.expect(t, "the API cannot be asked")
	if got := r.Object(panelAddr).Attr("url"); got != nil || len(r.bodies()) != 1 {
		t.Errorf("the state has %v after %v", got, r.bodies())
	}
	remove()
	r.expect(t, "")
	if len(r.bodies()) != 1 {
		t.Errorf("it sends %v", r.bodies())
	}
}

func TestLocationFrame_importIsRefused(t *testing.T) {
	t.Parallel()
	p := newConfiguredProtocol(t, newFake(t), nil)
	for id, text := range map[string]string{
		"1001/456": "it has 2 parts instead of 3", "1001/456/tabs": `its type is "tabs", which is not one of "chat"`, "0/456/chat": `its location_id is "0"`,
	} {
		_, diags := p.importStateOf(panelType, id, nil)
		expectOne(t, diags, isError, "", "Invalid import id\n.*"+text)
	}
	for name, a := range map[string]args{
		"type": {"location_id": 1001, "application_id": 456, "type": "tabs", "url": panelURL},
		"url":  {"location_id": 1001, "application_id": 456, "type": "chat", "url": "http://bot.example"},
	} {
		if diags := p.validateResource(panelType, a); len(diags) != 1 {
			t.Errorf("%s: %v", name, diags)
		}
	}
}

func TestLocationFrameSentences(t *testing.T) {
	t.Parallel()
	refused := &altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "No access", Method: http.MethodPost, URL: "https://app.alteg.io/p"}
	compareSaid(t, panelTask("Cannot set the panel", altegio.LocationFrame{LocationID: 1001, ApplicationID: 456, Type: "chat", URL: panelURL}).diagnostics(refused),
		said{"application_id", "Cannot set the panel", "Asked for: location_id 1001, application_id 456, type \"chat\", url \"https://bot.example/chat\".\n" +
			"The request was POST https://app.alteg.io/p.\n\nAltegio answered: 403 Forbidden: No access.\n\nThe application belongs to another partner: " +
			"the partner_token must be that of the account that owns it."})
	compareSaid(t, diag.Diagnostics{foundWarning(foundPanel, []foundGroup{{kind: panelMatter, application: 456, name: "chat", locations: []int64{1001}}})},
		said{"", "Panel may not be shown", "The apply sends these, and the answer does not tell whether they are shown:\n - panel 456/chat at 1 " +
			"location: 1001.\n\nA location has one place for a chat. Where another application has it, the panel either replaces that one, or " +
			"nothing happens. Look at the location after the apply. Of the kinds of panels, only chat was seen to work."})
}
