// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	cabinetApps = "/api/v1/marketplace/developers/companies/11/applications"
	helloBot    = cabinetApps + "/456"
)

// written is a whole card of 456 as an update sends it, with other texts.
const written = `{"title":"Hi Bot","short_description":"Answers","category_id":31,"country_ids":[7],"website_url":"","price":"","trial_duration":0,` +
	`"channels":[1],"permissions":{"z":1,"a":123456789012345678901234567890},"callback_url":"","registration_redirect_url":"",` +
	`"is_personal_data_access_needed":false,"is_multiple_salons_allowed":false,"is_iframe":false,"slug":"hello_bot","is_nonpublic":false,` +
	`"nonpublic_webhook_url":null,"monetization_type":"paid","full_description":"","features_description":[],"promo_materials":[],"questions":[],"functionalities":[]}`

func (x *tester) card(id int64, member string) string {
	return string(x.Card(id)[member])
}

func TestCabinetAccounts(t *testing.T) {
	t.Parallel()
	const path = "/api/v1/marketplace/developers/companies"
	x := newTester(t, altegiotest.WithToken("tok-1"))
	x.asOwner("GET", path, "").wantStatus(t, 401)
	x = newTester(t)
	x.get(path).want(t, 401, message("Authentication needed."))
	got := x.asOwner("GET", path, "")
	got.wantStatus(t, 200)
	for _, want := range []string{
		`"id":11,`, `"partner_system":{"data":{"token":"` + altegiotest.DefaultPartnerToken + `"}}`, `"id":12,`, altegiotest.SecondPartnerToken,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
	x.SetShapes(altegiotest.Shapes{NumbersAsStrings: true, Cabinet: altegiotest.CabinetShapes{FlatPartnerSystem: true}})
	if got := x.asOwner("GET", path, ""); !strings.Contains(got.body, `"id":"11"`) || !strings.Contains(got.body, `"partner_system":{"token":"`) {
		t.Errorf("got %s", got.body)
	}
	x.asOwner("GET", path+"/99/applications", "").want(t, 404, message("Not found"))

	seed := altegiotest.DefaultSeed()
	seed.Accounts[1].Foreign = true
	x = newTester(t, altegiotest.WithSeed(seed))
	if got := x.asOwner("GET", path, ""); strings.Contains(got.body, `"id":12`) {
		t.Errorf("another user's account is listed: %s", got.body)
	}
	x.asOwner("GET", path+"/12/applications", "").want(t, 403, message("Access denied."))
}

// The token of an account is only valid for the account's applications.
func TestCabinetTokens(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.Install(1001, 470, "active")
	status := func(token string, application int) int {
		req := x.request("GET", fmt.Sprintf("/marketplace/salon/1001/application/%d", application), "")
		req.Header.Set("Authorization", "Bearer "+token)
		return x.do(req).status
	}
	for _, tt := range []struct {
		token string
		want  [2]int // of 456 and 470
	}{
		{altegiotest.DefaultPartnerToken, [2]int{200, 403}},
		{altegiotest.SecondPartnerToken, [2]int{403, 200}},
		{"other", [2]int{401, 401}},
	} {
		if got := [2]int{status(tt.token, 456), status(tt.token, 470)}; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.token, got, tt.want)
		}
	}
}

func TestCabinetApplications(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	got := x.asOwner("GET", cabinetApps, "")
	got.wantStatus(t, 200)
	var list struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal([]byte(got.body), &list); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, row := range list.Data {
		ids = append(ids, string(row["id"]))
	}
	if want := []string{"456", "457", "458", "459"}; !slices.Equal(ids, want) {
		t.Errorf("got %s, want %s", ids, want)
	}
	row := list.Data[0]
	if !reflect.DeepEqual(row, x.Card(456)) {
		t.Errorf("listed %s, and the card is %s", row, x.Card(456))
	}
	for name, want := range map[string]string{
		"title": `"Hello Bot"`, "category_id": "31", "country_ids": "[56,7]", "nonpublic_webhook_url": "null", "moderated_at": `"2021-04-12 15:30:00"`,
		"permissions":       `{"records_read":1,"records_write":0,"clients_read":1,"history_days":-1,"default_resource":9007199254740993}`,
		"moderation":        `{"connect_instruction":"Press Connect and scan the code.","payment_instruction":"","started_at":null}`,
		"application_token": `"` + x.ApplicationToken(456) + `"`, "short_links": `{"info":"https://altegio.example/a/456","review":"https://altegio.example/r/456"}`,
		"is_iframe": "false", "status": "2", "icon": `"https://assets.example/marketplace/icons/456.png"`,
	} {
		if got := string(row[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := x.card(459, "moderated_at") + x.card(459, "moderation"); got != "nullnull" {
		t.Errorf("the draft has %s", got)
	}

	x.SetShapes(altegiotest.Shapes{NumbersAsStrings: true, Cabinet: altegiotest.CabinetShapes{EmptyArrays: true, ExtraMembers: true, AbsoluteURLs: true}})
	for name, want := range map[string]string{
		"id": `"459"`, "permissions": "[]", "moderation": "[]", "country_ids": `["7"]`, "category_id": `"31"`, "is_iframe": `"0"`, "installs_count": `"1"`,
	} {
		if got := x.card(459, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := x.card(456, "promo_materials"); !strings.Contains(got, `"https://assets.example/uploads/promo/456/1.png"`) {
		t.Errorf("promo materials %s", got)
	}
}

func TestCabinetUpdate(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.asOwner("PUT", helloBot, written).wantStatus(t, 200)
	for name, want := range map[string]string{
		"title": `"Hi Bot"`, "permissions": `{"z":1,"a":123456789012345678901234567890}`, "functionalities": "[]",
		"icon": `"https://assets.example/marketplace/icons/456.png"`, "moderated_at": `"2021-04-12 15:30:00"`,
	} {
		if got := x.card(456, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}

	// Members that are left out are cleared, and required ones are an error.
	x.EditCard(456, "questions", `[{"question":"Why?","answer":"So."}]`)
	x.asOwner("PUT", helloBot, `{"title":"Hi Bot","short_description":"Answers","category_id":4,"country_ids":[7],"slug":"hello_bot"}`).wantStatus(t, 200)
	for name, want := range map[string]string{"questions": "[]", "permissions": "{}", "channels": "[]", "price": `""`, "monetization_type": `"free"`} {
		if got := x.card(456, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	x.asOwner("PUT", helloBot, `{}`).want(t, 422, `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{`+
		`"category_id":["This field is required"],"country_ids":["This field is required"],"short_description":["This field is required"],`+
		`"slug":["This field is required"],"title":["This field is required"]}}}`)
	// The category decides whether there are channels.
	x.post(channelPath, channelBody).wantStatus(t, 403)

	x.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{KeepsOmitted: true, Remoderates: true, EmptyAnswers: true}})
	x.EditCard(456, "price", `"dear"`)
	x.asOwner("PUT", helloBot, `{"category_id":31}`).want(t, 200, "")
	if got := x.card(456, "price") + x.card(456, "moderated_at"); got != `"dear"null` {
		t.Errorf("got %s", got)
	}
	x.post(channelPath, channelBody).wantStatus(t, 200)
}

func TestCabinetUpdateRefuses(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	before := x.Card(456)
	for name, edit := range map[string][2]string{
		"short title":             {`"Hi Bot"`, `"Hi"`},
		"title is a number":       {`"Hi Bot"`, `5`},
		"null title":              {`"Hi Bot"`, `null`},
		"category as text":        {`"category_id":31`, `"category_id":"31"`},
		"no category":             {`"category_id":31`, `"category_id":0`},
		"no countries":            {`"country_ids":[7]`, `"country_ids":[]`},
		"country slugs":           {`"country_ids":[7]`, `"country_ids":["US"]`},
		"channel slugs":           {`"channels":[1]`, `"channels":["sms"]`},
		"insecure website":        {`"website_url":""`, `"website_url":"http://a.example"`},
		"no webhook":              {`"nonpublic_webhook_url":null`, `"nonpublic_webhook_url":""`},
		"price is a number":       {`"price":""`, `"price":5`},
		"negative trial":          {`"trial_duration":0`, `"trial_duration":-1`},
		"fractional permission":   {`"z":1`, `"z":1.5`},
		"permission as text":      {`"z":1`, `"z":"1"`},
		"permissions as list":     {`{"z":1,"a":123456789012345678901234567890}`, `["z"]`},
		"flag is a number":        {`"is_iframe":false`, `"is_iframe":0`},
		"slug with a hyphen":      {`"hello_bot"`, `"hello-bot"`},
		"slug of another":         {`"hello_bot"`, `"quick_sms"`},
		"monetization":            {`"paid"`, `"dear"`},
		"promo type":              {`"promo_materials":[]`, `"promo_materials":[{"type":"audio","content":"x"}]`},
		"short question":          {`"questions":[]`, `"questions":[{"question":"a","answer":"abc"}]`},
		"functionality":           {`"functionalities":[]`, `"functionalities":["magic"]`},
		"unknown member":          {`"is_iframe":false`, `"is_iframe":false,"installs_count":5`},
		"what is never sent back": {`"is_iframe":false`, `"is_iframe":false,"application_token":"x"`},
		"id":                      {`"is_iframe":false`, `"is_iframe":false,"id":456`},
	} {
		body := strings.Replace(written, edit[0], edit[1], 1)
		if body == written {
			t.Fatalf("%s: nothing is edited", name)
		}
		if got := x.asOwner("PUT", helloBot, body); got.status != 422 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	x.asOwner("PUT", helloBot, `[]`).wantStatus(t, 400)
	x.asOwner("PUT", cabinetApps+"/470", written).want(t, 404, message("Not found"))
	x.do(x.request("PUT", helloBot, written)).wantStatus(t, 401)
	if !reflect.DeepEqual(x.Card(456), before) {
		t.Error("a refused update changed the card")
	}
	// Numbers that were given as texts are taken as texts.
	x.SetShapes(altegiotest.Shapes{NumbersAsStrings: true})
	x.asOwner("PUT", helloBot, strings.NewReplacer(`"category_id":31`, `"category_id":"31"`, `[7]`, `["7"]`, `"is_iframe":false`, `"is_iframe":"1"`).Replace(written)).wantStatus(t, 200)
	if got := x.card(456, "country_ids") + x.card(456, "is_iframe"); got != `["7"]"1"` {
		t.Errorf("got %s", got)
	}
}

// A picture that is not a data URL is stored as a corrupt one, so no client may send one back.
func TestCabinetPictures(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	with := func(member, value string) string {
		return strings.Replace(written, `"is_iframe":false`, `"is_iframe":false,`+fmt.Sprintf(`%q:%s`, member, value), 1)
	}
	x.asOwner("PUT", helloBot, with("icon", `"data:image/png;base64,AAAA"`)).wantStatus(t, 200)
	if got := x.card(456, "icon"); !strings.Contains(got, "/icons/456-picture-1-") {
		t.Errorf("icon %s", got)
	}
	x.asOwner("PUT", helloBot, with("icon", x.card(456, "icon"))).wantStatus(t, 200)
	if got := x.card(456, "icon"); !strings.Contains(got, "/icons/456-corrupt-2-") {
		t.Errorf("icon %s", got)
	}
	promo := `"promo_materials":[{"type":"image","content":"https://assets.example/uploads/promo/a.png"},{"type":"image","content":"data:image/png;base64,AAAA"},` +
		`{"type":"image","content":"nobase64"},{"type":"video","content":"https://v.example/1"}]`
	x.asOwner("PUT", helloBot, strings.Replace(written, `"promo_materials":[]`, promo, 1)).wantStatus(t, 200)
	got := x.card(456, "promo_materials")
	for _, want := range []string{`"/uploads/promo/a.png"`, `"/uploads/promo/456-picture-3-`, `"/uploads/promo/456-corrupt-4-`, `"https://v.example/1"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestCabinetCreate(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	body := strings.Replace(written[:strings.Index(written, `,"full_description"`)]+"}", `"hello_bot"`, `"new_bot"`, 1)
	got := x.asOwner("POST", cabinetApps, body)
	got.wantStatus(t, 201)
	id := x.CardBySlug("new_bot")
	if id == 0 || !strings.Contains(got.body, fmt.Sprintf(`"id":%d,`, id)) || x.card(id, "moderated_at") != "null" || x.card(id, "questions") != "[]" {
		t.Errorf("created %d: %s", id, got.body)
	}
	x.Install(1008, id, "active")
	x.asOwner("POST", cabinetApps, body).want(t, 422, `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"slug":["This value is taken"]}}}`)
	x.asOwner("POST", cabinetApps, strings.Replace(written, "hello_bot", "other_bot", 1)).wantStatus(t, 422) // members of updates only
	x.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{CreateAnswers: "id"}})
	x.asOwner("POST", cabinetApps, strings.Replace(body, "new_bot", "other_bot", 1)).
		want(t, 201, fmt.Sprintf(`{"success":true,"data":{"id":%d},"meta":[]}`, x.CardBySlug("other_bot")))
	x.DeleteCard(id)
	if x.Card(id) != nil || x.CardBySlug("new_bot") != 0 {
		t.Error("it is still there")
	}
}

func TestCabinetModeration(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = cabinetApps + "/459/moderation"
	x.asOwner("PUT", path, `{"connect_instruction":"Press it","payment_instruction":""}`).want(t, 200, emptySuccess)
	x.asOwner("PUT", path, `{"connect_instruction":"ab","payment_instruction":""}`).wantStatus(t, 422)
	x.asOwner("PUT", path, `{"connect_instruction":"abc"}`).wantStatus(t, 422)
	if got, want := x.card(459, "moderation"), `{"connect_instruction":"Press it","payment_instruction":"","started_at":null}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	x.asOwner("POST", path+"/start", "").want(t, 200, emptySuccess)
	if n := x.Submissions(459); n != 1 || strings.Contains(x.card(459, "moderation"), "null") {
		t.Errorf("%d submissions, %s", n, x.card(459, "moderation"))
	}
	x.EditCard(459, "moderated_at", `"2026-01-01 00:00:00"`)
	x.SetInstructions(459, "", "Pay it")
	if got := x.card(459, "moderated_at") + x.card(459, "moderation"); !strings.HasPrefix(got, `"2026-01-01 00:00:00"{"connect_instruction":"","payment_instruction":"Pay it"`) {
		t.Errorf("got %s", got)
	}
}

func TestCabinetFrames(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = helloBot + "/frames"
	const frame = `{"title":"Dialogue","url":"https://hello-bots.example/frame/client","slug":"client"}`
	x.asOwner("GET", path, "").want(t, 200, `{"success":true,"data":[`+frame+`],"meta":[]}`)
	x.asOwner("GET", cabinetApps+"/459/frames", "").want(t, 200, `{"success":true,"data":[],"meta":[]}`)
	for _, frames := range []string{
		`[` + frame + `,` + frame + `]`, `[{"title":"ab","url":"https://a.example","slug":"visit"}]`, `[{"title":"abc","url":"http://a.example","slug":"visit"}]`,
		`[{"title":"abc","url":"https://a.example","slug":"salon"}]`, `null`,
	} {
		x.asOwner("POST", path, `{"frames":`+frames+`}`).wantStatus(t, 422)
	}
	x.asOwner("POST", path, `{}`).wantStatus(t, 422)
	if got := x.Frames(456); len(got) != 1 {
		t.Errorf("frames %+v", got)
	}
	x.asOwner("POST", path, `{"frames":[{"title":"abc","url":"https://a.example","slug":"visit"}]}`).wantStatus(t, 200)
	if got, want := x.Frames(456), []altegiotest.Frame{{Title: "abc", URL: "https://a.example", Slug: "visit"}}; !slices.Equal(got, want) {
		t.Errorf("frames %+v", got)
	}
	x.asOwner("POST", path, `{"frames":[]}`).want(t, 200, `{"success":true,"data":[],"meta":[]}`)
	x.SetFrames(456, []altegiotest.Frame{{Title: "abc", URL: "https://a.example", Slug: "visit"}})
	if got := x.asOwner("GET", path, ""); !strings.Contains(got.body, `"slug":"visit"`) {
		t.Errorf("got %s", got.body)
	}
}

// If the place of a panel is taken, it stays taken, and the answer is the same.
func TestCabinetPanels(t *testing.T) {
	t.Parallel()
	const path = "/marketplace/application/install_frame"
	set := func(application int, kind, url string) string {
		if url != "null" {
			url = `"` + url + `"`
		}
		return fmt.Sprintf(`{"salon_id":1001,"application_id":%d,"type":%q,"url":%s}`, application, kind, url)
	}
	for _, tt := range []struct{ rule, want string }{
		{"", "456 https://a.example/2"}, {"nothing", "456 https://a.example/1"}, {"replace", "457 https://b.example"},
	} {
		x := newTester(t, altegiotest.WithShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{Panel: tt.rule}}))
		for _, body := range []string{
			set(456, "chat", "https://a.example/1"), set(456, "chat", "https://a.example/2"), set(457, "chat", "https://b.example"),
			set(457, "task_tracker", "https://b.example/tasks"), set(458, "task_tracker", "null"),
		} {
			x.post(path, body).want(t, 200, emptySuccess)
		}
		panels := x.Panels(1001)
		if len(panels) != 2 || panels[1].Type != "task_tracker" {
			t.Fatalf("panels %+v", panels)
		}
		if got := fmt.Sprint(panels[0].ApplicationID, " ", panels[0].URL); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.rule, got, tt.want)
		}
		x.post(path, set(int(panels[0].ApplicationID), "chat", "null")).wantStatus(t, 200)
		x.Uninstall(1001, 457)
		if panels := x.Panels(1001); len(panels) != 0 {
			t.Errorf("left over: %+v", panels)
		}
	}
	x := newTester(t)
	x.post(path, set(470, "chat", "https://a.example")).want(t, 403, message("No access to application"))
	x.post(path, strings.Replace(set(456, "chat", "null"), "1001", "1008", 1)).want(t, 404, noMessage)
	for _, body := range []string{set(456, "sidebar", "null"), set(456, "chat", "http://a.example"), set(456, "chat", ""), `{"salon_id":1001,"application_id":456,"type":"chat"}`} {
		x.post(path, body).wantStatus(t, 422)
	}
	x.asOwner("POST", path, set(456, "chat", "null")).wantStatus(t, 401) // requires the partner token alone

	// A chat in a callback replaces any other.
	x.Install(1001, 459, "pending")
	x.SetPanel(altegiotest.Panel{LocationID: 1001, ApplicationID: 456, Type: "chat", URL: "https://a.example"})
	x.post("/marketplace/partner/callback", `{"salon_id":1001,"application_id":459,"chat_url":"ftp://c.example"}`).wantStatus(t, 422)
	x.post("/marketplace/partner/callback", `{"salon_id":1001,"application_id":459,"chat_url":"https://c.example","tips_url":"https://c.example/t","login":"l","secret_key":"s"}`).wantStatus(t, 201)
	if got := x.Panels(1001); len(got) != 1 || got[0].ApplicationID != 459 {
		t.Errorf("panels %+v", got)
	}
	if got, want := x.ActivationSettings(1001, 459), (altegiotest.ActivationSettings{ChatURL: "https://c.example", TipsURL: "https://c.example/t", Login: "l", SecretKey: "s"}); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestCabinetCatalog(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for path, want := range map[string]string{
		"/api/v1/marketplace/applications/categories":      `{"children":[{"id":31,"slug":"chat_bots","title":"Chat Bots"}`,
		"/api/v1/marketplace/applications/channels":        `{"id":2,"slug":"whatsapp","title":"WhatsApp"}`,
		"/api/v1/marketplace/applications/functionalities": `{"id":11,"slug":"tasks",`,
		cabinetApps + "/available_rights":                  `{"children":[{"slug":"records_read","title":"See appointments"}`,
	} {
		if got := x.asOwner("GET", path, ""); got.status != 200 || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	x.get("/api/v1/marketplace/applications/channels").wantStatus(t, 200)
	x.get(cabinetApps+"/available_rights").wantStatus(t, 401)
	x.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{Catalog: "map"}})
	if got := x.get("/api/v1/marketplace/applications/channels"); !strings.Contains(got.body, `{"sms":{"id":1,`) {
		t.Errorf("got %s", got.body)
	}
	x.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{Catalog: "slugs"}})
	if got := x.get("/api/v1/marketplace/applications/functionalities"); !strings.Contains(got.body, `["chat","mass_sendings",`) {
		t.Errorf("got %s", got.body)
	}
}

func TestCabinetBehindTheClientsBack(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.EditCard(456, "title", `"Renamed"`)
	x.EditCard(456, "icon", `null`)
	x.EditCard(456, "moderated_at", `"2026-02-02 00:00:00"`)
	x.EditCard(456, "rating", `4.50`)
	got := x.card(456, "title") + x.card(456, "icon") + x.card(456, "moderated_at") + x.card(456, "rating")
	if want := `"Renamed"null"2026-02-02 00:00:00"4.50`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	x.AddCard(altegiotest.Card{AccountID: 12, ApplicationID: 800, Members: map[string]json.RawMessage{"slug": json.RawMessage(`"eight"`)}})
	if got := x.card(800, "slug") + x.card(800, "marketplace_partner_id"); got != `"eight"12` {
		t.Errorf("got %s", got)
	}
	if n := len(x.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	for name, f := range map[string]func(){
		"no application": func() { x.EditCard(999, "title", `""`) },
		"no JSON":        func() { x.EditCard(456, "title", `x`) },
		"the same slug": func() {
			x.AddCard(altegiotest.Card{AccountID: 12, ApplicationID: 801, Members: map[string]json.RawMessage{"slug": json.RawMessage(`"eight"`)}})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// A fault works for these operations as for all.
func TestCabinetFaults(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.Fail(altegiotest.Fault{Operation: altegiotest.OpApplicationUpdate, AfterEffect: true, Status: 500, Times: 1})
	x.asOwner("PUT", helloBot, written).wantStatus(t, 500)
	if got := x.card(456, "title"); got != `"Hi Bot"` {
		t.Errorf("title %s", got)
	}
	if n := x.Count(altegiotest.OpApplicationUpdate); n != 1 {
		t.Errorf("%d updates", n)
	}
	if got := x.RequestsFor(altegiotest.OpApplicationUpdate); len(got) != 1 || string(got[0].Body) != written {
		t.Errorf("journal %+v", got)
	}
}
