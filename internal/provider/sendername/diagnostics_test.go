// SPDX-License-Identifier: MPL-2.0

package sendername

import (
	"net/http"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestSenderNamesSentences(t *testing.T) {
	t.Parallel()
	set := senderNamesTask("Cannot set the sender names", core.ConnectionID{Location: 1001, Application: 457}, []string{"AL", "La Visage"})
	failed := func(e altegio.Error) error {
		e.Operation, e.Method, e.URL = "short_names", http.MethodPost, "https://app.alteg.io/marketplace/partner/short_names"
		return &e
	}
	const asked = `Asked for: location_id 1001, application_id 457, names "AL", "La Visage".` + "\n" +
		"The request was POST https://app.alteg.io/marketplace/partner/short_names."
	for name, test := range map[string]struct {
		err  error
		want coretest.Said
	}{
		"403": {
			failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403}),
			coretest.Said{At: "application_id", Summary: set.Summary + ": the application belongs to another partner, or is not an SMS aggregator", Detail: asked + "\n\nAltegio answered: 403 Forbidden.\n\n" +
				"The application belongs to another partner, or it is not an SMS aggregator, the only kind that has sender names."},
		},
		"404": {
			failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404}),
			coretest.Said{At: "application_id", Summary: set.Summary + ": the application is not installed at the location", Detail: asked + "\n\nAltegio answered: 404 Not Found." + coretest.ConnectFirst},
		},
		"short_names": {
			failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 422, Fields: []altegio.FieldError{{Field: "short_names", Messages: []string{"are odd"}}}}),
			coretest.Said{At: "names", Summary: set.Summary + ": Altegio refuses names: are odd", Detail: asked + "\n\nAltegio answered 422 Unprocessable Entity, and of names it says: are odd."},
		},
		"timeout": {
			failed(altegio.Error{Kind: altegio.KindTimeout, Message: "no complete answer within 30s"}),
			coretest.Said{At: "", Summary: set.Summary + ": no answer in time, and it may have been carried out", Detail: asked + "\n\nAltegio did not answer: no complete answer within 30s.\n\nThe names may have been set although the answer is " +
				"missing. Applying again is safe if each request replaces the names, which is likely but not documented. If " +
				"the location has names twice after that, requests add names."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, set.Diagnostics(test.err), test.want)
		})
	}
	coretest.CompareSaid(t, core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), foundStays,
		core.Matter{Kind: senderNamesMatter, Location: 1001, Application: 457},
	), coretest.Said{
		At: "", Summary: "Sender names stay as they are",
		Detail: "Altegio has no way to remove all sender names, so these stay as they were last set:\n - sender names of application 457 at " +
			"1 location: 1001.\n\nNo request is sent.",
	})
}
