// SPDX-License-Identifier: MPL-2.0

package core

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// LookUp returns the only row that matches an argument. It is an error if there is none, or if there are
// several, whose ids it then lists.
func LookUp[T any](rows []T, what, argument, value string, matches func(T) bool, id func(T) int64) (found T, diags diag.Diagnostics) {
	var ids []int64
	for _, row := range rows {
		if matches(row) {
			found = row
			ids = append(ids, id(row))
		}
	}
	switch len(ids) {
	case 1:
	case 0:
		diags.Append(diag.NewAttributeErrorDiagnostic(path.Root(argument), fmt.Sprintf("No %s %q", what, value), fmt.Sprintf(
			"Altegio has no %s with %s %q. Titles are in the language of the API's answers, and are "+
				"case-sensitive.", what, argument, value)))
	default:
		diags.Append(diag.NewAttributeErrorDiagnostic(path.Root(argument), fmt.Sprintf("More than one %s %q", what, value), fmt.Sprintf(
			"Altegio has %d with %s %q. Their ids: %s. Narrow the search down, or use the id.",
			len(ids), strings.ReplaceAll(argument, "_", " "), value, SomeOf(ids))))
	}
	return found, diags
}
