// SPDX-License-Identifier: MPL-2.0

package coretest

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A Said is a diagnostic as the user sees it.
type Said struct {
	At      string // the attribute, "" for none
	Summary string
	Detail  string
}

// SaidBy returns diagnostics as the user sees them.
func SaidBy(diags diag.Diagnostics) []Said {
	var all []Said
	for _, d := range diags {
		s := Said{Summary: d.Summary(), Detail: d.Detail()}
		if withPath, ok := d.(diag.DiagnosticWithPath); ok {
			s.At = withPath.Path().String()
		}
		all = append(all, s)
	}
	return all
}

// CompareSaid compares diagnostics with the expected texts, and checks the form of each.
func CompareSaid(t *testing.T, got diag.Diagnostics, want ...Said) {
	t.Helper()
	all := SaidBy(got)
	if len(all) != len(want) {
		t.Fatalf("%d diagnostics, want %d:\n%q", len(all), len(want), all)
	}
	for i := range want {
		if all[i].At != want[i].At {
			t.Errorf("it is about %q, want %q", all[i].At, want[i].At)
		}
		if all[i].Summary != want[i].Summary {
			t.Errorf("the summary is\n  %s\nwant\n  %s", all[i].Summary, want[i].Summary)
		}
		if all[i].Detail != want[i].Detail {
			t.Errorf("the detail is\n---\n%s\n---\nwant\n---\n%s\n---", all[i].Detail, want[i].Detail)
		}
	}
	CheckForm(t, got)
}

// CheckForm checks the form of diagnostics: a short summary without a dot, with a cause that fits on its
// line, and a detail of whole sentences.
func CheckForm(t *testing.T, diags diag.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		what, why, caused := strings.Cut(d.Summary(), ": ")
		if what == "" || len(strings.Fields(what)) > 8 {
			t.Errorf("the summary %q is empty, or has more than eight words", what)
		}
		if text := []rune(d.Summary()); len(text) > 180 || caused && why == "" ||
			strings.HasSuffix(d.Summary(), ".") && !strings.HasSuffix(d.Summary(), "...") {
			t.Errorf("the summary %q has no cause, ends with a dot or is longer than a line", d.Summary())
		}
		for _, paragraph := range strings.Split(copied.ReplaceAllString(d.Detail(), "."), "\n\n") {
			if !strings.HasSuffix(paragraph, ".") || strings.Contains(paragraph, "..") || strings.Contains(paragraph, "  ") {
				t.Errorf("a paragraph of the detail is no whole sentence: %q", paragraph)
			}
		}
	}
}

const (
	// ConnectFirst is the advice on an application that is not installed.
	ConnectFirst = "\n\nThe application is not installed at the location: its owner has to connect it first."

	// SafeAgain follows the advice on a request that can safely be repeated.
	SafeAgain = " Altegio may have made the change although its answer is missing. Applying again is safe: it sets the same value."
	// CheckIt is the advice on a request that may have had its effect and must not be repeated without a
	// check.
	CheckIt = "Altegio may have done it although its answer is missing, and repeating it may do it twice: check in Altegio first."
)
