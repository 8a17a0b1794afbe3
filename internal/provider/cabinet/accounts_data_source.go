// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// accountsDataSource lists the developer accounts of the user. It does not decode their partner tokens.
type accountsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*accountsDataSource)(nil)

// NewAccountsDataSource returns altegio_developer_accounts.
func NewAccountsDataSource() datasource.DataSource {
	return &accountsDataSource{}
}

func (d *accountsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_developer_accounts"
}

func (d *accountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	account := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":                 schema.Int64Attribute{MarkdownDescription: "Id of the account, the `partner_id` of its applications.", Computed: true},
		"title":              text("Title."),
		"name":               text("Name of the contact person."),
		"description":        text("Description."),
		"company_name":       text("Name of the company."),
		"reg_number":         text("Registration number of the company."),
		"legal_type":         text("Legal form of the company, such as `llc`."),
		"country_id":         schema.Int64Attribute{MarkdownDescription: "Id of the country. See `altegio_countries`.", Computed: true},
		"phone":              text("Phone number."),
		"email":              text("Email address."),
		"website_url":        text("Website."),
		"privacy_policy_url": text("Privacy policy."),
	}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The developer accounts of the user that `user_token` belongs to. The API also returns the " +
			"partner tokens of the accounts; the provider does not read them." + cabinetNote,
		Attributes: map[string]schema.Attribute{
			"accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The accounts, in the API's order.",
				Computed:            true,
				NestedObject:        account,
			},
			"by_id": schema.MapNestedAttribute{
				MarkdownDescription: "The accounts by id, such as `by_id[11]`.",
				Computed:            true,
				NestedObject:        account,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: "The accounts by title, such as `by_title[\"Hello Bots\"]`. Titles that more than one " +
					"account has are left out.",
				Computed:     true,
				NestedObject: account,
			},
		},
	}
}

type accountsModel struct {
	Accounts []developerAccount          `tfsdk:"accounts"`
	ByID     map[string]developerAccount `tfsdk:"by_id"`
	ByTitle  map[string]developerAccount `tfsdk:"by_title"`
}

type developerAccount struct {
	ID               int64        `tfsdk:"id"`
	Title            types.String `tfsdk:"title"`
	Name             types.String `tfsdk:"name"`
	Description      types.String `tfsdk:"description"`
	CompanyName      types.String `tfsdk:"company_name"`
	RegNumber        types.String `tfsdk:"reg_number"`
	LegalType        types.String `tfsdk:"legal_type"`
	CountryID        types.Int64  `tfsdk:"country_id"`
	Phone            types.String `tfsdk:"phone"`
	Email            types.String `tfsdk:"email"`
	WebsiteURL       types.String `tfsdk:"website_url"`
	PrivacyPolicyURL types.String `tfsdk:"privacy_policy_url"`
}

func (d *accountsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := client.DeveloperAccounts(ctx)
	if err != nil {
		resp.Diagnostics.Append(cabinetTask("Cannot list the developer accounts", core.Argument{Name: "accounts", Value: "all"}).Diagnostics(err)...)
		return
	}
	var model accountsModel
	model.fill(accounts)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *accountsModel) fill(accounts []altegio.DeveloperAccount) {
	m.Accounts = []developerAccount{}
	for _, a := range accounts {
		m.Accounts = append(m.Accounts, developerAccount{
			ID: a.ID, Title: core.TextOrNull(a.Title), Name: core.TextOrNull(a.Name), Description: core.TextOrNull(a.Description),
			CompanyName: core.TextOrNull(a.CompanyName), RegNumber: core.TextOrNull(a.RegNumber), LegalType: core.TextOrNull(a.LegalType),
			CountryID: core.IDOrNull(a.CountryID), Phone: core.TextOrNull(a.Phone), Email: core.TextOrNull(a.Email),
			WebsiteURL: core.TextOrNull(a.WebsiteURL), PrivacyPolicyURL: core.TextOrNull(a.PrivacyPolicyURL),
		})
	}
	m.ByID = core.UniqueBy(m.Accounts, func(a developerAccount) int64 { return a.ID })
	m.ByTitle = core.UniqueBy(m.Accounts, func(a developerAccount) string { return a.Title.ValueString() })
}
