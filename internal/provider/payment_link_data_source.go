package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// paymentLinkDataSource asks for a signed link with which a location pays for an application.
type paymentLinkDataSource struct {
	configuredDataSource
}

var _ datasource.DataSourceWithConfigure = (*paymentLinkDataSource)(nil)

func newPaymentLinkDataSource() datasource.DataSource {
	return &paymentLinkDataSource{}
}

func (d *paymentLinkDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_link"
}

func (d *paymentLinkDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A signed link with which a location pays for an application. The application must be " +
			"installed at the location and have a tariff.",
		Attributes: map[string]schema.Attribute{
			"location_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the location that pays.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application that is paid for.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"discount": schema.NumberAttribute{
				MarkdownDescription: "Discount in percent, 0 to 100. It is sent exactly as written: `15.55` stays 15.55.",
				Optional:            true,
				Validators:          []validator.Number{percentValidator{}},
			},
			"tariff_option_id": schema.Int64Attribute{
				MarkdownDescription: "Id of an option of one of the application's tariffs. The vendor does not document it, " +
					"but its own client always sends it.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "The link. It is sensitive, and stored in the state: whoever holds it gets the discount.",
				Computed:            true,
				Sensitive:           true,
			},
		},
	}
}

type paymentLinkModel struct {
	LocationID     types.Int64  `tfsdk:"location_id"`
	ApplicationID  types.Int64  `tfsdk:"application_id"`
	Discount       types.Number `tfsdk:"discount"`
	TariffOptionID types.Int64  `tfsdk:"tariff_option_id"`
	URL            types.String `tfsdk:"url"`
}

func (m paymentLinkModel) request() altegio.PaymentLinkRequest {
	return altegio.PaymentLinkRequest{
		LocationID:     m.LocationID.ValueInt64(),
		ApplicationID:  m.ApplicationID.ValueInt64(),
		Discount:       decimalFromNumber(m.Discount),
		TariffOptionID: m.TariffOptionID.ValueInt64(),
	}
}

func (m paymentLinkModel) task() task {
	t := task{
		summary: "Cannot get the payment link",
		arguments: []argument{
			{"location_id", m.LocationID.ValueInt64()}, {"application_id", m.ApplicationID.ValueInt64()},
		},
		notFound: "The application is not installed at the location, or it has no tariff. Tariffs are set up by the vendor.",
	}
	if !m.Discount.IsNull() {
		t.arguments = append(t.arguments, argument{"discount", decimalFromNumber(m.Discount)})
	}
	if !m.TariffOptionID.IsNull() {
		t.arguments = append(t.arguments, argument{"tariff_option_id", m.TariffOptionID.ValueInt64()})
	}
	return t
}

func (d *paymentLinkDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config paymentLinkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client := d.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	link, err := client.PaymentLink(ctx, config.request())
	if err != nil {
		resp.Diagnostics.Append(config.task().diagnostics(err)...)
		return
	}
	config.URL = types.StringValue(link)
	resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
}
