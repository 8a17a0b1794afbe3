// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

const (
	discountImportForm    = "application_id, or application_id/discount/location_id,location_id,... where it is known what is set"
	discountImportExample = "456/15.54/1001,1002"
)

// A discountImport is the content of an import id: the application and, optionally, the discount and its
// locations.
type discountImport struct {
	application int64
	discount    types.Number
	locations   []int64
}

// parseDiscountImport reads the id of an import. The error is a sentence for the user.
func parseDiscountImport(s string) (discountImport, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 1 && len(parts) != 3 {
		return discountImport{}, core.WrongParts(len(parts), "1 or 3")
	}
	application, err := core.ParseID("application_id", parts[0])
	if err != nil || len(parts) == 1 {
		return discountImport{application: application}, err
	}
	id := discountImport{application: application}
	decimal, err := altegio.ParseDecimal(parts[1])
	if err == nil {
		if id.discount, err = core.NumberFromDecimal(decimal); err == nil {
			_, err = amountOf(id.discount.ValueBigFloat())
		}
	}
	if err != nil || strings.HasPrefix(parts[1], "-") {
		return discountImport{}, fmt.Errorf("its discount is %q, which is not a number from 0 with at most %d decimals", parts[1], amountDecimals)
	}
	for text := range strings.SplitSeq(parts[2], ",") {
		location, err := core.ParseID("location_id", text)
		if err != nil {
			return discountImport{}, err
		}
		id.locations = append(id.locations, location)
	}
	slices.Sort(id.locations)
	id.locations = slices.Compact(id.locations)
	return id, nil
}
