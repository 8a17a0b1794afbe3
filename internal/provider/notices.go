// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// The client reports notices about successful answers through an observer, which gets only a context. So
// each request of Terraform has a noticeBox in its context, and the server empties it into the diagnostics
// of the answer: each kind of notice once in a run, because hundreds of channels would say the same.

// A noticeBox holds the notices for one request of Terraform.
type noticeBox struct {
	mu      sync.Mutex
	notices []altegio.Notice
}

type noticeBoxKey struct{}

// withNoticeBox returns a context that collects the client's notices, and the box that they go to.
func withNoticeBox(ctx context.Context) (context.Context, *noticeBox) {
	box := &noticeBox{}
	return context.WithValue(ctx, noticeBoxKey{}, box), box
}

// addNotice does nothing in a context without a box.
func addNotice(ctx context.Context, notice altegio.Notice) {
	if box, ok := ctx.Value(noticeBoxKey{}).(*noticeBox); ok {
		box.mu.Lock()
		defer box.mu.Unlock()
		box.notices = append(box.notices, notice)
	}
}

// A noticeRun knows which notices were already shown in this process, which is one plan or apply.
type noticeRun struct {
	mu   sync.Mutex
	told map[[2]string]struct{}
}

// warnings returns a warning for each notice in the box that was not shown yet.
func (r *noticeRun) warnings(box *noticeBox) []*tfprotov6.Diagnostic {
	box.mu.Lock()
	defer box.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	var warnings []*tfprotov6.Diagnostic
	for _, notice := range box.notices {
		key := [2]string{string(notice.Kind), notice.Operation}
		if _, ok := r.told[key]; ok {
			continue
		}
		if r.told == nil {
			r.told = make(map[[2]string]struct{})
		}
		r.told[key] = struct{}{}
		summary, detail := noticeTexts(notice)
		warnings = append(warnings, &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: summary, Detail: detail})
	}
	return warnings
}

func noticeTexts(n altegio.Notice) (summary, detail string) {
	asked := fmt.Sprintf("The request was %s %s at %s.", n.Method, n.Path, n.Host)
	switch n.Kind {
	case altegio.NoticeUnconfirmed:
		return "Altegio did not confirm a change", core.Paragraphs(
			asked+" Its status says that it succeeded, but the answer is empty, although Altegio documents a body. "+
				"The state records the change as made. The API has no way to check it.",
			"Altegio itself may answer like that, or a proxy in between. Check one of the locations in Altegio, or the network path to "+
				n.Host+". Other requests of this run may be affected as well: this warning appears once.")
	case altegio.NoticeUnreadable:
		return "Part of an answer is not as documented", core.Paragraphs(
			asked+" "+core.Sentence("In its answer, "+n.Text),
			"What could not be read is left empty. Everything else is as the API sent it. This warning appears once in a run.")
	}
	return "An answer is unusual", core.Paragraphs(asked, core.Sentence(n.Text))
}
