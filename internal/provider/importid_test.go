// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

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

// An identity is no id: what is wrong with it is said of what the user gave.
func TestProtocol_importByWrongIdentity(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	fleetIdentity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"application_id": tftypes.Number, "channel_slug": tftypes.String}}
	discountIdentity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"application_id": tftypes.Number}}
	for name, test := range map[string]struct {
		typeName string
		identity tftypes.Type
		values   args
		problem  string
	}{
		"no slug":        {channelType, channelIdentityType, args{"location_id": 1001, "application_id": 456}, `its channel_slug is null`},
		"empty slug":     {channelType, channelIdentityType, args{"location_id": 1001, "application_id": 456, "channel_slug": ""}, `its channel_slug is "", which is not one of "sms", "whatsapp"`},
		"no location":    {channelType, channelIdentityType, args{"application_id": 456, "channel_slug": "sms"}, `its location_id is null`},
		"nothing":        {channelType, channelIdentityType, args{}, `its application_id is null`},
		"zero":           {channelType, channelIdentityType, args{"location_id": 0, "application_id": 456, "channel_slug": "sms"}, `its location_id is "0", which is not a whole number from 1`},
		"slash":          {channelType, channelIdentityType, args{"location_id": 1001, "application_id": 456, "channel_slug": "sms/"}, `its channel_slug is "sms/", which is not one of "sms", "whatsapp"`},
		"slash of fleet": {testFleetType, fleetIdentity, args{"application_id": 456, "channel_slug": "sms/true"}, `its channel_slug is "sms/true", which is not one of "sms", "whatsapp"`},
		"fleet":          {testFleetType, fleetIdentity, args{"application_id": 456, "channel_slug": "email"}, `its channel_slug is "email", which is not one of "sms", "whatsapp"`},
		"discount":       {testDiscountType, discountIdentity, args{"application_id": -1}, `its application_id is "-1", which is not a whole number from 1`},
		"installation":   {installationType, connectionIdentityType, args{"location_id": 1001}, `its application_id is null`},
	} {
		_, diags := p.importStateOf(test.typeName, "", &tfprotov6.ResourceIdentityData{IdentityData: encode(t, test.identity, test.values)})
		if len(diags) != 1 || diags[0].Summary != "Invalid import identity" || diags[0].Detail != "The identity cannot be used: "+test.problem+"." {
			t.Errorf("%s: it says %v, want that %s", name, diags, test.problem)
		}
	}
	nothingSent(fake).now(t)
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

// FuzzParseConnectionID is FuzzParseChannelID for ids without a channel.
func FuzzParseConnectionID(f *testing.F) {
	for _, seed := range []string{"1001/456", "1/1", "", "/", "//", "0/1", "01/1", "1/+1", "1/9223372036854775808", "1/1/sms", " 1/1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseConnectionID(text)
		if err == nil && (id.String() != text || id.location < 1 || id.application < 1) {
			t.Errorf("%q is read as %#v", text, id)
		}
	})
}

// FuzzParseDiscountImport holds that an accepted id says what discount which locations have, exactly.
func FuzzParseDiscountImport(f *testing.F) {
	for _, seed := range []string{
		"456", "456/15.5/1001", "456/0/1001,1002", "456/15.50/1002,1001,1001", "456/1e2/1", "456/-1/1", "456/+1/1", "456/.5/1", "456/0x1/1",
		"456/NaN/1", "456/1/", "456/1/,", "456/1/01", "456/1", "456//1", "456/1/1/1", "", "/", "0/1/1", "456/1e999999999/1", "456/1/9223372036854775808",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseDiscountImport(text)
		if err != nil {
			if err.Error() == "" || strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("the error of %q is %q, which is no line of text", text, err)
			}
			return
		}
		parts := strings.Split(text, "/")
		if id.application < 1 || strconv.FormatInt(id.application, 10) != parts[0] {
			t.Errorf("%q is read as application %d", text, id.application)
		}
		if len(parts) == 1 {
			if len(id.locations) > 0 || !id.discount.IsNull() {
				t.Errorf("%q is read as %+v", text, id)
			}
			return
		}
		written, ok := new(big.Rat).SetString(parts[1])
		read, exact := new(big.Rat).SetString(string(decimalFromNumber(id.discount)))
		if !ok || !exact || written.Cmp(read) != 0 || read.Sign() < 0 {
			t.Errorf("%q is read as discount %s", text, id.discount)
		}
		if len(id.locations) == 0 || !slices.IsSorted(id.locations) || id.locations[0] < 1 {
			t.Errorf("%q is read as locations %v", text, id.locations)
		}
		for _, location := range strings.Split(parts[2], ",") {
			n, _ := strconv.ParseInt(location, 10, 64)
			if _, ok := slices.BinarySearch(id.locations, n); !ok {
				t.Errorf("%q is read as locations %v, without %s", text, id.locations, location)
			}
		}
	})
}

func FuzzParseLocationID(f *testing.F) {
	for _, seed := range []string{"1001", "1", "", "0", "-1", "+1", "01", "1.0", " 1", "1e3", "9223372036854775807", "9223372036854775808"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := parseLocationID(text); err == nil && (id < 1 || strconv.FormatInt(id, 10) != text) {
			t.Errorf("%q is read as %d", text, id)
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
