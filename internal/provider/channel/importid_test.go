// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

func TestParseChannelID(t *testing.T) {
	t.Parallel()
	const slugs = `, which is not one of "sms", "whatsapp"`
	const whole = `, which is not a whole number from 1`
	for name, test := range map[string]struct {
		text string
		want channelID
		err  string
	}{
		"sms":          {text: "1001/456/sms", want: channelID{1001, 456, altegio.ChannelSMS}},
		"whatsapp":     {text: "1/1/whatsapp", want: channelID{1, 1, altegio.ChannelWhatsApp}},
		"largest id":   {text: "9223372036854775807/456/sms", want: channelID{9223372036854775807, 456, altegio.ChannelSMS}},
		"nothing":      {text: "", err: "it has 1 part instead of 3"},
		"two parts":    {text: "1001/456", err: "it has 2 parts instead of 3"},
		"four parts":   {text: "1001/456/sms/", err: "it has 4 parts instead of 3"},
		"other dashes": {text: "1001-456-sms", err: "it has 1 part instead of 3"},
		"no location":  {text: "/456/sms", err: `its location_id is ""` + whole},
		"word":         {text: "salon/456/sms", err: `its location_id is "salon"` + whole},
		"zero":         {text: "0/456/sms", err: `its location_id is "0"` + whole},
		"negative":     {text: "-1/456/sms", err: `its location_id is "-1"` + whole},
		"sign":         {text: "+1/456/sms", err: `its location_id is "+1"` + whole},
		"leading zero": {text: "01/456/sms", err: `its location_id is "01"` + whole},
		"space":        {text: " 1/456/sms", err: `its location_id is " 1"` + whole},
		"too large":    {text: "9223372036854775808/456/sms", err: `its location_id is "9223372036854775808"` + whole},
		"fraction":     {text: "1001/456.0/sms", err: `its application_id is "456.0"` + whole},
		"application":  {text: "1001/0/sms", err: `its application_id is "0"` + whole},
		"no slug":      {text: "1001/456/", err: `its channel_slug is ""` + slugs},
		"typo":         {text: "1001/456/whatsap", err: `its channel_slug is "whatsap"` + slugs},
		"case":         {text: "1001/456/SMS", err: `its channel_slug is "SMS"` + slugs},
		"line break":   {text: "1001/456/sms\n", err: `its channel_slug is "sms\n"` + slugs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseChannelID(test.text)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Fatalf("parseChannelID(%q) gives %v and error %v, want the error %q", test.text, got, err, test.err)
				}
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("parseChannelID(%q) = %v, %v; want %v", test.text, got, err, test.want)
			}
			if got.String() != test.text {
				t.Errorf("String() = %q, want %q", got.String(), test.text)
			}
		})
	}
}

// FuzzParseChannelID holds that an id has one form only: what is accepted is what String writes,
// and it names a channel that can exist.
func FuzzParseChannelID(f *testing.F) {
	for _, seed := range []string{
		"1001/456/sms", "1/1/whatsapp", "", "/", "//", "///", "0/0/sms", "-1/456/sms", "+1/456/sms", "01/456/sms",
		"1001/456/SMS", "1001/456/sms/", "1001/456/sms\x00", "9223372036854775807/1/sms", "9223372036854775808/1/sms",
		"١/٢/sms", "1e3/456/sms", "0x1/456/sms", "1_000/456/sms", "1001 /456/sms", "1001/456/" + strings.Repeat("s", 100),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseChannelID(text)
		if err != nil {
			if err.Error() == "" || strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("the error of %q is %q, which is no line of text", text, err)
			}
			return
		}
		if id.String() != text {
			t.Errorf("%q is read as %q", text, id)
		}
		if id.location < 1 || id.application < 1 || id.slug != altegio.ChannelSMS && id.slug != altegio.ChannelWhatsApp {
			t.Errorf("%q is read as %#v, which can't exist", text, id)
		}
	})
}

// FuzzParseFleetImport holds that an accepted id says of one fleet what its channels are set to, in a
// form that is read back as the same.
func FuzzParseFleetImport(f *testing.F) {
	for _, seed := range []string{
		"456/sms", "456/sms/true", "456/whatsapp/false", `456/sms/{"1001":true,"1002":false}`, "456/sms/{}", "456/sms/null",
		"456/sms/", "456/sms/ true", `456/sms/{"01":true}`, `456/sms/{"1":true,"1":false}`, `456/sms/{"1":null}`, "456/sms/[]",
		"0/sms", "456", "", "456/sms/true/false", `456/sms/{"9223372036854775808":true}`, "456/sms/tru\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFleetImport(text)
		if err != nil {
			if err.Error() == "" || strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("the error of %q is %q, which is no line of text", text, err)
			}
			return
		}
		if got.application < 1 || got.slug != altegio.ChannelSMS && got.slug != altegio.ChannelWhatsApp {
			t.Errorf("%q is read as %#v, which can't exist", text, got)
		}
		written := got.String()
		switch {
		case got.everywhere != nil && got.at != nil:
			t.Errorf("%q says it twice", text)
		case got.everywhere != nil:
			written += fmt.Sprintf("/%t", *got.everywhere)
		case got.at != nil:
			object, err := json.Marshal(got.at)
			if err != nil {
				t.Fatal(err)
			}
			written += "/" + string(object)
			for location := range got.at {
				if location < 1 {
					t.Errorf("%q has a location %d", text, location)
				}
			}
		}
		if again, err := parseFleetImport(written); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%q is read as %#v; %q, which says the same, as %#v, %v", text, got, written, again, err)
		}
	})
}

func TestParseChannelImport(t *testing.T) {
	t.Parallel()
	for id, says := range map[string]string{
		"1001/456/sms/yes":    `its fourth part is "yes", which is neither true nor false`,
		"1001/456/sms/true/a": "it has 5 parts instead of 3 or 4",
		"1001/456":            "it has 2 parts instead of 3 or 4",
		"1001/456/fax/true":   `its channel_slug is "fax"`,
	} {
		if _, err := parseChannelImport(id); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
