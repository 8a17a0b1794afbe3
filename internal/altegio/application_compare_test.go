// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCompareApplications(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		asked     ApplicationCard
		old, new  string // of wholeRow after the update
		notSet    string // names
		moved     string
		emptied   string
		unpublish bool
	}{
		"nothing":                  {},
		"a counter":                {old: `"rating":4.50`, new: `"rating":4.60`},
		"a title, as asked":        {asked: ApplicationCard{Title: ptr("New")}, old: `"Hello\u0020Bot"`, new: `"New"`},
		"another title":            {asked: ApplicationCard{Title: ptr("New")}, old: `"Hello\u0020Bot"`, new: `"new"`, notSet: "title"},
		"the old title":            {asked: ApplicationCard{Title: ptr("New")}, notSet: "title"},
		"a title, unasked":         {old: `"Hello\u0020Bot"`, new: `"New"`, moved: "title"},
		"a member gone":            {old: `"trial_duration":14,`, new: ``, moved: "trial_duration"},
		"an asked member gone":     {asked: ApplicationCard{TrialDuration: ptr(int64(14))}, old: `"trial_duration":14,`, notSet: "trial_duration"},
		"an empty member gone":     {old: `"price":null,`, new: ``},
		"null is empty":            {old: `"price":null`, new: `"price":""`},
		"null is nothing":          {old: `"is_nonpublic":false`, new: `"is_nonpublic":null`},
		"nothing asked, and gone":  {asked: ApplicationCard{WebsiteURL: ptr("")}, old: `"website_url":"",`},
		"zero is nothing":          {old: `"price":null`, new: `"price":null,"trial_days":0`},
		"null is not a set":        {old: `"channels":[2,1]`, new: `"channels":null`, moved: "channels"},
		"sets have no order":       {old: `[56, 7]`, new: `["7",56]`},
		"lists have":               {old: `["one","two"]`, new: `["two","one"]`, moved: "features_description"},
		"0 is none":                {old: `"a_write":0,`, new: `"b":false,`},
		"a permission":             {old: `"limit":-1`, new: `"limit":0`, moved: "permissions"},
		"numbers keep their size":  {old: `567890,"staff"`, new: `567891,"staff"`, moved: "permissions"},
		"permissions, as asked":    {asked: ApplicationCard{Permissions: map[string]Decimal{"z_read": "1"}}, old: `"limit":-1,"big":123456789012345678901234567890,"staff":"17"`, new: `"limit":0`},
		"permissions beyond those": {asked: ApplicationCard{Permissions: map[string]Decimal{"z_read": "1"}}, notSet: "permissions"},
		"a picture by its path":    {old: `"/uploads/a.png"`, new: `"https://any.test/uploads/a.png"`},
		"another picture":          {old: `"/uploads/a.png"`, new: `"/uploads/b.png"`, moved: "promo_materials"},
		"a new picture": {
			asked: ApplicationCard{PromoMaterials: []PromoMaterial{{"image", "data:image/png;base64,AA"}, {"video", "yt:1"}}}, old: `"/uploads/a.png"`, new: `"/uploads/b.png"`,
		},
		"a new picture, lost": {
			asked: ApplicationCard{PromoMaterials: []PromoMaterial{{"image", "data:image/png;base64,AA"}, {"video", "yt:1"}}}, old: `"/uploads/a.png"`, new: `""`, notSet: "promo_materials",
		},
		"webhook cleared":   {asked: ApplicationCard{NonpublicWebhookURL: ptr("")}},
		"an instruction":    {old: `"Press Connect"`, new: `""`, moved: "connect_instruction"},
		"no instruction":    {old: `"connect_instruction":"Press Connect",`, new: ``, moved: "connect_instruction"},
		"unknown, emptied":  {old: `"rating":4.50`, new: `"rating":[]`, emptied: "rating"},
		"unknown, gone":     {old: `"rating":4.50`, new: `"stars":4`, emptied: "rating"},
		"the icon, emptied": {old: `"https://assets.test/456.png"`, new: `null`, emptied: "icon"},
		"unpublished":       {old: `"2024-02-01 10:00:00"`, new: `null`, unpublish: true},
		"moderated again":   {old: `"2024-02-01 10:00:00"`, new: `"2025-02-01 10:00:00"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(wholeRow, tc.old) {
				t.Fatalf("%s is not in the row", tc.old)
			}
			before := readRow(t, wholeRow)
			after := before
			if tc.old != "" {
				after = readRow(t, strings.Replace(wholeRow, tc.old, tc.new, 1))
			}
			got := CompareApplications(before, after, tc.asked)
			names := func(changes []MemberChange) string {
				var names []string
				for _, c := range changes {
					names = append(names, c.Name)
				}
				return strings.Join(names, ",")
			}
			if names(got.NotSet) != tc.notSet || names(got.Moved) != tc.moved || strings.Join(got.Emptied, ",") != tc.emptied || got.Unpublished != tc.unpublish {
				t.Errorf("got %+v", got)
			}
			// What is not asked for is seen at the next reading in the same way.
			if changed := after.ChangedSince(before.Digests()); tc.moved != "" && !slices.Equal(changed, []string{tc.moved}) {
				t.Errorf("changed since: %q, want %q", changed, tc.moved)
			} else if tc.moved == "" && reflect.DeepEqual(tc.asked, ApplicationCard{}) && len(changed) > 0 && tc.new != "" {
				t.Errorf("changed since: %q", changed)
			}
		})
	}
}

func TestCompareApplications_Says(t *testing.T) {
	t.Parallel()
	before := readRow(t, wholeRow)
	after := readRow(t, strings.Replace(strings.Replace(wholeRow, `"trial_duration":14,`, "", 1), `"Press Connect"`, `"Press <it>"`, 1))
	got := CompareApplications(before, after, ApplicationCard{}).Moved
	want := []MemberChange{{"trial_duration", "14", ""}, {"connect_instruction", `"Press Connect"`, `"Press <it>"`}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, digest := range before.Digests() {
		if len(digest) != 16 || strings.Contains(digest, "Hello") {
			t.Errorf("%s: %q", name, digest)
		}
	}
}

func TestDecimal_Normal(t *testing.T) {
	t.Parallel()
	for number, want := range map[Decimal]Decimal{
		"0": "0", "-0.00": "0", "0e99": "0", "17": "17e0", "-1": "-1e0", "100": "1e2", "1E2": "1e2", "1e+2": "1e2", "2.50": "25e-1", "0.025": "25e-3",
		"1e999999": "1e999999", "123456789012345678901234567890": "12345678901234567890123456789e1",
	} {
		if got := number.normal(); got != want {
			t.Errorf("%s is %s, want %s", number, got, want)
		}
	}
}
