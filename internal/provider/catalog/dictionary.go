// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// The data sources for the API's dictionaries return each dictionary as a list, and as maps for looking up
// an entry.
const (
	byIDText    = "The %s by id, such as `by_id[%s]`."
	byTitleText = "The %s by title, such as `by_title[\"%s\"]`. Titles are in the language that the API uses, and they " +
		"are case-sensitive. Titles that more than one entry has are left out."
)

func dictionaryTask(name string, arguments ...core.Argument) core.Task {
	return core.Task{
		Summary:   "Cannot read the dictionary of " + name,
		Arguments: append([]core.Argument{{Name: "dictionary", Value: name}}, arguments...),
		Forbidden: core.Refusal{
			Cause: "the token has no access to it",
			Advice: "The token has no access to this dictionary. The vendor's own client sends a user token with it: set " +
				"user_token in the provider block, or " + core.EnvUserToken + ".",
		},
		NotFound: core.Refusal{
			Cause:  "there is no such dictionary at that URL",
			Advice: "Check api_url in the provider block: there is no such dictionary at that URL.",
		},
	}
}

func entryHasNoID(what, dictionary, argument, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(argument), fmt.Sprintf("No id of the %s %q", what, value), fmt.Sprintf(
		"Altegio has a %s with %s %q, but its row has no id. The data source altegio_catalog_%s has the row as it was read, in json.",
		what, argument, value, dictionary))
}
