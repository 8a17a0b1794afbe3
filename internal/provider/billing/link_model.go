// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// The data source and the ephemeral resource altegio_payment_link take the same arguments. Their
// schemas are of different types, so the two share the texts.
const (
	paymentLinkText = "A signed link that a location uses to pay for an application. The application must be installed " +
		"at the location and have a tariff."
	paymentLinkLocationText    = "Id of the location that pays."
	paymentLinkApplicationText = "Id of the application that the location pays for."
	paymentLinkDiscountText    = "Discount in percent, 0 to 100. It is sent exactly as written: `15.55` stays 15.55."
	paymentLinkTariffText      = "Id of an option of one of the application's tariffs. The vendor does not document it, but " +
		"the vendor's own client always sends it."
)

type linkModel struct {
	LocationID     types.Int64  `tfsdk:"location_id"`
	ApplicationID  types.Int64  `tfsdk:"application_id"`
	Discount       types.Number `tfsdk:"discount"`
	TariffOptionID types.Int64  `tfsdk:"tariff_option_id"`
	URL            types.String `tfsdk:"url"`
}

func (m linkModel) request() altegio.PaymentLinkRequest {
	return altegio.PaymentLinkRequest{
		LocationID:     m.LocationID.ValueInt64(),
		ApplicationID:  m.ApplicationID.ValueInt64(),
		Discount:       decimalFromNumber(m.Discount),
		TariffOptionID: m.TariffOptionID.ValueInt64(),
	}
}

func (m linkModel) task() core.Task {
	t := core.Task{
		Summary: "Cannot get the payment link",
		Arguments: []core.Argument{
			{Name: "location_id", Value: m.LocationID.ValueInt64()}, {Name: "application_id", Value: m.ApplicationID.ValueInt64()},
		},
		NotFound: core.Refusal{
			Cause:  "the application is not installed at the location, or has no tariff",
			Advice: "The application is not installed at the location, or it has no tariff. Tariffs are set up by the vendor.",
		},
	}
	if !m.Discount.IsNull() {
		t.Arguments = append(t.Arguments, core.Argument{Name: "discount", Value: decimalFromNumber(m.Discount)})
	}
	if !m.TariffOptionID.IsNull() {
		t.Arguments = append(t.Arguments, core.Argument{Name: "tariff_option_id", Value: m.TariffOptionID.ValueInt64()})
	}
	return t
}

// ask requests the link and stores it in the model.
func (m *linkModel) ask(ctx context.Context, client *altegio.Client) diag.Diagnostics {
	link, err := client.PaymentLink(ctx, m.request())
	if err != nil {
		return m.task().Diagnostics(err)
	}
	m.URL = types.StringValue(link)
	return nil
}
