// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestPaymentLinkTask(t *testing.T) {
	t.Parallel()
	model := linkModel{LocationID: types.Int64Value(1001), ApplicationID: types.Int64Value(459), Discount: coretest.Number(t, "15.550"), TariffOptionID: types.Int64Value(7)}
	coretest.CompareSaid(t, model.task().Diagnostics(&altegio.Error{
		Kind: altegio.KindRefused, Method: http.MethodGet, URL: "https://api.alteg.io/api/v1/marketplace/application/payment_link", StatusCode: 404,
	}), coretest.Said{
		At: "application_id", Summary: "Cannot get the payment link: the application is not installed at the location, or has no tariff",
		Detail: "Asked for: location_id 1001, application_id 459, discount 15.55, tariff_option_id 7.\n" +
			"The request was GET https://api.alteg.io/api/v1/marketplace/application/payment_link.\n\n" +
			"Altegio answered: 404 Not Found.\n\n" +
			"The application is not installed at the location, or it has no tariff. Tariffs are set up by the vendor.",
	})
}
