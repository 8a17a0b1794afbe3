// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// developerAccountsDataSource lists the developer accounts of the user. The partner token that the answer
// has of each is not even decoded.
type developerAccountsDataSource struct {
	configuredDataSource
}

var _ datasource.DataSourceWithConfigure = (*developerAccountsDataSource)(nil)

func newDeveloperAccountsDataSource() datasource.DataSource {
	return &developerAccountsDataSource{}
}

func (d *developerAccountsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_developer_accounts"
}

func (d *developerAccountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
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
		MarkdownDescription: "The developer accounts of the user whose `user_token` the provider has. The partner tokens, which " +
			"the API answers with, are not read." + cabinetNote,
		Attributes: map[string]schema.Attribute{
			"accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The accounts, in the API's order.",
				Computed:            true,
				NestedObject:        account,
			},
			"by_id": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byIDText, "accounts", "11"),
				Computed:            true,
				NestedObject:        account,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: "The accounts by title, such as `by_title[\"Hello Bots\"]`. A title that several accounts have is left out.",
				Computed:            true,
				NestedObject:        account,
			},
		},
	}
}

type developerAccountsModel struct {
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

func (d *developerAccountsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := client.DeveloperAccounts(ctx)
	if err != nil {
		resp.Diagnostics.Append(cabinetTask("Cannot list the developer accounts", argument{"accounts", "all"}).diagnostics(err)...)
		return
	}
	var model developerAccountsModel
	model.fill(accounts)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *developerAccountsModel) fill(accounts []altegio.DeveloperAccount) {
	m.Accounts = []developerAccount{}
	for _, a := range accounts {
		m.Accounts = append(m.Accounts, developerAccount{
			ID: a.ID, Title: textOrNull(a.Title), Name: textOrNull(a.Name), Description: textOrNull(a.Description),
			CompanyName: textOrNull(a.CompanyName), RegNumber: textOrNull(a.RegNumber), LegalType: textOrNull(a.LegalType),
			CountryID: idOrNull(a.CountryID), Phone: textOrNull(a.Phone), Email: textOrNull(a.Email),
			WebsiteURL: textOrNull(a.WebsiteURL), PrivacyPolicyURL: textOrNull(a.PrivacyPolicyURL),
		})
	}
	m.ByID = uniqueBy(m.Accounts, func(a developerAccount) string { return idKey(a.ID) })
	m.ByTitle = uniqueBy(m.Accounts, func(a developerAccount) string { return a.Title.ValueString() })
}
