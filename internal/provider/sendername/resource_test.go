// SPDX-License-Identifier: MPL-2.0

package sendername_test

import (
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
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const testSenderNames = providertest.SenderNamesType + ".test"

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
func senderNamesAre(fake *altegiotest.Server, want ...string) coretest.StateFunc {
	return func() error {
		if got := fake.SenderNames(1001, 457); !slices.Equal(got, want) {
			return fmt.Errorf("the sender names are %q, want %q", got, want)
		}
		return nil
	}
}

func TestSMSSenderNamesResource_lifecycle(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + providertest.SenderNamesBlock(1001, 457, "Visage", "La Visage", "Ёё"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionCreate),
						plancheck.ExpectKnownValue(testSenderNames, tfjsonpath.New("id"), knownvalue.StringExact("1001/457")),
						coretest.NothingSent(fake),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
				},
				ConfigStateChecks: append(expectSenderNames("La Visage", "Visage", "Ёё"),
					senderNamesAre(fake, "La Visage", "Visage", "Ёё"), coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpShortNames: 1, altegiotest.OpInstallation: 1}}),
			},
			{ // another order is the same set
				Config: providertest.ProviderBlock(fake) + providertest.SenderNamesBlock(1001, 457, "Ёё", "La Visage", "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
				}},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    providertest.ProviderBlock(fake) + providertest.SenderNamesBlock(1001, 457, "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: append(expectSenderNames("Visage"), senderNamesAre(fake, "Visage"), coretest.Sent{Fake: fake, Want: namesSent(1)}),
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    providertest.ProviderBlock(fake) + providertest.SenderNamesBlock(1002, 457, "Visage"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionDestroyBeforeCreate),
				}},
				// The plan reads the installation that goes, the apply the one that comes.
				ConfigStateChecks: []statecheck.StateCheck{senderNamesAre(fake, "Visage"), coretest.Sent{Fake: fake, Want: map[string]int{
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
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1001, 457, "Visage"))
	c.MustRun(providertest.AutoApply...)
	fake.ResetJournal()
	const stays = "sender names of application 457 at 1 location: 1001."
	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1002, 457, "Visage"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "must be replaced", "Sender names stay as they are", stays)
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("plan", "-destroy", "-no-color", "-out=plan"), "Sender names stay as they are", stays)
	providertest.ExpectText(t, c.MustRun("apply", "-no-color", "plan"), "Sender names stay as they are", stays)
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	if err := senderNamesAre(fake, "Visage")(); err != nil {
		t.Error(err)
	}
	if c.Values(testSenderNames) != nil {
		t.Error("it is still in the state")
	}
}

// Uninstalling removes the names: then they are gone, or no longer known.
func TestSMSSenderNamesResource_installation(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1001, 457, "Visage"))
	c.MustRun(providertest.AutoApply...)
	c.MustRun("refresh", "-no-color")
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")

	fake.Install(1001, 457, altegiotest.StatusActive)
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "updated in-place", "+ names")
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	c.MustRun(providertest.AutoApply...)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpShortNames: 1}}.Now(t)
	if err := senderNamesAre(fake, "Visage")(); err != nil {
		t.Error(err)
	}
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")

	fake.Uninstall(1001, 457)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "will be created")
	providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), "Cannot set the sender names", "salon_id: Application isn't installed")
	if c.Values(testSenderNames) != nil {
		t.Error("it is still in the state")
	}

	// No clear answer leaves the state alone.
	fake.Install(1001, 457, altegiotest.StatusActive)
	c.MustRun(providertest.AutoApply...)
	for status, text := range map[int]string{403: "belongs to another partner, or the account of the token has no access", 500: "Try again later"} {
		remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: status})
		providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Cannot read the installation of the sender names", text)
		remove()
	}
	if c.Values(testSenderNames) == nil {
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
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake, "max_retries = 1", `max_retry_wait = "100ms"`, `rate_limit_timeout = "1s"`), providertest.SenderNamesBlock(1001, test.application, "Visage", "AL"))
			test.fault.Operation = altegiotest.OpShortNames
			fake.Fail(test.fault)
			providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), append(test.texts, "Cannot set the sender names",
				fmt.Sprintf(`location_id 1001, application_id %d, names "AL", "Visage".`, test.application))...)
			if n := fake.Count(altegiotest.OpShortNames); n != 1 && name != "429" {
				t.Errorf("%d requests were sent, want 1", n)
			}
			doubtful := name == "500" || name == "a page" || name == "lost"
			if left := c.Values(testSenderNames); (left != nil) != doubtful || doubtful && left["names"] != nil {
				t.Errorf("the state has %v", left)
			}
		})
	}
}

// After a change whose outcome is open, neither the old names nor the new ones are taken for set.
func TestSMSSenderNamesResource_changeInDoubt(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1001, 457, "Old"))
	c.MustRun(providertest.AutoApply...)

	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1001, 457, "New"))
	remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpShortNames, Status: http.StatusForbidden})
	c.MustFail(providertest.AutoApply...)
	remove()
	if got := c.Values(testSenderNames)["names"]; !reflect.DeepEqual(got, []any{"Old"}) {
		t.Errorf("after a refusal the state holds %v", got)
	}
	remove = fake.Fail(altegiotest.Fault{Operation: altegiotest.OpShortNames, Drop: true, AfterEffect: true})
	c.MustFail(providertest.AutoApply...)
	remove()
	if got := c.Values(testSenderNames)["names"]; got != nil {
		t.Errorf("with an open outcome the state holds %v", got)
	}
	c.Config(providertest.ProviderBlock(fake), providertest.SenderNamesBlock(1001, 457, "Old"))
	providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), "0 added, 1 changed, 0 destroyed")
	if err := senderNamesAre(fake, "Old")(); err != nil {
		t.Error(err)
	}
}

func TestSMSSenderNamesResource_unknownValues(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	known := "resource \"terraform_data\" \"x\" {\n  input = { id = 1001, name = \"Visage\" }\n}\n"
	for old, unknown := range map[string]string{
		"1001": "terraform_data.x.output.id", `"Visage"`: "terraform_data.x.output.name", `["Visage"]`: "[for n in [terraform_data.x.output] : n.name]",
	} {
		c.Config(providertest.ProviderBlock(fake), known, strings.Replace(providertest.SenderNamesBlock(1001, 457, "Visage"), old, unknown, 1))
		fake.ResetJournal()
		c.MustRun(providertest.AutoApply...)
		coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpShortNames: 1, altegiotest.OpInstallation: 1}}.Now(t)
		providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
		c.MustRun("destroy", "-auto-approve", "-no-color")
	}
}

func TestSMSSenderNamesResource_import(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	setAgain := resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(testSenderNames, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
	}}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + providertest.SenderNamesBlock(1001, 457, "Visage"),
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
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for id, text := range map[string]string{
		"": "1 part instead of 2", "1001": "1 part instead of 2", "1001/457/sms": "3 parts instead of 2",
		"0/457": `location_id is "0"`, "1001/x": `application_id is "x"`,
	} {
		_, diags := p.ImportStateOf(providertest.SenderNamesType, id, nil)
		providertest.ExpectOne(t, diags, providertest.IsError, "", text+`.*for example "1001/456"`)
	}
	coretest.NothingSent(fake).Now(t)
}

func TestSMSSenderNamesResource_validate(t *testing.T) {
	t.Parallel()
	const rule = `a sender name has at least one character, does not contain "altegio" and is not "ag", in any case, and has no Russian letters\.$`
	var most []string
	for i := range 20 {
		most = append(most, fmt.Sprint("N", i))
	}
	p := providertest.NewProtocol(t)
	validate := func(names any) []*tfprotov6.Diagnostic {
		return p.ValidateResource(providertest.SenderNamesType, providertest.Args{"location_id": 1001, "application_id": 457, "names": names})
	}
	for name, test := range map[string]struct {
		names []string
		text  string
	}{
		"20":            {names: most},
		"close":         {names: []string{"Alteg", "AGA", "magic", "ag ", "ё", "Ё", "Ґ", "A"}},
		"21":            {append(slices.Clone(most), "N20"), "at most 20"},
		"none":          {[]string{}, "at least 1"},
		"empty":         {[]string{"A", ""}, `Altegio does not accept "": ` + rule},
		"altegio":       {[]string{"Altegio"}, `Altegio does not accept "Altegio": ` + rule},
		"in the middle": {[]string{"My ALTEGIO salon"}, `does not accept "My ALTEGIO salon"`},
		"ag":            {[]string{"aG"}, `does not accept "aG"`},
		"Russian":       {[]string{"Cалон"}, `does not accept "Cалон"`},
		"first":         {[]string{"А"}, `does not accept "А"`},
		"last":          {[]string{"xя"}, `does not accept "xя"`},
	} {
		t.Run(name, func(t *testing.T) {
			list := []any{}
			for _, name := range test.names {
				list = append(list, name)
			}
			diags := validate(list)
			if test.text == "" {
				providertest.ExpectNone(t, diags)
				return
			}
			if len(diags) != 1 || diags[0].Severity != providertest.IsError {
				t.Fatalf("%d diagnostics, want one error: %v", len(diags), diags)
			}
			if got := diags[0].Detail; !regexp.MustCompile(test.text).MatchString(got) {
				t.Errorf("it says\n%s\nwhich does not match\n%s", got, test.text)
			}
		})
	}
	providertest.ExpectNone(t, validate(providertest.Unknown{}))
	providertest.ExpectNone(t, validate([]any{providertest.Unknown{}}))
	providertest.ExpectNone(t, p.ValidateResource(providertest.SenderNamesType, providertest.Args{"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}, "names": []any{"A"}}))
}
