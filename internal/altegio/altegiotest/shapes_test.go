// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	const (
		wrongSlug    = `{"salon_id":1001,"application_id":456,"channel_slug":"fax","is_available":true}`
		notInstalled = `{"salon_id":1008,"application_id":456,"channel_slug":"sms","is_available":true}`
	)
	tests := map[string]struct {
		shapes       altegiotest.Shapes
		method, path string
		body         string
		status       int
		want         string
	}{
		"meta object": {
			altegiotest.Shapes{Meta: "object"},
			"POST", channelPath, channelBody,
			200, `{"success":true,"data":{},"meta":{}}`,
		},
		"meta absent": {
			altegiotest.Shapes{Meta: "absent"},
			"POST", channelPath, channelBody,
			200, `{"success":true,"data":{}}`,
		},
		"meta object of a 404": {
			altegiotest.Shapes{Meta: "object"},
			"GET", "/marketplace/salon/1008/application/456", "",
			404, `{"success":false,"data":null,"meta":{}}`,
		},
		"meta absent from a 404": {
			altegiotest.Shapes{Meta: "absent"},
			"GET", "/marketplace/salon/1008/application/456", "",
			404, `{"success":false,"data":null}`,
		},
		"errors as an array": {
			altegiotest.Shapes{ErrorsAsArray: true},
			"POST", channelPath, wrongSlug,
			422, `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":["channel_slug: This value is not allowed"]}}`,
		},
		"Russian": {
			altegiotest.Shapes{Language: "ru"},
			"POST", channelPath, `{"salon_id":1001,"application_id":999,"channel_slug":"sms","is_available":true}`,
			403, message("Доступ запрещен."),
		},
		"Russian field error": {
			altegiotest.Shapes{Language: "ru", NotInstalledStatus: 422},
			"POST", channelPath, notInstalled,
			422, `{"success":false,"data":null,"meta":{"message":"Произошла ошибка","errors":{"salon_id":["Приложение не установлено в филиале"]}}}`,
		},
		"not installed 422": {
			altegiotest.Shapes{NotInstalledStatus: 422},
			"POST", channelPath, notInstalled,
			422, `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"salon_id":["Application isn't installed"]}}}`,
		},
		"not installed 403": {
			altegiotest.Shapes{NotInstalledStatus: 403},
			"POST", channelPath, notInstalled,
			403, message("Application isn't installed"),
		},
		"body of a 201": {
			altegiotest.Shapes{UndocumentedBodies: true},
			"POST", "/marketplace/partner/callback", `{"salon_id":1006,"application_id":456}`,
			201, nullSuccess,
		},
		"body of a refund": {
			altegiotest.Shapes{UndocumentedBodies: true},
			"POST", "/marketplace/partner/payment/refund/1523", "",
			200, nullSuccess,
		},
		"null status": {
			altegiotest.Shapes{NullConnectionStatus: true},
			"GET", "/marketplace/salon/1001/application/458", "",
			200, `{"success":true,"data":{"logs":[{"changed_at":"2026-01-15 09:30:00","status_from":"uninstalled","status_to":"pending","source":"marketplace"},` +
				`{"changed_at":"2026-01-15 09:30:00","status_from":"pending","status_to":"active","source":"partner_api"}],"payments":[],"connection_status":null},"meta":[]}`,
		},
		"numbers as strings": {
			altegiotest.Shapes{NumbersAsStrings: true},
			"GET", "/cities?country_id=56", "",
			200, `{"success":true,"data":[{"id":"901","country_id":"56","title":"Paris"},{"id":"902","country_id":"56","title":"Lyon"}],"meta":[]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTester(t, altegiotest.WithShapes(tt.shapes))
			x.do(x.request(tt.method, tt.path, tt.body)).want(t, tt.status, tt.want)
		})
	}
}

func TestShapesOfLocations(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithShapes(altegiotest.Shapes{NumbersAsStrings: true, IgnorePage: true}))
	got := x.get("/marketplace/application/456/salons?page=2&count=3")
	for _, want := range []string{`"data":[{"id":"1001"`, `"active":"1"`, `"coordinate_lat":"40.73061"`, `"timezone":-5`, `"country_id":7`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
}

func TestShapesOfInstallations(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.SetShapes(altegiotest.Shapes{ExtraFields: true, StatusAfterUninstall: "uninstalled"})
	got := x.get(statusPath)
	for _, want := range []string{`"currency_iso":"USD"`, `"refunded_at":"2022-08-03 20:51:40"`, `"special_settings":{"chat_url":null}`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
	x.Uninstall(1001, 456)
	if got := x.get(statusPath); got.status != 200 || !strings.Contains(got.body, `"connection_status":{"status":"uninstalled","created_at":"2022-06-27 12:20:02"}`) {
		t.Errorf("after the end: %d %s", got.status, got.body)
	}
	x.get("/marketplace/salon/1008/application/456").want(t, 404, noMessage)
}
