// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/cabinet"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const panelAddr = providertest.PanelType + ".chat"

func panelRes(url string) tf.Resource {
	return tf.Resource{Addr: panelAddr, Attrs: tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat", "url": url}}
}

const (
	otherURL  = "https://bot.example/talk"
	panelBody = `{"salon_id":1001,"application_id":456,"type":"chat","url":`
)

func TestLocationFrame_life(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	for _, step := range []struct {
		resources []tf.Resource
		want      string
	}{
		{[]tf.Resource{panelRes(cabinet.PanelURL)}, panelBody + `"` + cabinet.PanelURL + `"}`},
		{[]tf.Resource{panelRes(otherURL)}, panelBody + `"` + otherURL + `"}`},
		{nil, panelBody + `null}`},
	} {
		r.Config.Resources = step.resources
		result := r.Expect(t, "")
		if got := strings.Join(r.Bodies(), "; "); got != step.want {
			t.Errorf("it sends %s, want %s", got, step.want)
		}
		if warned := strings.Contains(result.Plan.Diagnostics.Warnings().String(), "chat at 1 location: 1001"); warned != (step.resources != nil) {
			t.Errorf("it says %v", result.Plan.Diagnostics)
		}
		if err := r.Settled(); err != nil {
			t.Fatal(err)
		}
	}
}

// Uninstalling removes a panel. After a reinstallation it is set again.
func TestLocationFrame_reinstalled(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{panelRes(cabinet.PanelURL)}
	r.Expect(t, "")
	r.Fake.Uninstall(1001, 456)
	r.Fake.Install(1001, 456, altegiotest.StatusActive)
	result := r.Expect(t, "")
	if len(r.Bodies()) != 1 || !strings.Contains(result.Plan.Diagnostics.Warnings().String(), "Application was reinstalled") {
		t.Errorf("it sends %v and says %v", r.Bodies(), result.Plan.Diagnostics)
	}
	r.Fake.Uninstall(1001, 456)
	plan := r.Plan()
	if !strings.Contains(plan.Diagnostics.Warnings().String(), "Application is no longer installed") {
		t.Errorf("it says %v", plan.Diagnostics)
	}
	r.Config.Resources = nil
	r.Expect(t, "")
	if len(r.Bodies()) > 0 || r.Object(panelAddr) != nil {
		t.Errorf("it sends %v", r.Bodies())
	}
}

// A refusal leaves the state as it was; an answer that was lost leaves null, and is sent again.
func TestLocationFrame_failures(t *testing.T) {
	t.Parallel()
	r := newCabinet(t)
	r.Config.Resources = []tf.Resource{panelRes(cabinet.PanelURL)}
	r.Expect(t, "")
	r.Config.Resources = []tf.Resource{panelRes(otherURL)}
	remove := r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallFrame, Status: http.StatusForbidden})
	r.Expect(t, "has to belong to the account that owns the application")
	if got := r.Object(panelAddr).Attr("url"); got != cabinet.PanelURL {
		t.Errorf("the state has %v", got)
	}
	remove()
	remove = r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallFrame, AfterEffect: true, Drop: true})
	r.Expect(t, "the API has no way to read it")
	if got := r.Object(panelAddr).Attr("url"); got != nil || len(r.Bodies()) != 1 {
		t.Errorf("the state has %v after %v", got, r.Bodies())
	}
	remove()
	r.Expect(t, "")
	if len(r.Bodies()) != 1 {
		t.Errorf("it sends %v", r.Bodies())
	}
}

func TestLocationFrame_importIsRefused(t *testing.T) {
	t.Parallel()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), nil)
	for id, text := range map[string]string{
		"1001/456": "it has 2 parts instead of 3", "1001/456/tabs": `its type is "tabs", which is not one of "chat"`, "0/456/chat": `its location_id is "0"`,
	} {
		_, diags := p.ImportStateOf(providertest.PanelType, id, nil)
		providertest.ExpectOne(t, diags, providertest.IsError, "", "Invalid import id: [^\n]+\n.*"+text)
	}
	for name, a := range map[string]providertest.Args{
		"type": {"location_id": 1001, "application_id": 456, "type": "tabs", "url": cabinet.PanelURL},
		"url":  {"location_id": 1001, "application_id": 456, "type": "chat", "url": "http://bot.example"},
	} {
		if diags := p.ValidateResource(providertest.PanelType, a); len(diags) != 1 {
			t.Errorf("%s: %v", name, diags)
		}
	}
}
