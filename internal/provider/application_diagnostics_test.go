// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

func TestApplicationSentences(t *testing.T) {
	t.Parallel()
	id := applicationID{11, 456}
	a := &altegio.Application{AccountID: 11, ID: 456}
	for _, test := range []struct {
		got  diag.Diagnostic
		want said
	}{
		{applicationExists(a), said{"slug", "Application exists already", "Account 11 has an application with the slug \"\": \"\", id 456. " +
			"Nothing was created. To manage that application, import it, with the address of this resource:\n\nimport {\n" +
			"  to = altegio_application.example\n  id = \"11/456\"\n}\n\nIf the resource was renamed, name the new address in a moved block " +
			"instead. If it is to be replaced, leave out -replace, or run terraform untaint with its address: an application cannot be " +
			"replaced. To create another application, give it another slug."}},
		{applicationNeeds("title"), said{"title", "Missing value for a new application", "An application cannot be created without title. It " +
			"may be left out only for an application that exists and is imported."}},
		{applicationGone(id), said{"", "Application is gone", "Account 11 no longer lists application 456, so it is taken out of the state. An " +
			"account cannot delete an application: ask the vendor what became of it before you apply, because an apply would create a new one."}},
		{accountIsEmpty(id), said{"", "Account lists no applications", "The state has application 456 of account 11, and Altegio lists none at " +
			"all. The state is kept, because the user has more likely lost his access than the account its applications. Check the user's " +
			"rights in the Developer Cabinet. If the applications are gone, take them out of the state with terraform state rm."}},
		{applicationNotListed(id), said{"", "Application is not listed", "Account 11 does not list application 456 any more. Nothing was sent. Plan again."}},
		{applicationNotAsDocumented(id, errors.New("x is odd")), said{"", "Cannot read the application", "Application 456 of account 11: x is odd. " +
			"Nothing is changed, because an update would have to send it back. A newer version of the provider may know what it means."}},
		{applicationChangedMeanwhile(id, []string{"price", "title"}), said{"", "Application has changed since the plan", "Somebody else has " +
			"changed price, title of application 456 since Terraform read it. Nothing was sent, because an update replaces the whole card. Plan " +
			"again: the next plan shows what has changed."}},
		{slugCannotChange("a_b", "c_d"), said{"slug", "Slug cannot be changed", "The application has the slug \"a_b\", which is how it is known, and " +
			"it cannot become \"c_d\". Set slug back to \"a_b\" or leave it out. For an application with the new slug, add another resource, and " +
			"take this one out of the state with a removed block that has destroy = false."}},
		{accountCannotChange(11, 12), said{"partner_id", "Application cannot change its account", "The application belongs to account 11, and " +
			"cannot be moved to account 12. Set partner_id back to 11. For an application of the other account, add another resource, and take " +
			"this one out of the state with a removed block that has destroy = false."}},
		{applicationStays(id), said{"", "Applications cannot be deleted", "Altegio has no way to delete application 456 of account 11: destroying " +
			"only ends its management by Terraform. If that is what you want, apply abandon_on_destroy = true first, or take the resource out " +
			"of the state with a removed block that has destroy = false."}},
		{applicationCannotBeReplaced(id), said{"", "Applications cannot be replaced", "Altegio has no way to delete application 456 of account 11, " +
			"and no second one can be created with its slug. Leave out -replace; if the resource is tainted, run terraform untaint with its address."}},
		{applicationInPart(a), said{"", "Application is created in part", "Application 456 of account 11 exists now, and the rest of what was " +
			"planned is not, or not certainly, set. It is not in the state, where Terraform would plan to replace it. Once the cause is put " +
			"right, import it with the next apply, with the address of this resource:\n\nimport {\n  to = altegio_application.example\n" +
			"  id = \"11/456\"\n}"}},
		{applicationIsPublished(id, "Hello Bot", []string{"price"}), said{"", "Application is published", "\"Hello Bot\", application 456, is in " +
			"the marketplace: the change of price reaches all its customers at once."}},
		{applicationAsksForMore(id, []string{"b", "a"}), said{"permissions", "Published application asks for more rights", "The plan gives " +
			"application 456 rights that it does not have yet: a, b."}},
		{unusablePicture(path.Root("icon_source"), errors.New("the file is odd")), said{"icon_source", "Picture cannot be sent", "For icon_source, the file is odd."}},
	} {
		compareSaid(t, diag.Diagnostics{test.got}, test.want)
	}

	change := []altegio.MemberChange{{Name: "title", Before: `"a"`, After: ""}}
	compareSaid(t, applicationOutcome(id, altegio.ApplicationComparison{NotSet: change, Moved: change, Emptied: []string{"awards"}, Unpublished: true}),
		said{"", "Application is not as it was set", "Altegio took the update of application 456, and these read back otherwise than they were " +
			"sent:\n - title: \"a\" before, nothing now.\n\nEither somebody else wrote at the same moment, or Altegio keeps another value. Plan " +
			"again to see what is left to do."},
		said{"", "Application has changed where nothing was asked for", "The update of application 456 did not ask for these changes:\n - title: " +
			"\"a\" before, nothing now.\n\nSomebody else wrote at the same moment, or Altegio did not keep what it was sent back. Where the value " +
			"before was right, set it in the configuration and apply."},
		said{"", "Application lost what the provider never sends", "After the update of application 456, these members of its record are " +
			"empty: awards. Check the application in the Developer Cabinet, and report this."},
		said{"", "Application has to be moderated again", "Application 456 was published, and is not since the update. Submit it to the moderators."},
	)
	refused := &altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "Access denied", Method: http.MethodPut, URL: "https://api.alteg.io/p"}
	compareSaid(t, applicationTask("Cannot update the application", id, []string{"price"}).diagnostics(refused),
		said{"application_id", "Cannot update the application", "Asked for: partner_id 11, application_id 456, price (as planned).\nThe request was " +
			"PUT https://api.alteg.io/p.\n\nAltegio answered: 403 Forbidden: Access denied.\n\nThe user whose user_token the provider has must have " +
			"access to the developer account. The data source altegio_developer_accounts lists those that he has."})
}
