// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// ExpectNone checks that there is no diagnostic.
func ExpectNone(t *testing.T, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		t.Fatalf("%s: %s\n%s", d.Severity, d.Summary, d.Detail)
	}
}

// ExpectOne checks that there is one diagnostic, and its argument and text.
func ExpectOne(t *testing.T, diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, at, text string) {
	t.Helper()
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, want one on %q: %v", len(diags), at, diags)
	}
	ExpectDiagnostic(t, diags[0], severity, at, text)
}

// ExpectDiagnostic checks the severity, the argument and the text of a diagnostic.
func ExpectDiagnostic(t *testing.T, d *tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, at, text string) {
	t.Helper()
	var path string
	if d.Attribute != nil {
		path = strings.ReplaceAll(d.Attribute.String(), "AttributeName", "")
	}
	if want := at; path != want && path != `("`+want+`")` {
		t.Errorf("it is about %q, want %q", path, want)
	}
	if d.Severity != severity {
		t.Errorf("it is of severity %s, want %s", d.Severity, severity)
	}
	if got := d.Summary + "\n" + d.Detail; !regexp.MustCompile("(?s)" + text).MatchString(got) {
		t.Errorf("it says\n%s\nwhich does not match\n%s", got, text)
	}
}

// ExpectArgs compares values that Terraform was sent.
func ExpectArgs(t *testing.T, what string, got, want Args) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n  %v\nwant\n  %v", what, got, want)
	}
}

const (
	// IsError is the severity of an error.
	IsError = tfprotov6.DiagnosticSeverityError
	// IsWarning is the severity of a warning.
	IsWarning = tfprotov6.DiagnosticSeverityWarning
)
