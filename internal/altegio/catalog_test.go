// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The shapes are not documented (API-76), so all that are likely are read.
func TestCatalog_Shapes(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`[]`: "", `{}`: "",
		`[{"id":1,"slug":"a","title":"A","x":[1]},{"id":"2","title":"B"}]`:                              "1|a|A|0|,2||B|0|",
		`[{"id":1,"slug":"a","title":"A","children":[{"id":2,"slug":"b"},{"id":3,"slug":"c","y":[]}]}]`: "1|a|A|0|,2|b||1|a,3|c||1|a",
		`["chat","tasks"]`:                                  "0|chat||0|,0|tasks||0|",
		`{"chat":"Chat","7":"Seven"}`:                       "0|chat|Chat|0|,7||Seven|0|",
		`{"0":{"id":5,"slug":"a"},"2":{"id":6,"slug":"b"}}`: "5|a||0|,6|b||0|",
		`{"clients":[{"slug":"clients_read","title":"Read"}],"staff":[{"slug":"s","children":{"0":{"slug":"t"}}}]}`: "0|clients||0|,0|clients_read|Read|0|clients,0|staff||0|,0|s||0|staff,0|t||0|s",
		`[{"id":"chat","title":"Chat"},{"name":"x"},{"key":"y","slug":"z"}]`:                                        "0|chat|Chat|0|,0|x||0|,0|z||0|",
		`[1,null,[],{"other":true},{"titles":{"en":{"text":"x"}},"id":1}]`:                                          "1|||0|",
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
		got, err := clientOf(t, s).CatalogCategories(t.Context())
		if err != nil {
			t.Errorf("%s: %v", data, err)
			continue
		}
		var rows []string
		for _, e := range got.Entries {
			rows = append(rows, fmt.Sprintf("%d|%s|%s|%d|%s", e.ID, e.Slug, e.Title, e.ParentID, e.ParentSlug))
		}
		if text := strings.Join(rows, ","); text != want || string(got.Raw) != data {
			t.Errorf("%s: got %s and %s, want %s", data, text, got.Raw, want)
		}
	}
	for _, data := range []string{`null`, `"x"`, `5`, `true`} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
		if got, err := clientOf(t, s).AvailableRights(t.Context(), 1); err == nil {
			t.Errorf("%s is accepted: %+v", data, got)
		}
	}
	deep := strings.Repeat(`[{"id":1,"children":`, 1000) + `[]` + strings.Repeat(`}]`, 1000)
	if n := len(readCatalog(nil, []byte(deep), CatalogEntry{}, 0)); n == 0 || n > 30 {
		t.Errorf("%d rows of a deep tree", n)
	}
}

func TestCatalog_UserTokenIfThereIsOne(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, `{"success":true,"data":[]}`))
	for _, c := range []*Client{clientOf(t, s), clientOf(t, s, WithUserToken("u-1"))} {
		if _, err := c.CatalogChannels(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var sent []string
	for _, r := range j.requests() {
		sent = append(sent, r.Header.Get("Authorization"))
	}
	if want := []string{"Bearer " + testToken, "Bearer " + testToken + ", User u-1"}; !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}
