// SPDX-License-Identifier: MPL-2.0

// Package policy_test runs the policy samples of examples/policy on recorded plans. It is a separate
// module, so that OPA is not a dependency of the provider.
package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

const samples = "../../../examples/policy"

// deny returns what the sample says about a plan, with the data that conftest reads from labels.json.
func deny(t *testing.T, plan any, data map[string]any) []string {
	t.Helper()
	sample, err := os.ReadFile(filepath.Join(samples, "opa", "altegio.rego"))
	if err != nil {
		t.Fatal(err)
	}
	results, err := rego.New(
		rego.Query("data.main.deny"),
		rego.Module("altegio.rego", string(sample)),
		rego.Store(inmem.NewFromObject(map[string]any{"altegio": data})),
		rego.Input(plan),
		rego.StrictBuiltinErrors(true),
	).Eval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 1 {
		t.Fatalf("the policy gives %v", results)
	}
	said := []string{}
	for _, message := range results[0].Expressions[0].Value.([]any) {
		said = append(said, message.(string))
	}
	slices.Sort(said)
	return said
}

func recorded(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan any
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	return plan
}

func limit(n int, labels ...any) map[string]any {
	return map[string]any{"max_off": n, "labels": labels}
}

func TestOPA(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		plan string
		data map[string]any
		// want are parts of what is said, in order; none is a plan that passes.
		want []string
	}{
		{"create", limit(0), nil},
		{"fleet_off", limit(1), []string{"2 channels go off, and the limit is 1: 1002/456/sms, 1003/456/sms."}},
		{"fleet_off", limit(2), nil},
		{"fleet_off", map[string]any{}, nil}, // 10 by default
		{"fleet_off", limit(0, "many-locations-off"), nil},
		{"map_off", limit(0), []string{"1 channels go off, and the limit is 0: 1002/456/sms."}},
		{"single_off", limit(0), []string{"1 channels go off, and the limit is 0: 1001/456/sms."}},
		{"moved", limit(0), nil},
		{"half_created", limit(0), nil},
		{"other_slug", limit(0), []string{"2 channels go off", "altegio_application_channels.sms: destroyed or replaced."}},
		{"other_slug", limit(2), []string{"altegio_application_channels.sms: destroyed or replaced."}},
		{"destroyed", limit(2), []string{"altegio_application_channels.sms: destroyed or replaced."}},
		{"destroyed", limit(2, "destroy"), nil},
		{"destroyed", limit(1, "destroy"), []string{"2 channels go off"}},
		{"forgotten", limit(0), nil},
		{"unknown", limit(2), []string{"altegio_application_channels.sms: the values are not known in this plan."}},
	} {
		t.Run(fmt.Sprintf("%s/%v", test.plan, test.data), func(t *testing.T) {
			t.Parallel()
			said := deny(t, recorded(t, test.plan), test.data)
			if len(said) != len(test.want) {
				t.Fatalf("the policy says %q, want %q", said, test.want)
			}
			for i, want := range test.want {
				if !strings.Contains(said[i], want) {
					t.Errorf("the policy says %q, want %q", said[i], want)
				}
			}
		})
	}
}

// TestOPA_otherProviders holds that a plan of something else is left alone.
func TestOPA_otherProviders(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "destroyed.json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan any
	other := regexp.MustCompile(`registry[^"]*altegio/altegio`).ReplaceAll(text, []byte("registry.terraform.io/hashicorp/aws"))
	if err := json.Unmarshal(other, &plan); err != nil {
		t.Fatal(err)
	}
	if said := deny(t, plan, limit(10)); len(said) > 0 {
		t.Errorf("of another provider's plan, the policy says %q", said)
	}
}

// TestOPA_publishedApplication is about a change of an application's card, published or not.
func TestOPA_publishedApplication(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		moderatedAt any
		labels      []any
		want        int
	}{
		{"2026-03-01 10:00:00", nil, 1},
		{"2026-03-01 10:00:00", []any{"published-application"}, 0},
		{nil, nil, 0},
	} {
		plan := map[string]any{"resource_changes": []any{map[string]any{
			"address": "altegio_application.bot", "mode": "managed", "type": "altegio_application",
			"provider_name": "registry.terraform.io/altegio/altegio",
			"change": map[string]any{
				"actions": []any{"update"},
				"before":  map[string]any{"title": "Hello Bot", "moderated_at": test.moderatedAt},
				"after":   map[string]any{"title": "Hello Bot 2", "moderated_at": test.moderatedAt},
			},
		}}}
		if said := deny(t, plan, limit(10, test.labels...)); len(said) != test.want {
			t.Errorf("published %v, labels %v: the policy says %q", test.moderatedAt, test.labels, said)
		}
	}
}

// TestSentinel checks that the policy for HCP Terraform, which nothing here can run, covers the same cases.
func TestSentinel(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`altegio_application\w*|replace_because_tainted|forget|moderated_at|max_off|available_at|availability|is_available|going_off|destroyed`)
	found := map[string][]string{}
	for _, name := range []string{"opa/altegio.rego", "sentinel/altegio.sentinel"} {
		text, err := os.ReadFile(filepath.Join(samples, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		all := names.FindAllString(string(text), -1)
		slices.Sort(all)
		found[name] = slices.Compact(all)
	}
	if rego, sentinel := found["opa/altegio.rego"], found["sentinel/altegio.sentinel"]; !slices.Equal(rego, sentinel) || len(rego) < 9 {
		t.Errorf("the two are about other things:\n%v\n%v", rego, sentinel)
	}
}
