// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// readImportID reads what an import names: a text, or the identity that stands for one. It says what is
// wrong with it, and reports whether it is right.
func readImportID[I interface{ importText() string }, T any](
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
	parse func(string) (T, error), form, example string,
) (id T, ok bool) {
	if req.ID == "" && !req.Identity.Raw.IsNull() {
		var identity I
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return id, false
		}
		err := checkIdentity(req.Identity.Raw)
		if err == nil {
			id, err = parse(identity.importText())
		}
		if err != nil {
			resp.Diagnostics.Append(invalidImportIdentity(err))
		}
		return id, err == nil
	}
	id, err := parse(req.ID)
	if err != nil {
		resp.Diagnostics.Append(invalidImportID(req.ID, form, example, err))
	}
	return id, err == nil
}

// checkIdentity sees to it that a part which is missing, or has a slash, is not read as another id.
func checkIdentity(identity tftypes.Value) error {
	var parts map[string]tftypes.Value
	if err := identity.As(&parts); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if parts[name].IsNull() {
			return fmt.Errorf("its %s is null", name)
		}
		var slug string
		if parts[name].As(&slug) != nil {
			continue // all else are numbers
		}
		if name == "channel_slug" {
			if _, err := parseSlug(slug); err != nil {
				return err
			}
		} else if strings.Contains(slug, "/") {
			return fmt.Errorf("its %s is %q, which has a slash", name, slug)
		}
	}
	return nil
}

// channelID is the identity of a channel. As a text it is location_id/application_id/channel_slug.
type channelID struct {
	location    int64
	application int64
	slug        altegio.ChannelSlug
}

const (
	channelIDForm    = "location_id/application_id/channel_slug"
	channelIDExample = "1001/456/sms"
)

func (id channelID) String() string {
	return fmt.Sprintf("%d/%d/%s", id.location, id.application, id.slug)
}

// connectionID is the identity of what belongs to an application at a location. As a text it is
// location_id/application_id.
type connectionID struct{ location, application int64 }

const (
	connectionIDForm    = "location_id/application_id"
	connectionIDExample = "1001/456"
)

func (id connectionID) String() string {
	return fmt.Sprintf("%d/%d", id.location, id.application)
}

// matter is the installation as the ledger knows it.
func (id connectionID) matter() matter {
	return matter{Kind: installationMatter, Location: id.location, Application: id.application}
}

// connectionIdentitySchema is that of a resource whose identity is a connectionID.
func connectionIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
		},
	}
}

type connectionIdentityModel struct {
	LocationID    types.Int64 `tfsdk:"location_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (i connectionIdentityModel) importText() string {
	return connectionID{i.LocationID.ValueInt64(), i.ApplicationID.ValueInt64()}.String()
}

// parseConnectionID reads what String writes. The error is a sentence for the user.
func parseConnectionID(s string) (connectionID, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 2 {
		return connectionID{}, wrongParts(len(parts), "2")
	}
	var id connectionID
	var err error
	if id.location, err = parseID("location_id", parts[0]); err != nil {
		return connectionID{}, err
	}
	if id.application, err = parseID("application_id", parts[1]); err != nil {
		return connectionID{}, err
	}
	return id, nil
}

// parseChannelID reads what String writes. The error is a sentence for the user.
func parseChannelID(s string) (channelID, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return channelID{}, wrongParts(len(parts), "3")
	}
	var id channelID
	var err error
	if id.location, err = parseID("location_id", parts[0]); err != nil {
		return channelID{}, err
	}
	if id.application, err = parseID("application_id", parts[1]); err != nil {
		return channelID{}, err
	}
	if id.slug, err = parseSlug(parts[2]); err != nil {
		return channelID{}, err
	}
	return id, nil
}

const (
	channelImportForm    = channelIDForm + ", with /true or /false after it where it is known what the channel is set to"
	channelImportExample = "1001/456/sms/true"
)

// A channelImport is what the id of an import says: which channel, and what it is set to, if it says that.
type channelImport struct {
	channelID
	isAvailable *bool
}

// parseChannelImport reads the id of an import. The error is a sentence for the user.
func parseChannelImport(s string) (channelImport, error) {
	id, value, hasValue := s, "", false
	if parts := strings.Split(s, "/"); len(parts) == 4 {
		id, value, hasValue = strings.Join(parts[:3], "/"), parts[3], true
	} else if len(parts) != 3 {
		return channelImport{}, wrongParts(len(parts), "3 or 4")
	}
	var imported channelImport
	var err error
	if imported.channelID, err = parseChannelID(id); err != nil || !hasValue {
		return imported, err
	}
	if value != "true" && value != "false" {
		return channelImport{}, fmt.Errorf("its fourth part is %q, which is neither true nor false", value)
	}
	isAvailable := value == "true"
	imported.isAvailable = &isAvailable
	return imported, nil
}

func wrongParts(have int, want string) error {
	if have == 1 {
		return fmt.Errorf("it has 1 part instead of %s", want)
	}
	return fmt.Errorf("it has %d parts instead of %s", have, want)
}

func parseSlug(s string) (altegio.ChannelSlug, error) {
	slug := altegio.ChannelSlug(s)
	if !slices.Contains(altegio.ChannelSlugs(), slug) {
		return "", fmt.Errorf("its channel_slug is %q, which is not one of %s", s, quotedSlugs())
	}
	return slug, nil
}

// parseLocationID reads the id of a location. The error is a sentence for the user.
func parseLocationID(s string) (int64, error) { return parseID("location_id", s) }

// parseID reads a whole number from 1 in its only form: no sign, no leading zero.
func parseID(name, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("its %s is %q, which is not a whole number from 1", name, s)
	}
	return n, nil
}

func slugNames() []string {
	var names []string
	for _, slug := range altegio.ChannelSlugs() {
		names = append(names, string(slug))
	}
	return names
}

func quotedSlugs() string {
	return `"` + strings.Join(slugNames(), `", "`) + `"`
}

// fleetID is the identity of an application's channel at all its locations. As a text it is
// application_id/channel_slug.
type fleetID struct {
	application int64
	slug        altegio.ChannelSlug
}

func (id fleetID) String() string {
	return fmt.Sprintf("%d/%s", id.application, id.slug)
}

const (
	fleetIDForm     = "application_id/channel_slug"
	fleetIDExample  = "456/sms"
	fleetImportForm = fleetIDForm + ", with /true, /false or /{...} after it where it is known what the channels are set to"
)

// A fleetImport is what the id of an import says: which channels, and what they are set to, if it
// says that. Then either everywhere is not null, or at is not nil.
type fleetImport struct {
	fleetID
	everywhere *bool
	at         map[int64]bool
}

// parseFleetImport reads the id of an import. The error is a sentence for the user.
func parseFleetImport(s string) (fleetImport, error) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) < 2 {
		return fleetImport{}, wrongParts(len(parts), "2 or 3")
	}
	application, err := parseID("application_id", parts[0])
	if err != nil {
		return fleetImport{}, err
	}
	slug, err := parseSlug(parts[1])
	if err != nil {
		return fleetImport{}, err
	}
	imported := fleetImport{fleetID: fleetID{application, slug}}
	if len(parts) == 2 {
		return imported, nil
	}
	var everywhere *bool
	if json.Unmarshal([]byte(parts[2]), &everywhere) == nil && everywhere != nil {
		imported.everywhere = everywhere
		return imported, nil
	}
	var values map[string]*bool
	if err := json.Unmarshal([]byte(parts[2]), &values); err != nil || values == nil {
		return fleetImport{}, fmt.Errorf("its third part is neither true, nor false, nor a JSON object of those by location id")
	}
	imported.at = make(map[int64]bool, len(values))
	for key, value := range values {
		location, err := parseID("location id", key)
		if err != nil {
			return fleetImport{}, err
		}
		if value == nil {
			return fleetImport{}, fmt.Errorf("it gives null for location %d instead of true or false", location)
		}
		imported.at[location] = *value
	}
	return imported, nil
}

const (
	discountImportForm    = "application_id, or application_id/discount/location_id,location_id,... where it is known what is set"
	discountImportExample = "456/15.54/1001,1002"
)

// A discountImport is what the id of an import says: which application and, if it says that, which
// discount at which locations.
type discountImport struct {
	application int64
	discount    types.Number
	locations   []int64
}

// parseDiscountImport reads the id of an import. The error is a sentence for the user.
func parseDiscountImport(s string) (discountImport, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 1 && len(parts) != 3 {
		return discountImport{}, wrongParts(len(parts), "1 or 3")
	}
	application, err := parseID("application_id", parts[0])
	if err != nil || len(parts) == 1 {
		return discountImport{application: application}, err
	}
	id := discountImport{application: application}
	decimal, err := altegio.ParseDecimal(parts[1])
	if err == nil {
		if id.discount, err = numberFromDecimal(decimal); err == nil {
			_, err = amountOf(id.discount.ValueBigFloat())
		}
	}
	if err != nil || strings.HasPrefix(parts[1], "-") {
		return discountImport{}, fmt.Errorf("its discount is %q, which is not a number from 0 with at most %d decimals", parts[1], amountDecimals)
	}
	for text := range strings.SplitSeq(parts[2], ",") {
		location, err := parseID("location_id", text)
		if err != nil {
			return discountImport{}, err
		}
		id.locations = append(id.locations, location)
	}
	slices.Sort(id.locations)
	id.locations = slices.Compact(id.locations)
	return id, nil
}
