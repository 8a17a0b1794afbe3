// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// linkDataSource asks for a signed link that a location uses to pay for an application.
type linkDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*linkDataSource)(nil)

// NewLinkDataSource returns the data source altegio_payment_link. The state stores the link.
func NewLinkDataSource() datasource.DataSource {
	return &linkDataSource{}
}

func (d *linkDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_link"
}

func (d *linkDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: paymentLinkText + " With Terraform 1.10 or OpenTofu 1.11, the ephemeral resource of the same name " +
			"keeps the link out of the state.",
		Attributes: map[string]schema.Attribute{
			"location_id": schema.Int64Attribute{
				MarkdownDescription: paymentLinkLocationText,
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"application_id": schema.Int64Attribute{
				MarkdownDescription: paymentLinkApplicationText,
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"discount": schema.NumberAttribute{
				MarkdownDescription: paymentLinkDiscountText,
				Optional:            true,
				Validators:          []validator.Number{amountValidator{most: 100}},
			},
			"tariff_option_id": schema.Int64Attribute{
				MarkdownDescription: paymentLinkTariffText,
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "The link. It is sensitive, because whoever has it gets the discount, and the state stores it.",
				Computed:            true,
				Sensitive:           true,
			},
		},
	}
}

func (d *linkDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model linkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(model.ask(ctx, client)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
