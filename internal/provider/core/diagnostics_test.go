// SPDX-License-Identifier: MPL-2.0

package core

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

const (
	askedChannel = `Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available true.` + "\n"
	postChannel  = askedChannel + "The request was POST https://api.alteg.io/api/v1/marketplace/application/update_channel."
	askedPlain   = "Asked for: location_id 1001.\n"
	postPlain    = askedPlain + "The request was POST https://app.alteg.io/marketplace/partner/payment."
	getPlain     = askedPlain + "The request was GET https://app.alteg.io/marketplace/partner/payment."

	checkToken = "\n\nCheck partner_token in the provider block, or ALTEGIO_PARTNER_TOKEN: the API does not accept it. Use the " +
		"token of the partner account, which is shown in the account details of the developer account."
	otherPartner = "\n\nThe application belongs to another partner, or it is not of the category Chat Bots or SMS Aggregators, " +
		"the only ones that have channels."

	notTheAPI = "\n\nThe answer may not come from the Altegio API: check api_url and app_url in the provider block. Altegio " +
		"itself occasionally answers with a web page."
)

func TestTask(t *testing.T) {
	t.Parallel()
	channel := func() Task {
		return Task{
			Summary: "Cannot set the channel",
			Arguments: []Argument{
				{"location_id", int64(1001)}, {"application_id", int64(456)}, {"channel_slug", "sms"}, {"is_available", true},
			},
			Forbidden: Refusal{
				Cause: "the application belongs to another partner, or is of a category without channels",
				Advice: "The application belongs to another partner, or it is not of the category Chat Bots or SMS Aggregators, " +
					"the only ones that have channels.",
			},
			NotFound: Refusal{
				Cause:  "the application is not installed at the location",
				Advice: "The application is not installed at the location: its owner has to connect it first.",
			},
			Repeatable: true,
		}
	}
	plain := func() Task { return Task{Summary: "Cannot do it", Arguments: []Argument{{"location_id", 1001}}} }

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
		task Task
		err  error
		want []coretest.Said
	}{
		"401": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401, Message: "Authentication needed."}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the token is not accepted", Detail: postChannel +
				"\n\nAltegio answered: 401 Unauthorized: Authentication needed." + checkToken}},
		},
		"403 of a channel": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "Access denied."}),
			[]coretest.Said{{At: "application_id", Summary: "Cannot set the channel: the application belongs to another partner, or is of a category without channels", Detail: postChannel +
				"\n\nAltegio answered: 403 Forbidden: Access denied." + otherPartner}},
		},
		"403 elsewhere, without the argument to blame": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the application belongs to another partner", Detail: postPlain + "\n\nAltegio answered: 403 Forbidden.\n\nThe application belongs to another partner, or the account of the token " +
				"has no access to it."}},
		},
		"404 of a channel": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404}),
			[]coretest.Said{{At: "application_id", Summary: "Cannot set the channel: the application is not installed at the location", Detail: postChannel + "\n\nAltegio answered: 404 Not Found." + coretest.ConnectFirst}},
		},
		"404 elsewhere": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404, Message: "Произошла ошибка"}),
			[]coretest.Said{{At: "location_id", Summary: "Cannot do it: no such application at the location", Detail: postPlain + "\n\nAltegio answered: 404 Not Found: Произошла ошибка." +
				"\n\nCheck that the application exists and is installed at the location."}},
		},
		"422 with a field that is an argument": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422, Message: "An error has occurred.",
				Fields: []altegio.FieldError{{Field: "channel_slug", Messages: []string{"is unknown", "is too short."}}},
			}),
			[]coretest.Said{{At: "channel_slug", Summary: "Cannot set the channel: Altegio refuses channel_slug: is unknown; is too short", Detail: postChannel + "\n\nAltegio answered 422 Unprocessable Entity " +
				"(An error has occurred.), and of channel_slug it says: is unknown; is too short."}},
		},
		"422 with a field of another name": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_id", Messages: []string{"no such salon"}}},
			}),
			[]coretest.Said{{At: "location_id", Summary: "Cannot set the channel: Altegio refuses location_id: no such salon", Detail: postChannel +
				"\n\nAltegio answered 422 Unprocessable Entity, and of location_id it says: no such salon."}},
		},
		"422 with an index that is no element": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_id.0", Messages: []string{"no such salon"}}},
			}),
			[]coretest.Said{{At: "location_id", Summary: "Cannot set the channel: Altegio refuses location_id: no such salon", Detail: postChannel +
				"\n\nAltegio answered 422 Unprocessable Entity, and of location_id it says: no such salon."}},
		},
		"422 with elements of a list": {
			Task{Summary: "Cannot set the sender names", Arguments: []Argument{
				{"location_id", int64(1001)}, {"application_id", int64(456)}, {"names", []string{"A", "B", "C"}},
			}},
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
			[]coretest.Said{{At: "names", Summary: "Cannot set the sender names: Altegio refuses names: are odd; \"A\": is taken; \"A\": is short; \"C\": is bad; is out of range; is no index", Detail: `Asked for: location_id 1001, application_id 456, names "A", "B", "C".` +
				"\nThe request was POST https://api.alteg.io/api/v1/marketplace/application/update_channel.\n\nAltegio answered 422 Unprocessable " +
				`Entity, and of names it says: are odd; "A": is taken; "A": is short; "C": is bad; is out of range; is no index.`}},
		},
		"422 with elements of ids": {
			Task{Summary: "Cannot set the discount", Arguments: []Argument{
				{"application_id", int64(456)}, {"location_ids", []int64{1001, 1002}}, {"discount", altegio.Decimal("10")},
			}},
			failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Field: "salon_ids.1", Messages: []string{"no such salon"}}},
			}),
			[]coretest.Said{{At: "location_ids", Summary: "Cannot set the discount: Altegio refuses location_ids: 1002: no such salon", Detail: "Asked for: application_id 456, location_ids 1001, 1002, discount 10." +
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
			[]coretest.Said{
				{At: "application_id", Summary: "Cannot set the channel: Altegio refuses application_id: is wrong", Detail: postChannel + "\n\nAltegio answered 422 Unprocessable Entity " +
					"(An error has occurred.), and of application_id it says: is wrong."},
				{At: "", Summary: "Cannot set the channel: Altegio refuses it: captcha: is missing", Detail: postChannel +
					"\n\nAltegio answered: 422 Unprocessable Entity: An error has occurred.: captcha: is missing."},
			},
		},
		"422 with a long message": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 422, Message: strings.Repeat("go away ", 20) + "now."}),
			[]coretest.Said{{
				At: "", Summary: "Cannot do it: Altegio refuses it: " + strings.Repeat("go away ", 12) + "go...",
				Detail: postPlain + "\n\nAltegio answered: 422 Unprocessable Entity: " + strings.Repeat("go away ", 20) + "now.",
			}},
		},
		"422 that names no field": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 422,
				Fields: []altegio.FieldError{{Messages: []string{"Something is wrong!"}}},
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: Altegio refuses it: Something is wrong", Detail: postChannel +
				"\n\nAltegio answered: 422 Unprocessable Entity: Something is wrong!"}},
		},
		"a status that Go has no name for": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRefused, StatusCode: 419,
				Fields: []altegio.FieldError{{Field: "is_available", Messages: []string{"expired"}}},
			}),
			[]coretest.Said{{At: "is_available", Summary: "Cannot set the channel: Altegio refuses is_available: expired", Detail: postChannel +
				"\n\nAltegio answered 419, and of is_available it says: expired."}},
		},
		"success:false with status 200": {
			channel(), failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 200, Message: "No"}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: Altegio refuses it: No", Detail: postChannel + "\n\nAltegio answered: 200 OK: No."}},
		},
		"429": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRateLimited, StatusCode: 429, Message: "Too many requests.",
				Attempts: 16, Elapsed: 61234 * time.Millisecond,
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the rate limit is used up (429)", Detail: postChannel +
				"\n\nAltegio answered: 429 Too Many Requests: rate limited: Too many requests. The provider made 16 attempts " +
				"over 1m1.2s. This is the outcome of the last one.\n\nThe API allows 200 requests a minute and 5 a second from " +
				"one IP address. Something else behind this address uses up the limit: run fewer jobs at once, or give each " +
				"run a share with requests_per_minute and requests_per_second in the provider block. rate_limit_timeout sets " +
				"how long a run waits."}},
		},
		"5xx of what may be repeated": {
			channel(), failed(altegio.Error{Kind: altegio.KindServerError, StatusCode: 503, Attempts: 4, Elapsed: 3 * time.Second}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: Altegio answers 503 Service Unavailable", Detail: postChannel +
				"\n\nAltegio answered: 503 Service Unavailable. The provider made 4 attempts over 3s. This is the outcome of the " +
				"last one.\n\nTry again later." + coretest.SafeAgain}},
		},
		"5xx of what may not be repeated": {
			plain(), plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: Altegio answers 500 Internal Server Error, and it may have been carried out", Detail: postPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\n" + coretest.CheckIt}},
		},
		"5xx of a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500, Method: http.MethodGet}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: Altegio answers 500 Internal Server Error", Detail: getPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\nTry again later."}},
		},
		"a page": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 200,
				Message: `the answer is an HTML page, not JSON (titled "Oops")`,
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the answer is not from Altegio's API (200 OK)", Detail: postChannel + "\n\nAltegio answered: 200 OK: unexpected answer: " +
				`the answer is an HTML page, not JSON (titled "Oops").` + notTheAPI + " Try again later." + coretest.SafeAgain}},
		},
		"a page that says no": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 404,
				Message: `the answer is an HTML page, not JSON (titled "Oops")`,
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the answer is not from Altegio's API (404 Not Found)", Detail: postChannel + "\n\nAltegio answered: 404 Not Found: unexpected answer: " +
				`the answer is an HTML page, not JSON (titled "Oops").` + notTheAPI + " Try again later."}},
		},
		"a page, through a proxy": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnexpectedAnswer, StatusCode: 404, Message: "the answer is empty", Proxy: "proxy.test:3128",
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the answer is not from Altegio's API (404 Not Found)", Detail: postChannel + "\n\nAltegio answered: 404 Not Found: unexpected answer: the answer is empty (through the proxy " +
				"proxy.test:3128).\n\nThe answer may come from the proxy proxy.test:3128, which HTTPS_PROXY or HTTP_PROXY in the " +
				"environment names, and not from Altegio: check that the proxy lets the request through. Try again later."}},
		},
		"a page for what may not be repeated": {
			plain(), plainly(altegio.Error{Kind: altegio.KindUnexpectedAnswer, StatusCode: 200, Message: "the answer has no data"}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the answer is not from Altegio's API (200 OK), and it may have been carried out", Detail: postPlain + "\n\nAltegio answered: 200 OK: unexpected answer: the answer has no data." +
				notTheAPI + " " + coretest.CheckIt}},
		},
		"a page for a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindUnexpectedAnswer, Method: http.MethodGet, StatusCode: 200, Message: "the answer has no data"}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the answer is not from Altegio's API (200 OK)", Detail: getPlain + "\n\nAltegio answered: 200 OK: unexpected answer: the answer has no data." +
				notTheAPI + " Try again later."}},
		},
		"a redirect": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindRedirect, StatusCode: 302,
				Message: "the server redirects to https://x.test/; redirects are not followed",
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the server redirects to another URL", Detail: postChannel + "\n\nAltegio answered: 302 Found: redirect: the server redirects to https://x.test/; redirects are not " +
				"followed.\n\nSet api_url and app_url in the provider block to the URL of the API itself. The provider does not " +
				"send the token to the target of a redirect." + coretest.SafeAgain}},
		},
		"a redirect of a question": {
			plain(), plainly(altegio.Error{Kind: altegio.KindRedirect, Method: http.MethodGet, StatusCode: 302, Message: "the server redirects"}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the server redirects to another URL", Detail: getPlain + "\n\nAltegio answered: 302 Found: redirect: the server redirects.\n\nSet api_url and app_url in the provider block " +
				"to the URL of the API itself. The provider does not send the token to the target of a redirect."}},
		},
		"invalid": {
			Task{Summary: "Cannot do it", Arguments: plain().Arguments, Invalid: "Check it.", Doubt: "Who knows?"},
			plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 422}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: Altegio refuses it: 422 Unprocessable Entity", Detail: postPlain + "\n\nAltegio answered: 422 Unprocessable Entity.\n\nCheck it."}},
		},
		"in doubt": {
			Task{Summary: "Cannot do it", Arguments: plain().Arguments, Invalid: "Check it.", Doubt: "Who knows?"},
			plainly(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: Altegio answers 500 Internal Server Error, and it may have been carried out", Detail: postPlain + "\n\nAltegio answered: 500 Internal Server Error.\n\nWho knows?"}},
		},
		"a secret": {
			Task{Summary: "Cannot set up the telephony integration", Arguments: []Argument{{"crm_token", NotShown{}}, {"enable", true}}},
			plainly(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401}),
			[]coretest.Said{{At: "", Summary: "Cannot set up the telephony integration: the token is not accepted", Detail: "Asked for: crm_token (not shown), enable true.\n" +
				"The request was POST https://app.alteg.io/marketplace/partner/payment.\n\nAltegio answered: 401 Unauthorized." + checkToken}},
		},
		"unreachable": {
			channel(), failed(altegio.Error{
				Kind: altegio.KindUnreachable, Message: "dial tcp: connection refused",
				Attempts: 2, Elapsed: 250 * time.Millisecond,
			}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: Altegio cannot be reached", Detail: postChannel +
				"\n\nThe request did not reach Altegio: dial tcp: connection refused. The provider made 2 attempts over 300ms. " +
				"This is the outcome of the last one.\n\nCheck the host, which api_url and app_url in the provider block set, " +
				"the network, the proxy settings in the environment, and whether this machine trusts the certificate. Nothing " +
				"was changed."}},
		},
		"refused by a proxy": {
			plain(), plainly(altegio.Error{
				Kind: altegio.KindUnreachable, Message: "the proxy proxy.test:3128 asks for a user name and a password (407)", Proxy: "proxy.test:3128",
			}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: Altegio cannot be reached", Detail: postPlain +
				"\n\nThe request did not reach Altegio: the proxy proxy.test:3128 asks for a user name and a password (407)." +
				"\n\nCheck the proxy proxy.test:3128, which HTTPS_PROXY or HTTP_PROXY in the environment names, its user name and " +
				"password, and whether this machine trusts the certificate. Nothing was changed."}},
		},
		"no answer in time": {
			channel(), failed(altegio.Error{Kind: altegio.KindTimeout, Message: "no complete answer within 30s"}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: no answer in time", Detail: postChannel +
				"\n\nAltegio did not answer: no complete answer within 30s.\n\nTry again later." + coretest.SafeAgain}},
		},
		"interrupted": {
			plain(), plainly(altegio.Error{Kind: altegio.KindInterrupted, Message: "unexpected EOF"}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the connection was lost, and it may have been carried out", Detail: postPlain + "\n\nAltegio did not answer: unexpected EOF.\n\n" + coretest.CheckIt}},
		},
		"cancelled": {
			channel(), failed(altegio.Error{Kind: altegio.KindCancelled, Err: errors.New("context canceled")}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: it was cancelled", Detail: postChannel +
				"\n\nThe request was not sent: cancelled: context canceled.\n\nNothing was changed by this request."}},
		},
		"not sent": {
			channel(), failed(altegio.Error{Kind: altegio.KindNotSent, Err: errors.New("no JSON")}),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: not sent: no JSON", Detail: postChannel + "\n\nThe request was not sent: not sent: no JSON."}},
		},
		"no user token": {
			plain(), plainly(altegio.Error{Kind: altegio.KindNoUserToken}),
			[]coretest.Said{{At: "", Summary: "Cannot do it: there is no user_token", Detail: postPlain + "\n\nThe request was not sent: no user token.\n\nSet user_token in the provider block, or ALTEGIO_USER_TOKEN: this " +
				"operation acts on behalf of the owner of a location, or of a user of the Developer Cabinet."}},
		},
		"wrapped": {
			channel(), fmt.Errorf("wrapped: %w", failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 401})),
			[]coretest.Said{{At: "", Summary: "Cannot set the channel: the token is not accepted", Detail: postChannel + "\n\nAltegio answered: 401 Unauthorized." + checkToken}},
		},
		"no error of the client's": {
			plain(), errors.New("the sky has fallen"),
			[]coretest.Said{{At: "", Summary: "Cannot do it: the sky has fallen", Detail: "Asked for: location_id 1001.\n\nthe sky has fallen."}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.task.Diagnostics(test.err)
			all := coretest.SaidBy(got)
			if len(all) != len(test.want) {
				t.Fatalf("%d diagnostics, want %d:\n%q", len(all), len(test.want), all)
			}
			for i, want := range test.want {
				if all[i] != want {
					t.Errorf("it says of %q: %s\n%s\n\nwant of %q: %s\n%s",
						all[i].At, all[i].Summary, all[i].Detail, want.At, want.Summary, want.Detail)
				}
			}
		})
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		"configuration unknown": {configurationUnknown([]string{"partner_token", "api_url"}), coretest.Said{
			At:      "partner_token",
			Summary: "Provider configuration is not known yet",
			Detail: "A request to Altegio is needed, but partner_token, api_url in the provider block will be known only after " +
				"apply. Apply its source first, with -target, or set it through a variable or the environment.",
		}},
		"not configured": {notConfigured(), coretest.Said{
			At: "", Summary: "Provider is not configured",
			Detail: "A request to Altegio was needed before the provider was configured. This is a bug of the provider; please report it.",
		}},
		"invalid import id": {InvalidImportID("1/2", "location_id/application_id/channel_slug", "1001/456/sms", errors.New("it has 2 parts instead of 3")), coretest.Said{
			At: "", Summary: "Invalid import id: it has 2 parts instead of 3",
			Detail: `The id "1/2" cannot be used: it has 2 parts instead of 3. Its form is location_id/application_id/channel_slug, ` +
				`for example "1001/456/sms".`,
		}},
		"invalid import identity": {invalidImportIdentity(errors.New("its channel_slug is null")), coretest.Said{
			At: "", Summary: "Invalid import identity: its channel_slug is null", Detail: "The identity cannot be used: its channel_slug is null.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

func TestTask_asked(t *testing.T) {
	t.Parallel()
	asked := Task{Arguments: []Argument{{"location_id", 1001}, {"urls", []string{"https://a.example"}}}}.asked()
	if want := `Asked for: location_id 1001, urls "https://a.example".`; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
}
