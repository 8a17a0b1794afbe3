// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// linkEphemeralResource asks for the same link as the data source, but Terraform keeps it
// neither in the plan nor in the state. There is nothing to renew or to close: no expiry is documented, and
// a link can't be revoked.
type linkEphemeralResource struct {
	session *core.Session // nil before Configure
}

var _ ephemeral.EphemeralResourceWithConfigure = (*linkEphemeralResource)(nil)

// NewLinkEphemeralResource returns the ephemeral resource altegio_payment_link. Nothing stores the link.
func NewLinkEphemeralResource() ephemeral.EphemeralResource {
	return &linkEphemeralResource{}
}

func (e *linkEphemeralResource) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_link"
}

func (e *linkEphemeralResource) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	e.session, _ = req.ProviderData.(*core.Session)
}

func (e *linkEphemeralResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: paymentLinkText + " Every run asks for a new link, and neither the plan nor the state stores " +
			"it. Requires Terraform 1.10 or OpenTofu 1.11.",
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
				MarkdownDescription: "The link. Whoever has it gets the discount. Whether it expires is not documented.",
				Computed:            true,
				Sensitive:           true,
			},
		},
	}
}

func (e *linkEphemeralResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model linkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := e.session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(model.ask(ctx, client)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, model)...)
}
