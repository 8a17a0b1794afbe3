// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	testSenderNamesType = "altegio_sms_sender_names"
	testSenderNames     = testSenderNamesType + ".test"
)

func senderNamesBlock(location, application int, names ...string) string {
	list, _ := json.Marshal(names)
	return fmt.Sprintf(`
resource "altegio_sms_sender_names" "test" {
  location_id    = %d
  application_id = %d
  names          = %s
}
`, location, application, list)
}

func namesSent(n int) map[string]int { return map[string]int{altegiotest.OpShortNames: n} }

func expectSenderNames(names ...string) []statecheck.StateCheck {
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(testSenderNames, tfjsonpath.New(name), want)
	}
	var set []knownvalue.Check
	for _, name := range names {
		set = append(set, knownvalue.StringExact(name))
	}
	return []statecheck.StateCheck{
		value("id", knownvalue.StringExact("1001/457")),
		value("location_id", knownvalue.Int64Exact(1001)),
		value("application_id", knownvalue.Int64Exact(457)),
		value("names", knownvalue.SetExact(set)),
	}
}

// senderNamesAre checks what the fake holds, in the order in which it was sent.
func senderNamesAre(fake *altegiotest.Server, want ...string) stateFunc {
	return func() error {
		if got := fake.SenderNames(1001, 457); !slices.Equal(got, want) {
			return fmt.Errorf("the sender names are %q, want %q", got, want)
		}
		return nil
	}
}

func TestSMSSenderNamesResource_lifecycle(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + senderNamesBlock(1001, 457, "Visage", "La Visage", "Ёё"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionCreate),
						plancheck.ExpectKnownValue(testSenderNames, tfjsonpath.New("id"), knownvalue.StringExact("1001/457")),
						nothingSent(fake),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
				},
				ConfigStateChecks: append(expectSenderNames("La Visage", "Visage", "Ёё"),
					senderNamesAre(fake, "La Visage", "Visage", "Ёё"), sent{fake, map[string]int{altegiotest.OpShortNames: 1, altegiotest.OpInstallation: 1}}),
			},
			{ // another order is the same set
				Config: providerBlock(fake) + senderNamesBlock(1001, 457, "Ёё", "La Visage", "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectEmptyPlan(), sent{fake, gets(1)},
				}},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    providerBlock(fake) + senderNamesBlock(1001, 457, "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: append(expectSenderNames("Visage"), senderNamesAre(fake, "Visage"), sent{fake, namesSent(1)}),
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    providerBlock(fake) + senderNamesBlock(1002, 457, "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionDestroyBeforeCreate),
				}},
				// The plan reads the installation that goes, the apply the one that comes.
				ConfigStateChecks: []statecheck.StateCheck{senderNamesAre(fake, "Visage"), sent{fake, map[string]int{
					altegiotest.OpShortNames: 1, altegiotest.OpInstallation: 2,
				}}},
			},
		},
	})
	if got := fake.SenderNames(1002, 457); !slices.Equal(got, []string{"Visage"}) {
		t.Errorf("after destroying the names are %q", got)
	}
	if n := fake.Count(altegiotest.OpShortNames); n != 0 {
		t.Errorf("destroying sends %d requests", n)
	}
}

// Names can't be set to none: a destroy says so, before and after, and leaves them.
func TestSMSSenderNamesResource_destroy(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), senderNamesBlock(1001, 457, "Visage"))
	c.mustRun(autoApply...)
	fake.ResetJournal()
	const stays = "location 1001 keeps those of application 457 that were set last. No request is sent."
	c.config(providerBlock(fake), senderNamesBlock(1002, 457, "Visage"))
	expectText(t, c.mustRun("plan", "-no-color"), "must be replaced", "Sender names stay as they are", stays)
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-destroy", "-no-color", "-out=plan"), "Sender names stay as they are", stays)
	expectText(t, c.mustRun("apply", "-no-color", "plan"), "Sender names stay as they are", stays)
	sent{fake, gets(1)}.now(t)
	if err := senderNamesAre(fake, "Visage")(); err != nil {
		t.Error(err)
	}
	if c.values(testSenderNames) != nil {
		t.Error("it is still in the state")
	}
}

// Uninstalling takes the names away: then they are gone, or no longer known.
func TestSMSSenderNamesResource_installation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), senderNamesBlock(1001, 457, "Visage"))
	c.mustRun(autoApply...)
	c.mustRun("refresh", "-no-color")
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")

	fake.Install(1001, 457, altegiotest.StatusActive)
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "updated in-place", "+ names")
	sent{fake, gets(1)}.now(t)
	c.mustRun(autoApply...)
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpShortNames: 1}}.now(t)
	if err := senderNamesAre(fake, "Visage")(); err != nil {
		t.Error(err)
	}
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")

	fake.Uninstall(1001, 457)
	expectText(t, c.mustRun("plan", "-no-color"), "will be created")
	expectText(t, c.mustFail(autoApply...), "Cannot set the sender names", "salon_id: Application isn't installed")
	if c.values(testSenderNames) != nil {
		t.Error("it is still in the state")
	}

	// No clear answer leaves the state alone.
	fake.Install(1001, 457, altegiotest.StatusActive)
	c.mustRun(autoApply...)
	for status, text := range map[int]string{403: "belongs to another partner, or the token's account has no access", 500: "Try again later"} {
		remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: status})
		expectText(t, c.mustFail("plan", "-no-color"), "Cannot read the installation of the sender names", text)
		remove()
	}
	if c.values(testSenderNames) == nil {
		t.Error("it is no longer in the state")
	}
}

func TestSMSSenderNamesResource_refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault       altegiotest.Fault
		application int
		texts       []string
	}{
		"401":             {altegiotest.Fault{Status: 401}, 457, []string{"Check partner_token"}},
		"403":             {altegiotest.Fault{Status: 403}, 457, []string{"it is not an SMS aggregator"}},
		"429":             {altegiotest.Fault{Status: 429}, 457, []string{"requests_per_minute"}},
		"500":             {altegiotest.Fault{Status: 500}, 457, []string{"The names may have been set"}},
		"a page":          {altegiotest.Fault{HTML: true}, 457, []string{"HTML page", "The names may have been set"}},
		"lost":            {altegiotest.Fault{Drop: true, AfterEffect: true}, 457, []string{"The names may have been set"}},
		"another kind":    {altegiotest.Fault{Skip: 99}, 456, []string{"422 Unprocessable Entity", "application_id: "}},
		"names, an array": {altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"message":"No.","errors":["too many"]}}`}, 457, []string{"too many"}},
		"names, a field":  {altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"message":"No.","errors":{"short_names":["odd"]}}}`}, 457, []string{"of names it says: odd"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			c := newInProcess(t)
			c.config(providerBlock(fake, "max_retries = 1", `max_retry_wait = "100ms"`, `rate_limit_timeout = "1s"`), senderNamesBlock(1001, test.application, "Visage", "AL"))
			test.fault.Operation = altegiotest.OpShortNames
			fake.Fail(test.fault)
			expectText(t, c.mustFail(autoApply...), append(test.texts, "Cannot set the sender names",
				fmt.Sprintf(`location_id 1001, application_id %d, names "AL", "Visage".`, test.application))...)
			if n := fake.Count(altegiotest.OpShortNames); n != 1 && name != "429" {
				t.Errorf("%d requests were sent, want 1", n)
			}
			doubtful := name == "500" || name == "a page" || name == "lost"
			if left := c.values(testSenderNames); (left != nil) != doubtful || doubtful && left["names"] != nil {
				t.Errorf("the state has %v", left)
			}
		})
	}
}

// After a change whose outcome is open, neither the old names nor the new ones are taken for set.
func TestSMSSenderNamesResource_changeInDoubt(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), senderNamesBlock(1001, 457, "Old"))
	c.mustRun(autoApply...)

	c.config(providerBlock(fake), senderNamesBlock(1001, 457, "New"))
	remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpShortNames, Status: http.StatusForbidden})
	c.mustFail(autoApply...)
	remove()
	if got := c.values(testSenderNames)["names"]; !reflect.DeepEqual(got, []any{"Old"}) {
		t.Errorf("after a refusal the state holds %v", got)
	}
	remove = fake.Fail(altegiotest.Fault{Operation: altegiotest.OpShortNames, Drop: true, AfterEffect: true})
	c.mustFail(autoApply...)
	remove()
	if got := c.values(testSenderNames)["names"]; got != nil {
		t.Errorf("with an open outcome the state holds %v", got)
	}
	c.config(providerBlock(fake), senderNamesBlock(1001, 457, "Old"))
	expectText(t, c.mustRun(autoApply...), "0 added, 1 changed, 0 destroyed")
	if err := senderNamesAre(fake, "Old")(); err != nil {
		t.Error(err)
	}
}

func TestSMSSenderNamesResource_unknownValues(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	known := "resource \"terraform_data\" \"x\" {\n  input = { id = 1001, name = \"Visage\" }\n}\n"
	for old, unknown := range map[string]string{
		"1001": "terraform_data.x.output.id", `"Visage"`: "terraform_data.x.output.name", `["Visage"]`: "[for n in [terraform_data.x.output] : n.name]",
	} {
		c.config(providerBlock(fake), known, strings.Replace(senderNamesBlock(1001, 457, "Visage"), old, unknown, 1))
		fake.ResetJournal()
		c.mustRun(autoApply...)
		sent{fake, map[string]int{altegiotest.OpShortNames: 1, altegiotest.OpInstallation: 1}}.now(t)
		expectText(t, c.mustRun("plan", "-no-color"), "No changes")
		c.mustRun("destroy", "-auto-approve", "-no-color")
	}
}

func TestSMSSenderNamesResource_import(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	setAgain := resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
	}}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + senderNamesBlock(1001, 457, "Visage"),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectIdentity(testSenderNames, map[string]knownvalue.Check{
					"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(457),
				})},
			},
			{
				PreConfig: fake.ResetJournal, ResourceName: testSenderNames, ImportState: true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity, ExpectNonEmptyPlan: true, ImportPlanChecks: setAgain,
			},
			{
				PreConfig: fake.ResetJournal, ResourceName: testSenderNames, ImportState: true, ImportStateId: "1001/457",
				ImportStateKind: resource.ImportBlockWithID, ExpectNonEmptyPlan: true, ImportPlanChecks: setAgain,
			},
		},
	})
}

func TestSMSSenderNamesResource_importIsRefused(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	for id, text := range map[string]string{
		"": "1 part instead of 2", "1001": "1 part instead of 2", "1001/457/sms": "3 parts instead of 2",
		"0/457": `location_id is "0"`, "1001/x": `application_id is "x"`,
	} {
		_, diags := p.importStateOf(testSenderNamesType, id, nil)
		expectOne(t, diags, isError, "", text+`.*for example "1001/456"`)
	}
	nothingSent(fake).now(t)
}

func TestSMSSenderNamesResource_validate(t *testing.T) {
	t.Parallel()
	const rule = `a sender name has at least one character, does not contain "altegio" and is not "ag", in any case, and has no Russian letters\.$`
	var most []string
	for i := range 20 {
		most = append(most, fmt.Sprint("N", i))
	}
	p := newProtocol(t)
	validate := func(names any) []*tfprotov6.Diagnostic {
		return p.validateResource(testSenderNamesType, args{"location_id": 1001, "application_id": 457, "names": names})
	}
	for name, test := range map[string]struct {
		names []string
		text  string
	}{
		"20":            {names: most},
		"close":         {names: []string{"Alteg", "AGA", "magic", "ag ", "ё", "Ё", "Ґ", "A"}},
		"21":            {append(slices.Clone(most), "N20"), "at most 20"},
		"none":          {[]string{}, "at least 1"},
		"empty":         {[]string{"A", ""}, `Altegio does not take "": ` + rule},
		"altegio":       {[]string{"Altegio"}, `Altegio does not take "Altegio": ` + rule},
		"in the middle": {[]string{"My ALTEGIO salon"}, `does not take "My ALTEGIO salon"`},
		"ag":            {[]string{"aG"}, `does not take "aG"`},
		"Russian":       {[]string{"Cалон"}, `does not take "Cалон"`},
		"first":         {[]string{"А"}, `does not take "А"`},
		"last":          {[]string{"xя"}, `does not take "xя"`},
	} {
		t.Run(name, func(t *testing.T) {
			list := []any{}
			for _, name := range test.names {
				list = append(list, name)
			}
			diags := validate(list)
			if test.text == "" {
				expectNone(t, diags)
				return
			}
			if len(diags) != 1 || diags[0].Severity != isError {
				t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
			}
			if got := diags[0].Detail; !regexp.MustCompile(test.text).MatchString(got) {
				t.Errorf("it says\n%s\nwhich does not match\n%s", got, test.text)
			}
		})
	}
	expectNone(t, validate(unknown{}))
	expectNone(t, validate([]any{unknown{}}))
	expectNone(t, p.validateResource(testSenderNamesType, args{"location_id": unknown{}, "application_id": unknown{}, "names": []any{"A"}}))
}
