// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

const givenTwice = "Discount may be given twice"

// A discount whose new owner is refused stays in the state of the old one: each plan that may give it again
// says so.
func TestMoves_discountIsRefused(t *testing.T) {
	t.Parallel()
	kept := 0
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, discountRes("a", 10, 1001))
		r.Config.Resources = []tf.Resource{discountRes("b", 10, 1001)}
		r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAddDiscount, Status: http.StatusTooManyRequests, Times: 1})
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
		r.Fake.ClearFaults()
		if result.Err() == nil {
			continue // destroyed first, and handed over
		}
		if r.Object("altegio_application_discount.a") == nil {
			t.Errorf("seed %d: nobody has the discount any more:\n%s", seed, r.History())
			continue
		}
		kept++
		if text := result.Diagnostics.String(); !strings.Contains(text, "Discount is not handed over") {
			t.Errorf("seed %d: it says %s", seed, text)
		}
		r.Fake.ResetJournal()
		result = r.Apply(tf.Run{Seed: seed, Parallelism: 1})
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(result.Plan.Diagnostics.String(), givenTwice); len(r.Written()) > 0 && !told {
			t.Errorf("seed %d: given again, without a warning of it", seed)
		}
		if r.Object("altegio_application_discount.a") != nil {
			t.Errorf("seed %d: the old owner keeps what the new one has", seed)
		}
	}
	if kept == 0 {
		t.Error("the discount is handed over in every order")
	}
}

// A discount in doubt is still in doubt when another resource takes it over.
func TestMoves_discountInDoubt(t *testing.T) {
	t.Parallel()
	refused := 0
	for seed := range uint64(16) {
		r := newRig(t, providertest.Specimen{})
		r.Lose([]string{altegiotest.OpAddDiscount})
		if r.ApplyAll(t, discountRes("a", 10, 1001)).Err() == nil {
			t.Fatal("the apply succeeds")
		}
		r.Fake.ClearFaults()
		r.Fake.ResetJournal()
		r.Config.Resources = []tf.Resource{discountRes("b", 10, 1001)}
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1, NoRefresh: true})
		switch err := result.Err(); {
		case err == nil && !strings.Contains(result.Plan.Diagnostics.String(), givenTwice):
			t.Errorf("seed %d: given again, without a warning of it", seed)
		case err != nil && result.Plan.Err() == nil:
			refused++
			if writes := r.Written(); len(writes) > 0 || !strings.Contains(err.Error(), "Discount may have been given already") {
				t.Errorf("seed %d: %v, sent %v", seed, err, writes)
			}
		}
	}
	if refused == 0 {
		t.Error("the doubt is never handed over")
	}
}

// What an import found and nobody declares does not keep on what another resource removes.
func TestMoves_toAnImportedFleet(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, fleetRes("a", only(1001, 1003)))
		r.Config.Resources = []tf.Resource{fleetRes("b", only(1001))}
		r.Config.Imports = []tf.Import{{To: "altegio_application_channels.b", ID: "456/sms"}}
		if err := r.Apply(tf.Run{Seed: seed, Parallelism: 1}).Err(); err != nil {
			t.Fatal(err)
		}
		r.ExpectChannels(t, map[int64]bool{1001: true, 1003: false})
	}
}

// What the replacement of a tainted fleet drops and a new fleet declares moves, even if the new fleet
// looks more like the replacement.
func TestMoves_fromATaintedFleet(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, fleetRes("a", only(1001, 1002, 1003)))
		r.Taint("altegio_application_channels.a")
		r.Config.Resources = []tf.Resource{fleetRes("a", only(1001)), fleetRes("b", only(1002, 1003))}
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		if text := result.Plan.Diagnostics.String(); !strings.Contains(text, "Resources move without a moved block") {
			t.Errorf("seed %d: the plan says %q", seed, text)
		}
		r.ExpectChannels(t, map[int64]bool{1001: true, 1002: true, 1003: true})
	}
}

// A tainted fleet that was imported leaves alone what the import found and nobody declares.
func TestMoves_importedFleetIsTainted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, fleetRes("a", only(1001, 1002)))
		b := ignoring(fleetRes("b", only(1002)), "availability")
		r.Config.Resources = append(r.Config.Resources, b)
		r.Config.Imports = []tf.Import{{To: b.Addr, ID: "456/sms"}}
		if err := r.Apply(tf.Run{Seed: seed, Parallelism: 1}).Err(); err != nil {
			t.Fatal(err)
		}
		r.Config.Imports = nil
		r.Taint(b.Addr)
		r.Fake.ResetJournal()
		if err := r.Apply(tf.Run{Seed: seed, Parallelism: 1}).Err(); err != nil {
			t.Fatal(err)
		}
		for _, write := range r.Written() {
			if !strings.Contains(write, "1002") {
				t.Errorf("seed %d: sent %s", seed, write)
			}
		}
	}
}

// A channel that two resources have goes off with the second of them. Terraform 1.11 plans that from what the
// state said before the first one gave it up.
func TestMoves_oneAfterTheOther(t *testing.T) {
	t.Parallel()
	both := []tf.Resource{fleetRes("a", only(1001, 1002)), fleetRes("b", only(1001))}
	for name, first := range map[string][]tf.Resource{
		"destroyed": both[1:],
		"dropped":   {fleetRes("a", only(1002)), both[1]},
	} {
		kept := 0
		for seed := range uint64(16) {
			r := newRig(t, providertest.Specimen{})
			r.Release = tf.V1_11
			run := tf.Run{Seed: seed, Parallelism: 1}
			r.MustApply(t, both[0])
			r.MustApply(t, both...)
			r.Config.Resources = first
			result := r.Apply(run)
			if err := result.Err(); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another resource declares") {
				continue
			}
			kept++
			r.ExpectChannels(t, map[int64]bool{1001: true})
			r.Config.Resources = first[:len(first)-1]
			if err := r.Apply(run).Err(); err != nil {
				t.Fatal(err)
			}
			r.ExpectChannels(t, map[int64]bool{1001: false})
		}
		if kept == 0 {
			t.Errorf("%s: the first apply never keeps the channel", name)
		}
	}
}

// A fleet that ignores a location keeps it until -replace, and leaves it to another resource then.
func TestMoves_fromAReplacementThatIgnores(t *testing.T) {
	t.Parallel()
	kept := 0
	for seed := range uint64(16) {
		r := newRig(t, providertest.Specimen{})
		single, fleet := channelRes("b", 1001, 456, true), fleetRes("b", only(1001, 1002))
		r.MustApply(t, single, fleet)
		r.Config.Resources[1] = ignoring(fleetRes("b", only(1002)), `availability["1001"]`)
		r.MustApply(t, r.Config.Resources...)
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1, Replace: []string{fleet.Addr}})
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another resource declares") {
			continue
		}
		kept++
		r.ExpectChannels(t, map[int64]bool{1001: true, 1002: true})
	}
	if kept == 0 {
		t.Error("no order keeps the channel")
	}
}
