// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A said is a diagnostic as the user meets it.
type said struct {
	at      string // the attribute, "" for none
	summary string
	detail  string
}

func saidBy(diags diag.Diagnostics) []said {
	var all []said
	for _, d := range diags {
		s := said{summary: d.Summary(), detail: d.Detail()}
		if withPath, ok := d.(diag.DiagnosticWithPath); ok {
			s.at = withPath.Path().String()
		}
		all = append(all, s)
	}
	return all
}

func compareSaid(t *testing.T, got diag.Diagnostics, want ...said) {
	t.Helper()
	all := saidBy(got)
	if len(all) != len(want) {
		t.Fatalf("%d diagnostics, want %d:\n%q", len(all), len(want), all)
	}
	for i := range want {
		if all[i].at != want[i].at {
			t.Errorf("it is about %q, want %q", all[i].at, want[i].at)
		}
		if all[i].summary != want[i].summary {
			t.Errorf("the summary is\n  %s\nwant\n  %s", all[i].summary, want[i].summary)
		}
		if all[i].detail != want[i].detail {
			t.Errorf("the detail is\n---\n%s\n---\nwant\n---\n%s\n---", all[i].detail, want[i].detail)
		}
	}
	checkForm(t, got)
}

// copied is a block of HCL, which a sentence before it announces.
var copied = regexp.MustCompile(`:\n\nimport \{\n(  .*\n)+\}`)

// checkForm checks what holds for every diagnostic: a short summary without a dot, and a detail of
// whole sentences.
func checkForm(t *testing.T, diags diag.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		if s := d.Summary(); s == "" || strings.HasSuffix(s, ".") || len(strings.Fields(s)) > 8 {
			t.Errorf("the summary %q is empty, ends with a dot or has more than eight words", s)
		}
		for _, paragraph := range strings.Split(copied.ReplaceAllString(d.Detail(), "."), "\n\n") {
			if !strings.HasSuffix(paragraph, ".") || strings.Contains(paragraph, "..") || strings.Contains(paragraph, "  ") {
				t.Errorf("a paragraph of the detail is no whole sentence: %q", paragraph)
			}
		}
	}
}

const (
	askedChannel = `Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available true.` + "\n"
	postChannel  = askedChannel + "The request was POST https://api.alteg.io/api/v1/marketplace/application/update_channel."
	askedPlain   = "Asked for: location_id 1001.\n"
	postPlain    = askedPlain + "The request was POST https://app.alteg.io/marketplace/partner/payment."
	getPlain     = askedPlain + "The request was GET https://app.alteg.io/marketplace/partner/payment."

	checkToken = "\n\nCheck partner_token in the provider block, or ALTEGIO_PARTNER_TOKEN: the API does not accept it. It is " +
		"the token of the partner account, found in the account details of the developer account."
	otherPartner = "\n\nThe application belongs to another partner, or it is not of the category Chat Bots or SMS Aggregators, " +
		"the only ones that have channels."
	connectFirst = "\n\nThe application is not installed at the location: its owner has to connect it first."
	notTheAPI    = "\n\nWhat answered may not be the Altegio API: check api_url and app_url in the provider block. Altegio itself is " +
		"known to answer with a web page now and then."
	safeAgain = " The change may have been made although the answer is missing. Applying again is safe: it sets the same value."
	checkIt   = "It may have been done although the answer is missing, and doing it again may do it twice: check in Altegio first."
)

func TestTask(t *testing.T) {
	t.Parallel()
	channel := func() task {
		return channelTask("Cannot set the channel", altegio.Channel{
			LocationID: 1001, ApplicationID: 456, Slug: altegio.ChannelSMS, IsAvailable: true,
		})
	}
	plain := func() task { return task{summary: "Cannot do it", arguments: []argument{{"location_id", 1001}}} }

	failed := func(e altegio.Error) error {
		if e.Method == "" {
			e.Method = http.MethodPost
		}
		e.Operation, e.URL = "update_channel", "https://api.alteg.io/api/v1/marketplace/application/update_channel"
		return &e
	}
	plainly := func(e altegio.Error) error {
		if e.Method == "" {
			e.Method = http.MethodPost
		}
		e.Operation, e.URL = "payment", "https://app.alteg.io/marketplace/partner/payment"
		return &e
	}
	for name, test := range map[string]struct {
		task task
		err  error
		want []said
	}{
		"401": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401, Message: "Authentication needed."}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nAltegio answered: 401 Unauthorized: Authentication needed." + checkToken}},
		},
		"403 of a channel": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "Access denied."}),
			[]said{{"application_id", "Cannot set the channel", postChannel +
				"\n\nAltegio answered: 403 Forbidden: Access denied." + otherPartner}},
		},
		"403 elsewhere, without the argument to blame": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio answered: 403 Forbidden." +
				"\n\nThe application belongs to another partner, or the token's account has no access to it."}},
		},
		"404 of a channel": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404}),
			[]said{{"application_id", "Cannot set the channel", postChannel + "\n\nAltegio answered: 404 Not Found." + connectFirst}},
		},
		"404 elsewhere": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404, Message: "Произошла ошибка"}),
			[]said{{"location_id", "Cannot do it", postPlain + "\n\nAltegio answered: 404 Not Found: Произошла ошибка." +
				"\n\nCheck that the application exists and is installed at the location."}},
		},
		"422 with a field that is an argument": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422, Message: "An error has occurred.",
				Fields: []altegio.FieldError{{Field: "channel_slug", Messages: []string{"is unknown", "is too short."}}},
			}),
			[]said{{"channel_slug", "Cannot set the channel", postChannel + "\n\nAltegio answered 422 Unprocessable Entity " +
				"(An error has occurred.), and of channel_slug it says: is unknown; is too short."}},
		},
		"422 with a field of another name": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_id", Messages: []string{"no such salon"}}},
			}),
			[]said{{"location_id", "Cannot set the channel", postChannel +
				"\n\nAltegio answered 422 Unprocessable Entity, and of location_id it says: no such salon."}},
		},
		"422 with an index that is no element": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_id.0", Messages: []string{"no such salon"}}},
			}),
			[]said{{"location_id", "Cannot set the channel", postChannel +
				"\n\nAltegio answered 422 Unprocessable Entity, and of location_id it says: no such salon."}},
		},
		"422 with elements of a list": {
			senderNamesTask("Cannot set the sender names", connectionID{1001, 456}, []string{"A", "B", "C"}),
			failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{
					{Field: "short_names", Messages: []string{"are odd"}},
					{Field: "short_names.0.text", Messages: []string{"is taken", "is short"}},
					{Field: "short_names.2", Messages: []string{"is bad"}},
					{Field: "short_names.3", Messages: []string{"is out of range"}},
					{Field: "short_names.x", Messages: []string{"is no index"}},
				},
			}),
			[]said{{"names", "Cannot set the sender names", `Asked for: location_id 1001, application_id 456, names "A", "B", "C".` +
				"\nThe request was POST https://api.alteg.io/api/v1/marketplace/application/update_channel.\n\nAltegio answered 422 Unprocessable " +
				`Entity, and of names it says: are odd; "A": is taken; "A": is short; "C": is bad; is out of range; is no index.`}},
		},
		"422 with elements of ids": {
			discountTask(456, discountCall{locations: []int64{1001, 1002}, discount: "10"}),
			failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_ids.1", Messages: []string{"no such salon"}}},
			}),
			[]said{{"location_ids", "Cannot set the discount", "Asked for: application_id 456, location_ids 1001, 1002, discount 10." +
				"\nThe request was POST https://api.alteg.io/api/v1/marketplace/application/update_channel.\n\nAltegio answered 422 Unprocessable " +
				"Entity, and of location_ids it says: 1002: no such salon."}},
		},
		"422 with several fields, one of them no argument": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422, Message: "An error has occurred.",
				Fields: []altegio.FieldError{
					{Field: "application_id", Messages: []string{"is wrong"}},
					{Field: "captcha", Messages: []string{"is missing"}},
				},
			}),
			[]said{
				{"application_id", "Cannot set the channel", postChannel + "\n\nAltegio answered 422 Unprocessable Entity " +
					"(An error has occurred.), and of application_id it says: is wrong."},
				{"", "Cannot set the channel", postChannel +
					"\n\nAltegio answered: 422 Unprocessable Entity: An error has occurred.: captcha: is missing."},
			},
		},
		"422 that names no field": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Messages: []string{"Something is wrong!"}}},
			}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nAltegio answered: 422 Unprocessable Entity: Something is wrong!"}},
		},
		"a status that Go has no name for": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 419,
				Fields: []altegio.FieldError{{Field: "is_available", Messages: []string{"expired"}}},
			}),
			[]said{{"is_available", "Cannot set the channel", postChannel +
				"\n\nAltegio answered 419, and of is_available it says: expired."}},
		},
		"success:false with status 200": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 200, Message: "No"}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 200 OK: No."}},
		},
		"429": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRateLimited, StatusCode: 429, Message: "Too many requests.",
				Attempts: 16, Elapsed: 61234 * time.Millisecond,
			}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nAltegio answered: 429 Too Many Requests: rate limited: Too many requests. It was tried 16 times over 1m1.2s; " +
				"this is how the last attempt ended." +
				"\n\nThe API allows 200 requests a minute and 5 a second for all that comes from one IP address. Something else " +
				"behind this address is using them up: run less at once, or give each run a share with requests_per_minute and " +
				"requests_per_second in the provider block. rate_limit_timeout says how long a run waits for it."}},
		},
		"5xx of what may be repeated": {
			channel(), failed(altegio.Error{Kind: altegio.KindServerError, StatusCode: 503, Attempts: 4, Elapsed: 3 * time.Second}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nAltegio answered: 503 Service Unavailable. It was tried 4 times over 3s; this is how the last attempt ended." +
				"\n\nTry again later." + safeAgain}},
		},
		"5xx of what may not be repeated": {
			plain(), plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\n" + checkIt}},
		},
		"5xx of a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500, Method: http.MethodGet}),
			[]said{{"", "Cannot do it", getPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\nTry again later."}},
		},
		"a page": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 200,
				Message: `the answer is an HTML page, not JSON (titled "Oops")`,
			}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 200 OK: unexpected answer: " +
				`the answer is an HTML page, not JSON (titled "Oops").` + notTheAPI + " Try again later." + safeAgain}},
		},
		"a page that says no": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 404,
				Message: `the answer is an HTML page, not JSON (titled "Oops")`,
			}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 404 Not Found: unexpected answer: " +
				`the answer is an HTML page, not JSON (titled "Oops").` + notTheAPI + " Try again later."}},
		},
		"a page, through a proxy": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 404, Message: "the answer is empty", Proxy: "proxy.test:3128",
			}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 404 Not Found: unexpected answer: " +
				"the answer is empty (through the proxy proxy.test:3128).\n\nWhat answered may be the proxy proxy.test:3128, which " +
				"HTTPS_PROXY or HTTP_PROXY in the environment names, and not Altegio: check that it lets the request through. Try again later."}},
		},
		"a page for what may not be repeated": {
			plain(), plainly(altegio.Error{Kind: altegio.KindUnexpectedAnswer, StatusCode: 200, Message: "the answer has no data"}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio answered: 200 OK: unexpected answer: the answer has no data." +
				notTheAPI + " " + checkIt}},
		},
		"a page for a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindUnexpectedAnswer, Method: http.MethodGet, StatusCode: 200, Message: "the answer has no data"}),
			[]said{{"", "Cannot do it", getPlain + "\n\nAltegio answered: 200 OK: unexpected answer: the answer has no data." +
				notTheAPI + " Try again later."}},
		},
		"a redirect": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRedirect, StatusCode: 302,
				Message: "the server redirects to https://x.test/; redirects are not followed",
			}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 302 Found: redirect: the server redirects to " +
				"https://x.test/; redirects are not followed." +
				"\n\nSet api_url and app_url in the provider block to where the API itself is. The token is not sent to where a " +
				"redirect points." + safeAgain}},
		},
		"a redirect of a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRedirect, Method: http.MethodGet, StatusCode: 302, Message: "the server redirects"}),
			[]said{{"", "Cannot do it", getPlain + "\n\nAltegio answered: 302 Found: redirect: the server redirects." +
				"\n\nSet api_url and app_url in the provider block to where the API itself is. The token is not sent to where a " +
				"redirect points."}},
		},
		"invalid": {
			task{summary: "Cannot do it", arguments: plain().arguments, invalid: "Check it.", doubt: "Who knows?"},
			plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 422}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio answered: 422 Unprocessable Entity.\n\nCheck it."}},
		},
		"in doubt": {
			task{summary: "Cannot do it", arguments: plain().arguments, invalid: "Check it.", doubt: "Who knows?"},
			plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\nWho knows?"}},
		},
		"a secret": {
			voipTask(true), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401}),
			[]said{{"", "Cannot set up the telephony integration", "Asked for: crm_token (not shown), enable true.\n" +
				"The request was POST https://app.alteg.io/marketplace/partner/payment.\n\nAltegio answered: 401 Unauthorized." + checkToken}},
		},
		"unreachable": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnreachable, Message: "dial tcp: connection refused",
				Attempts: 2, Elapsed: 250 * time.Millisecond,
			}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nThe request did not reach Altegio: dial tcp: connection refused. It was tried 2 times over 300ms; " +
				"this is how the last attempt ended." +
				"\n\nCheck the host, which api_url and app_url in the provider block set, the network, the proxy settings in the " +
				"environment, and that the certificate is one this machine trusts. Nothing was changed."}},
		},
		"no answer in time": {
			channel(), failed(altegio.Error{Kind: altegio.KindTimeout, Message: "no complete answer within 30s"}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nAltegio did not answer: no complete answer within 30s.\n\nTry again later." + safeAgain}},
		},
		"interrupted": {
			plain(), plainly(altegio.Error{Kind: altegio.KindInterrupted, Message: "unexpected EOF"}),
			[]said{{"", "Cannot do it", postPlain + "\n\nAltegio did not answer: unexpected EOF.\n\n" + checkIt}},
		},
		"cancelled": {
			channel(), failed(altegio.Error{Kind: altegio.KindCancelled, Err: errors.New("context canceled")}),
			[]said{{"", "Cannot set the channel", postChannel +
				"\n\nThe request was not sent: cancelled: context canceled.\n\nNothing was changed by this request."}},
		},
		"not sent": {
			channel(), failed(altegio.Error{Kind: altegio.KindNotSent, Err: errors.New("no JSON")}),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nThe request was not sent: not sent: no JSON."}},
		},
		"no user token": {
			plain(), plainly(altegio.Error{Kind: altegio.KindNoUserToken}),
			[]said{{"", "Cannot do it", postPlain + "\n\nThe request was not sent: no user token." +
				"\n\nSet user_token in the provider block, or ALTEGIO_USER_TOKEN: this operation acts for the owner of a location, or for a user of the Developer Cabinet."}},
		},
		"wrapped": {
			channel(), fmt.Errorf("wrapped: %w", failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401})),
			[]said{{"", "Cannot set the channel", postChannel + "\n\nAltegio answered: 401 Unauthorized." + checkToken}},
		},
		"no error of the client's": {
			plain(), errors.New("the sky has fallen"),
			[]said{{"", "Cannot do it", "Asked for: location_id 1001.\n\nthe sky has fallen."}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.task.diagnostics(test.err)
			all := saidBy(got)
			if len(all) != len(test.want) {
				t.Fatalf("%d diagnostics, want %d:\n%q", len(all), len(test.want), all)
			}
			for i, want := range test.want {
				if all[i] != want {
					t.Errorf("it says of %q: %s\n%s\n\nwant of %q: %s\n%s",
						all[i].at, all[i].summary, all[i].detail, want.at, want.summary, want.detail)
				}
			}
		})
	}
}

func TestPaymentLinkTask(t *testing.T) {
	t.Parallel()
	model := paymentLinkModel{LocationID: types.Int64Value(1001), ApplicationID: types.Int64Value(459), Discount: number(t, "15.550"), TariffOptionID: types.Int64Value(7)}
	compareSaid(t, model.task().diagnostics(&altegio.Error{
		Kind: altegio.KindRefused, Method: http.MethodGet, URL: "https://api.alteg.io/api/v1/marketplace/application/payment_link", StatusCode: 404,
	}), said{
		"application_id", "Cannot get the payment link",
		"Asked for: location_id 1001, application_id 459, discount 15.55, tariff_option_id 7.\n" +
			"The request was GET https://api.alteg.io/api/v1/marketplace/application/payment_link.\n\n" +
			"Altegio answered: 404 Not Found.\n\n" +
			"The application is not installed at the location, or it has no tariff. Tariffs are set up by the vendor.",
	})
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want said
	}{
		"missing partner token": {missingPartnerToken(false), said{
			"partner_token", "Missing partner token",
			"Set partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN, to the token of your " +
				"Altegio partner account. It is found in the account details of the developer account.",
		}},
		"empty partner token": {missingPartnerToken(true), said{
			"partner_token", "Empty partner token",
			"partner_token in the provider block is an empty string, which is used instead of the environment variable " +
				"ALTEGIO_PARTNER_TOKEN. Set it to the token of your Altegio partner account, or leave it out, or set it to null, to " +
				"use the variable.",
		}},
		"unusable configuration": {unusableConfiguration(errors.New("the user token has a space")), said{
			"", "Unusable provider configuration",
			"Cannot set up the API client: the user token has a space. Check partner_token and user_token in the provider block, " +
				"or ALTEGIO_PARTNER_TOKEN and ALTEGIO_USER_TOKEN.",
		}},
		"invalid shared pace": {invalidSharedPace("yes\n"), said{
			"", "Invalid environment variable",
			`The value "yes\n" of ALTEGIO_SHARED_PACE cannot be used. It is "off" for a run that keeps to the rate limits on its ` +
				`own, and "on" or not set for one that keeps to them together with other runs on this machine.`,
		}},
		"configuration unknown": {configurationUnknown([]string{"partner_token", "api_url"}), said{
			"partner_token",
			"Provider configuration is not known yet",
			"A request to Altegio is needed, but partner_token, api_url in the provider block will be known only after apply. Apply " +
				"what it comes from first, with -target, or give it through a variable or the environment.",
		}},
		"not configured": {notConfigured(), said{
			"", "Provider is not configured",
			"A request to Altegio was needed before the provider was configured. This is a bug of the provider; please report it.",
		}},
		"invalid import id": {invalidImportID("1/2", channelIDForm, channelIDExample, errors.New("it has 2 parts instead of 3")), said{
			"", "Invalid import id",
			`The id "1/2" cannot be used: it has 2 parts instead of 3. Its form is location_id/application_id/channel_slug, ` +
				`for example "1001/456/sms".`,
		}},
		"invalid import identity": {invalidImportIdentity(errors.New("its channel_slug is null")), said{
			"", "Invalid import identity", "The identity cannot be used: its channel_slug is null.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

func TestCheckBaseURL(t *testing.T) {
	t.Parallel()
	const expected = " An absolute http or https URL without credentials, query and fragment is expected, such as " +
		`"https://api.alteg.io/api/v1".`
	unusable := func(source, problem string) []said {
		return []said{{"api_url", "Invalid base URL", "The value of " + source + " cannot be used: " + problem + "." + expected}}
	}
	plain := func(host string) []said {
		return []said{{"api_url", "Tokens are sent without encryption", "The value of api_url is a plain http URL, so everyone " +
			"between here and " + host + " can read the tokens. Use https."}}
	}
	for name, test := range map[string]struct {
		env, value string
		want       []said
	}{
		"https":               {value: "https://api.alteg.io/api/v1"},
		"trailing slash":      {value: "https://app.alteg.io/"},
		"capitals":            {value: "HTTPS://APP.ALTEG.IO"},
		"loopback name":       {value: "http://localhost:8080"},
		"loopback Name":       {value: "http://LocalHost:8080"},
		"loopback IPv4":       {value: "http://127.0.0.1:8080/api/v1"},
		"other loopback IPv4": {value: "http://127.8.9.1"},
		"loopback IPv6":       {value: "http://[::1]:8080"},
		"plain":               {value: "http://altegio.test:81/api", want: plain("altegio.test:81")},
		"plain, nearly":       {value: "http://localhost.evil.test", want: plain("localhost.evil.test")},
		"plain, address":      {value: "http://10.0.0.1", want: plain("10.0.0.1")},
		"empty":               {want: unusable("api_url", "not an absolute http or https URL")},
		"relative":            {value: "api/v1", want: unusable("api_url", "not an absolute http or https URL")},
		"no scheme":           {value: "//api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"host alone":          {value: "api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"no host":             {value: "https:///api/v1", want: unusable("api_url", "not an absolute http or https URL")},
		"port alone":          {value: "https://:443", want: unusable("api_url", "not an absolute http or https URL")},
		"ftp":                 {value: "ftp://api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"credentials":         {value: "https://me:pa55word@api.alteg.io", want: unusable("api_url", "a base URL must not contain a user name or password")},
		"query":               {value: "https://api.alteg.io?v=1", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"question mark":       {value: "https://api.alteg.io?", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"fragment":            {value: "https://api.alteg.io#v1", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"no URL":              {value: "https://me:pa55word@api alteg io", want: unusable("api_url", "not a URL")},
		"from a variable":     {env: envAPIURL, value: "x", want: unusable("api_url (from ALTEGIO_API_URL)", "not an absolute http or https URL")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := checkBaseURL(path.Root("api_url"), test.env, test.value)
			compareSaid(t, got, test.want...)
			for _, d := range got {
				if strings.Contains(d.Detail(), "pa55word") {
					t.Errorf("the password is shown: %s", d.Detail())
				}
			}
		})
	}
}

// The guide explains every summary of an error or a warning that is written down as a text. Those of
// tasks ("Cannot set the channel") say what failed, and the guide explains what was answered.
func TestDiagnostics_inGuide(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/guides/limits-retries-and-errors.md")
	if err != nil {
		t.Fatal(err)
	}
	summaries := diagnosticSummaries(t)
	if len(summaries) < 40 {
		t.Errorf("only these are found: %q", summaries)
	}
	for _, summary := range summaries {
		// Between the verbs stands what does not change.
		for _, part := range regexp.MustCompile(`%[a-z]`).Split(summary, -1) {
			if !strings.Contains(string(page), strings.TrimSpace(part)) {
				t.Errorf("the guide does not have %q", summary)
				break
			}
		}
	}
}

// diagnosticSummaries returns the texts that calls which make a diagnostic have for its summary.
func diagnosticSummaries(t *testing.T) (summaries []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	makes := regexp.MustCompile(`^(New|Add)(Attribute)?(Error|Warning)(Diagnostic)?$`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			made, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !makes.MatchString(made.Sel.Name) {
				return true
			}
			args := call.Args
			if strings.Contains(made.Sel.Name, "Attribute") {
				args = args[1:]
			}
			summary := args[0]
			if format, ok := summary.(*ast.CallExpr); ok && len(format.Args) > 0 {
				summary = format.Args[0]
			}
			if text, ok := summary.(*ast.BasicLit); ok {
				unquoted, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				summaries = append(summaries, unquoted)
			}
			return true
		})
	}
	return summaries
}

func TestOneBaseURL(t *testing.T) {
	t.Parallel()
	const summary = "Only one base URL is set"
	for name, test := range map[string]struct {
		api, app string
		want     []said
	}{
		"none":                {},
		"both":                {api: "https://a.test", app: "https://b.test"},
		"pinned by the API's": {api: altegio.DefaultAppURL + "/"},
		"spelled out":         {app: altegio.DefaultAppURL},
		"api_url": {api: "https://a.test", want: []said{{"api_url", summary, "api_url is set, and app_url is not. To https://a.test go: " +
			"channels, discounts, payment links, tariffs, webhooks, telephony, dictionaries and the granting of access. To " +
			"https://app.alteg.io, which is the default, go: installations and their ends, connected locations, sender names, " +
			"payments and refunds. Set app_url too, in the provider block or with ALTEGIO_APP_URL; both may be the same."}}},
		"app_url": {app: "https://b.test", want: []said{{"app_url", summary, "app_url is set, and api_url is not. To https://b.test go: " +
			"installations and their ends, connected locations, sender names, payments and refunds. To " +
			"https://api.alteg.io/api/v1, which is the default, go: channels, discounts, payment links, tariffs, webhooks, " +
			"telephony, dictionaries and the granting of access. Set api_url too, in the provider block or with ALTEGIO_API_URL; " +
			"both may be the same."}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareSaid(t, oneBaseURL(test.api, test.app), test.want...)
		})
	}
}
