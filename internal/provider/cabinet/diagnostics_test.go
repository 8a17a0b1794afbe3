// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestApplicationSentences(t *testing.T) {
	t.Parallel()
	id := applicationID{11, 456}
	a := &altegio.Application{AccountID: 11, ID: 456}
	for _, test := range []struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		{applicationExists(a), coretest.Said{At: "slug", Summary: "Application exists already", Detail: "Account 11 has an application with the slug \"\": \"\", id 456. " +
			"Nothing was created. To manage that application, import it, with the address of this resource:\n\nimport {\n" +
			"  to = altegio_application.example\n  id = \"11/456\"\n}\n\nIf the resource was renamed, name the new address in a moved block " +
			"instead. If it is to be replaced, leave out -replace, or run terraform untaint with its address: an application cannot be " +
			"replaced. To create another application, give it another slug."}},
		{applicationNeeds("title"), coretest.Said{At: "title", Summary: "Missing value for a new application", Detail: "An application cannot be created without title. It " +
			"may be left out only for an application that exists and is imported."}},
		{applicationGone(id), coretest.Said{At: "", Summary: "Application is gone", Detail: "Account 11 no longer lists application 456, so it is taken out of the state. An " +
			"account cannot delete an application: ask the vendor what became of it before you apply, because an apply would create a new one."}},
		{accountIsEmpty(id), coretest.Said{At: "", Summary: "Account lists no applications", Detail: "The state has application 456 of account 11, and Altegio lists none at " +
			"all. The state is kept, because the user has more likely lost his access than the account its applications. Check the user's " +
			"rights in the Developer Cabinet. If the applications are gone, take them out of the state with terraform state rm."}},
		{applicationNotListed(id), coretest.Said{At: "", Summary: "Application is not listed", Detail: "Account 11 does not list application 456 any more. Nothing was sent. Plan again."}},
		{applicationNotAsDocumented(id, errors.New("x is odd")), coretest.Said{At: "", Summary: "Cannot read the application: it is not as documented", Detail: "Application 456 of account 11: x is odd. " +
			"Nothing is changed, because an update would have to send it back. A newer version of the provider may know what it means."}},
		{applicationChangedMeanwhile(id, []string{"price", "title"}), coretest.Said{At: "", Summary: "Application has changed since the plan", Detail: "Somebody else has " +
			"changed price, title of application 456 since Terraform read it. Nothing was sent, because an update replaces the whole card. Plan " +
			"again: the next plan shows what has changed."}},
		{slugCannotChange("a_b", "c_d"), coretest.Said{At: "slug", Summary: "Slug cannot be changed", Detail: "The application has the slug \"a_b\", which is how it is known, and " +
			"it cannot become \"c_d\". Set slug back to \"a_b\" or leave it out. For an application with the new slug, add another resource, and " +
			"take this one out of the state with a removed block that has destroy = false."}},
		{accountCannotChange(11, 12), coretest.Said{At: "partner_id", Summary: "Application cannot change its account", Detail: "The application belongs to account 11, and " +
			"cannot be moved to account 12. Set partner_id back to 11. For an application of the other account, add another resource, and take " +
			"this one out of the state with a removed block that has destroy = false."}},
		{applicationStays(id), coretest.Said{At: "", Summary: "Applications cannot be deleted", Detail: "Altegio has no way to delete application 456 of account 11: destroying " +
			"only ends its management by Terraform. If that is what you want, apply abandon_on_destroy = true first, or take the resource out " +
			"of the state with a removed block that has destroy = false."}},
		{applicationCannotBeReplaced(id), coretest.Said{At: "", Summary: "Applications cannot be replaced", Detail: "Altegio has no way to delete application 456 of account 11, " +
			"and no second one can be created with its slug. Leave out -replace; if the resource is tainted, run terraform untaint with its address."}},
		{applicationInPart(a), coretest.Said{At: "", Summary: "Application is created in part", Detail: "Application 456 of account 11 exists now, and the rest of what was " +
			"planned is not, or not certainly, set. It is not in the state, where Terraform would plan to replace it. Once the cause is put " +
			"right, import it with the next apply, with the address of this resource:\n\nimport {\n  to = altegio_application.example\n" +
			"  id = \"11/456\"\n}"}},
		{applicationIsPublished(id, "Hello Bot", []string{"price"}), coretest.Said{At: "", Summary: "Application is published", Detail: "\"Hello Bot\", application 456, is in " +
			"the marketplace: the change of price reaches all its customers at once."}},
		{applicationAsksForMore(id, []string{"b", "a"}), coretest.Said{At: "permissions", Summary: "Published application asks for more rights", Detail: "The plan gives " +
			"application 456 rights that it does not have yet: a, b."}},
		{unusablePicture(path.Root("icon_source"), errors.New("the file is odd")), coretest.Said{At: "icon_source", Summary: "Picture cannot be sent: the file is odd", Detail: "For icon_source, the file is odd."}},
	} {
		coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
	}

	change := []altegio.MemberChange{{Name: "title", Before: `"a"`, After: ""}}
	coretest.CompareSaid(t, applicationOutcome(id, altegio.ApplicationComparison{NotSet: change, Moved: change, Emptied: []string{"awards"}, Unpublished: true}),
		coretest.Said{At: "", Summary: "Application is not as it was set", Detail: "Altegio took the update of application 456, and these read back otherwise than they were " +
			"sent:\n - title: \"a\" before, nothing now.\n\nEither somebody else wrote at the same moment, or Altegio keeps another value. Plan " +
			"again to see what is left to do."},
		coretest.Said{At: "", Summary: "Application has changed where nothing was asked for", Detail: "The update of application 456 did not ask for these changes:\n - title: " +
			"\"a\" before, nothing now.\n\nSomebody else wrote at the same moment, or Altegio did not keep what it was sent back. Where the value " +
			"before was right, set it in the configuration and apply."},
		coretest.Said{At: "", Summary: "Application lost what the provider never sends", Detail: "After the update of application 456, these members of its record are " +
			"empty: awards. Check the application in the Developer Cabinet, and report this."},
		coretest.Said{At: "", Summary: "Application has to be moderated again", Detail: "Application 456 was published, and is not since the update. Submit it to the moderators."},
	)
	refused := &altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "Access denied", Method: http.MethodPut, URL: "https://api.alteg.io/p"}
	coretest.CompareSaid(t, applicationTask("Cannot update the application", id, []string{"price"}).Diagnostics(refused),
		coretest.Said{At: "application_id", Summary: "Cannot update the application: the user has no access to the developer account", Detail: "Asked for: partner_id 11, application_id 456, price (as planned).\nThe request was " +
			"PUT https://api.alteg.io/p.\n\nAltegio answered: 403 Forbidden: Access denied.\n\nThe user whose user_token the provider has must have " +
			"access to the developer account. The data source altegio_developer_accounts lists those that he has."})
}
