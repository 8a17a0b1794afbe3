// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestLoadSeedReadsWhatSeedsAre(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(altegiotest.DefaultSeed())
	if err != nil {
		t.Fatal(err)
	}
	seed, err := altegiotest.LoadSeed(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(seed)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%v\n%s\n%s", err, text, again)
	}
}

func TestLoadSeedRefuses(t *testing.T) {
	t.Parallel()
	const world = `"applications":[{"id":1}],"locations":[{"id":1}]`
	for text, want := range map[string]string{
		``:                                     "reading the seed",
		`{"application":[]}`:                   `unknown field "application"`,
		`{"locations":[{"salon_id":1}]}`:       `unknown field "salon_id"`,
		`{} {}`:                                "more follows",
		`{"applications":[{"id":0}]}`:          "application id 0 is not positive",
		`{"applications":[{"id":1},{"id":1}]}`: "application id 1 is not positive or not unique",
		`{"locations":[{"id":1},{"id":1}]}`:    "location id 1",
		`{` + world + `,"installations":[{"location_id":2,"application_id":1,"status":"active"}]}`:                                                  "unknown location",
		`{` + world + `,"installations":[{"location_id":1,"application_id":2,"status":"active"}]}`:                                                  "unknown application",
		`{` + world + `,"installations":[{"location_id":1,"application_id":1}]}`:                                                                    "no status",
		`{` + world + `,"installations":[{"location_id":1,"application_id":1,"status":"active","created_at":"now"}]}`:                               `created_at "now"`,
		`{` + world + `,"installations":[{"location_id":1,"application_id":1,"status":"active","channels":{"fax":true}}]}`:                          `unknown channel "fax"`,
		`{` + world + `,"installations":[{"location_id":1,"application_id":1,"status":"active","payments":[{"id":1},{"id":1}]}]}`:                   "payment id 1",
		`{` + world + `,"installations":[{"location_id":1,"application_id":1,"status":"a"},{"location_id":1,"application_id":1,"status":"a"}]}`:     "appears twice",
		`{` + world + `,"webhooks":[{"location_id":2}]}`:                                                                                            "unknown location 2",
		`{` + world + `,"webhooks":[{"location_id":1,"hooks":[{"url":"https://a.example"}]},{"location_id":1,"hooks":[{"url":"https://b.test"}]}]}`: "appear twice",
		`{"accounts":[{"id":1},{"id":1}]}`:                                                                                        "account id 1",
		`{` + world + `,"cards":[{"account_id":1,"application_id":1}]}`:                                                           "unknown account 1",
		`{"accounts":[{"id":1}],"cards":[{"account_id":1,"application_id":1}]}`:                                                   "unknown application",
		`{` + world + `,"accounts":[{"id":1}],"cards":[{"account_id":1,"application_id":1},{"account_id":1,"application_id":1}]}`: "card of application 1: it appears twice",
		`{` + world + `,"accounts":[{"id":1}],"cards":[{"account_id":1,"application_id":1,"members":{"name":1}}]}`:                "name is not a member",
	} {
		_, err := altegiotest.LoadSeed(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestSeedIsCopied(t *testing.T) {
	t.Parallel()
	seed := altegiotest.DefaultSeed()
	seed.Installations[0].Channels = map[string]bool{"sms": true}
	seed.Webhooks = []altegiotest.LocationHooks{{LocationID: 1001, Hooks: []altegiotest.Webhook{{URL: "https://a.example", Flags: map[string]bool{"record": true}}}}}
	before, err := json.Marshal(seed)
	if err != nil {
		t.Fatal(err)
	}

	x := newTester(t, altegiotest.WithSeed(seed))
	x.post(channelPath, strings.Replace(channelBody, "true", "false", 1)).wantStatus(t, 200)
	x.post("/marketplace/partner/payment/refund/1523", "").wantStatus(t, 200)
	x.SetStatus(1001, 456, "freezed")
	x.asOwner("POST", "/hooks_settings/1001", `{"active":0,"urls":["https://b.example"]}`).wantStatus(t, 201)
	if available, wasSet := x.Channel(1001, 456, "sms"); available || !wasSet {
		t.Errorf("channel %t %t", available, wasSet)
	}
	x.Uninstall(1001, 456)

	after, err := json.Marshal(seed)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v\n%s\n%s", err, before, after)
	}
	if got := newTester(t, altegiotest.WithSeed(seed)).Webhooks(1001); !reflect.DeepEqual(got, seed.Webhooks[0].Hooks) {
		t.Errorf("webhooks %+v", got)
	}
}
