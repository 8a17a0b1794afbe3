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
		{applicationExists(a), coretest.Said{At: "slug", Summary: "Application exists already", Detail: "Account 11 has an application with the slug \"\": \"\", id 456. Nothing was created. To manage that application, " +
			"import it, with the address of this resource:\n\nimport {\n  to = altegio_application.example\n  id = " +
			"\"11/456\"\n}\n\nIf the resource was renamed, name the new address in a moved block instead. If Terraform plans to " +
			"replace it, leave out -replace, or run terraform untaint with its address: an application cannot be replaced. " +
			"To create another application, use another slug."}},
		{applicationNeeds("title"), coretest.Said{At: "title", Summary: "Missing value for a new application", Detail: "An application cannot be created without title. Only an imported application can do without it."}},
		{applicationGone(id), coretest.Said{At: "", Summary: "Application is gone", Detail: "Account 11 no longer lists application 456, so it is removed from the state. An account cannot delete an " +
			"application: ask the vendor what happened to it before you apply, because an apply would create a new one."}},
		{accountIsEmpty(id), coretest.Said{At: "", Summary: "Account lists no applications", Detail: "The state has application 456 of account 11, but Altegio lists no applications. The state is kept, because " +
			"most likely the user has lost access to the account. Check the rights of the user in the Developer Cabinet. " +
			"If the applications are gone, remove them from the state with terraform state rm."}},
		{applicationNotListed(id), coretest.Said{At: "", Summary: "Application is not listed", Detail: "Account 11 no longer lists application 456. Nothing was sent. Plan again."}},
		{applicationNotAsDocumented(id, errors.New("x is odd")), coretest.Said{At: "", Summary: "Cannot read the application: it is not as documented", Detail: "Application 456 of account 11: x is odd. Nothing is changed, because an update would have to send this back. " +
			"A newer version of the provider may understand it."}},
		{applicationChangedMeanwhile(id, []string{"price", "title"}), coretest.Said{At: "", Summary: "Application has changed since the plan", Detail: "Somebody else has " +
			"changed price, title of application 456 since Terraform read it. Nothing was sent, because an update replaces the whole card. Plan " +
			"again: the next plan shows what has changed."}},
		{slugCannotChange("a_b", "c_d"), coretest.Said{At: "slug", Summary: "Slug cannot be changed", Detail: "The slug \"a_b\" identifies the application, and cannot be changed to \"c_d\". Set slug back to \"a_b\" or leave it " +
			"out. For an application with the new slug, add another resource, and remove this one from the state with a " +
			"removed block that has destroy = false."}},
		{accountCannotChange(11, 12), coretest.Said{At: "partner_id", Summary: "Application cannot change its account", Detail: "The application belongs to account 11, and cannot be moved to account 12. Set partner_id back to 11. For an " +
			"application of the other account, add another resource, and remove this one from the state with a removed " +
			"block that has destroy = false."}},
		{applicationStays(id), coretest.Said{At: "", Summary: "Applications cannot be deleted", Detail: "Altegio has no way to delete application 456 of account 11: a destroy only ends its management by Terraform. " +
			"If that is what you want, apply abandon_on_destroy = true first, or remove the resource from the state with a " +
			"removed block that has destroy = false."}},
		{applicationCannotBeReplaced(id), coretest.Said{At: "", Summary: "Applications cannot be replaced", Detail: "Altegio has no way to delete application 456 of account 11, and a second one cannot have the same slug. Leave " +
			"out -replace. If the resource is tainted, run terraform untaint with its address."}},
		{applicationInPart(a), coretest.Said{At: "", Summary: "Application is created in part", Detail: "Application 456 of account 11 now exists, but the rest of the plan is not set, or may not be. It is not in " +
			"the state, because Terraform would plan to replace it. Fix the cause, and import it with the next apply, with " +
			"the address of this resource:\n\nimport {\n  to = altegio_application.example\n  id = \"11/456\"\n}"}},
		{applicationIsPublished(id, "Hello Bot", []string{"price"}), coretest.Said{At: "", Summary: "Application is published", Detail: "\"Hello Bot\", application 456, is in the marketplace: the change to price reaches all its customers at once."}},
		{applicationAsksForMore(id, []string{"b", "a"}), coretest.Said{At: "permissions", Summary: "Published application asks for more rights", Detail: "The plan gives " +
			"application 456 rights that it does not have yet: a, b."}},
		{unusablePicture(path.Root("icon_source"), errors.New("the file is odd")), coretest.Said{At: "icon_source", Summary: "Picture cannot be sent: the file is odd", Detail: "For icon_source, the file is odd."}},
	} {
		coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
	}

	change := []altegio.MemberChange{{Name: "title", Before: `"a"`, After: ""}}
	coretest.CompareSaid(t, applicationOutcome(id, altegio.ApplicationComparison{NotSet: change, Moved: change, Emptied: []string{"awards"}, Unpublished: true}),
		coretest.Said{At: "", Summary: "Application differs from what was sent", Detail: "Altegio accepted the update of application 456, but these values read back differently:\n - title: \"a\" before, " +
			"nothing now.\n\nEither somebody else made a change at the same moment, or Altegio stored another value. Plan " +
			"again to see what is left to do."},
		coretest.Said{At: "", Summary: "Application changed more than requested", Detail: "The update of application 456 did not request these changes:\n - title: \"a\" before, nothing now.\n\nEither " +
			"somebody else made a change at the same moment, or Altegio did not keep a value that was sent back. If the " +
			"earlier value was correct, set it in the configuration and apply."},
		coretest.Said{At: "", Summary: "Application lost what the provider never sends", Detail: "After the update of application 456, these fields of it are empty: awards. Check the application in the " +
			"Developer Cabinet, and please report this."},
		coretest.Said{At: "", Summary: "Application has to be moderated again", Detail: "Application 456 was published, but is no longer since the update. Submit it for moderation."},
	)
	refused := &altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "Access denied", Method: http.MethodPut, URL: "https://api.alteg.io/p"}
	coretest.CompareSaid(t, applicationTask("Cannot update the application", id, []string{"price"}).Diagnostics(refused),
		coretest.Said{At: "application_id", Summary: "Cannot update the application: the user has no access to the developer account", Detail: "Asked for: partner_id 11, application_id 456, price (as planned).\nThe request was PUT " +
			"https://api.alteg.io/p.\n\nAltegio answered: 403 Forbidden: Access denied.\n\nThe user that user_token belongs to " +
			"needs access to the developer account. The data source altegio_developer_accounts lists the accounts of the " +
			"user."})
}
