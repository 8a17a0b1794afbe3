// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestSubmitForModeration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		application int
		fault       altegiotest.Fault
		said, want  string
		submitted   int
	}{
		"done":        {application: 458, said: "Application 458 is submitted", submitted: 1},
		"empty":       {application: 458, fault: altegiotest.Fault{Empty: true, AfterEffect: true}, said: "Application 458 is submitted", submitted: 1},
		"lost answer": {application: 458, fault: altegiotest.Fault{AfterEffect: true, Drop: true}, said: "it is submitted", submitted: 1},
		"lost":        {application: 458, fault: altegiotest.Fault{Drop: true}, want: "Cannot submit the application: [^\n]+\n.*The application may have been submitted"},
		"refused":     {application: 458, fault: altegiotest.Fault{Status: 403}, want: "Cannot submit the application: [^\n]+\n.*403 Forbidden"},
		"unknown":     {application: 999, want: "Nothing to submit"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken, "max_retries": 3})
			if test.fault.Status != 0 || test.fault.Drop || test.fault.Empty {
				test.fault.Operation = altegiotest.OpModerationStart
				fake.Fail(test.fault)
			}
			said, diags := p.Invoke(providertest.ModerationType, providertest.Args{"partner_id": 11, "application_id": test.application})
			if test.want == "" {
				providertest.ExpectNone(t, diags)
			} else if len(diags) != 1 {
				t.Fatalf("it says %v", diags)
			} else {
				providertest.ExpectDiagnostic(t, diags[0], providertest.IsError, map[bool]string{true: "application_id"}[test.want == "Nothing to submit" || strings.Contains(test.want, "403")], test.want)
			}
			if text := strings.Join(said, "\n"); !strings.Contains(text, test.said) {
				t.Errorf("it says %s", text)
			}
			if n := fake.Submissions(458); n != test.submitted || fake.Count(altegiotest.OpModerationStart) > 1 {
				t.Errorf("it is submitted %d times, in %d requests", n, fake.Count(altegiotest.OpModerationStart))
			}
		})
	}
}
