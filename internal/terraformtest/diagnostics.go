// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"errors"
	"strings"
)

// A Diagnostic is an error or a warning from the provider or from Terraform itself.
type Diagnostic struct {
	Error     bool // otherwise a warning
	Summary   string
	Detail    string
	Addr      string // of the resource, or provider.alias
	Attribute string // as written in an expression, or ""
}

func (d Diagnostic) String() string {
	kind := "Warning"
	if d.Error {
		kind = "Error"
	}
	at := d.Addr
	if d.Attribute != "" {
		at += "." + d.Attribute
	}
	return kind + ": " + d.Summary + " (" + at + ")\n" + d.Detail
}

// Diagnostics are in the order in which they were reported.
type Diagnostics []Diagnostic

// HasErrors reports whether one of them is an error.
func (ds Diagnostics) HasErrors() bool { return len(ds.Errors()) > 0 }

// Errors returns those that are errors.
func (ds Diagnostics) Errors() Diagnostics { return ds.filter(true) }

// Warnings returns those that are warnings.
func (ds Diagnostics) Warnings() Diagnostics { return ds.filter(false) }

func (ds Diagnostics) filter(errors bool) Diagnostics {
	var list Diagnostics
	for _, d := range ds {
		if d.Error == errors {
			list = append(list, d)
		}
	}
	return list
}

// Err returns the errors as one, or nil.
func (ds Diagnostics) Err() error {
	if !ds.HasErrors() {
		return nil
	}
	return errors.New(ds.Errors().String())
}

func (ds Diagnostics) String() string {
	texts := make([]string, 0, len(ds))
	for _, d := range ds {
		texts = append(texts, d.String())
	}
	return strings.Join(texts, "\n")
}
