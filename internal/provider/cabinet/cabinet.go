// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// This file has what the types of the Developer Cabinet share.

// cabinetNote ends the descriptions of types that the vendor does not document (API-70).
const cabinetNote = " Requires `user_token` in the provider block. Uses the API of the vendor's Developer Cabinet, which " +
	"the vendor does not document. The provider uses it as the vendor's own open-source client did in September 2026."

// findApplication returns the application of a listing that has the id, or nil.
func findApplication(applications []*altegio.Application, id int64) *altegio.Application {
	i := slices.IndexFunc(applications, func(a *altegio.Application) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return applications[i]
}

// readApplication returns the current application, or nil if its account does not list it.
func readApplication(ctx context.Context, client *altegio.Client, account, id int64) (*altegio.Application, error) {
	applications, err := client.Applications(ctx, account)
	return findApplication(applications, id), err
}

// applicationID is the identity of an application in its developer account. As a text it is
// partner_id/application_id.
type applicationID struct{ account, application int64 }

const (
	applicationIDForm    = "partner_id/application_id"
	applicationIDExample = "11/456"
)

func (id applicationID) String() string { return fmt.Sprintf("%d/%d", id.account, id.application) }

// parseApplicationID parses the text that String returns. The error is a sentence for the user.
func parseApplicationID(s string) (id applicationID, err error) {
	parts := strings.Split(s, "/")
	if len(parts) != 2 {
		return id, core.WrongParts(len(parts), "2")
	}
	if id.account, err = core.ParseID("partner_id", parts[0]); err != nil {
		return applicationID{}, err
	}
	if id.application, err = core.ParseID("application_id", parts[1]); err != nil {
		return applicationID{}, err
	}
	return id, nil
}

type applicationIdentityModel struct {
	PartnerID     types.Int64 `tfsdk:"partner_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (i applicationIdentityModel) ImportText() string {
	return applicationID{i.PartnerID.ValueInt64(), i.ApplicationID.ValueInt64()}.String()
}

// applicationIdentitySchema returns the identity schema of a resource that is identified by an
// applicationID.
func applicationIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"partner_id":     identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the developer account."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
		},
	}
}

// importBlock returns an import block to copy for an object that already exists.
func importBlock(typ string, id applicationID) string {
	return fmt.Sprintf("import {\n  to = %s.example\n  id = %q\n}", typ, id.String())
}
