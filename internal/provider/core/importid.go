// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
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

// ReadImportID reads the id of an import, or its identity. It reports whether the id is valid, and adds an
// error if not.
func ReadImportID[I interface{ ImportText() string }, T any](
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
			id, err = parse(identity.ImportText())
		}
		if err != nil {
			resp.Diagnostics.Append(invalidImportIdentity(err))
		}
		return id, err == nil
	}
	id, err := parse(req.ID)
	if err != nil {
		resp.Diagnostics.Append(InvalidImportID(req.ID, form, example, err))
	}
	return id, err == nil
}

// checkIdentity fails if a part is missing or has a slash, because the id would then be read as another
// one.
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
			continue // everything else is a number
		}
		if name == "channel_slug" {
			if _, err := ParseSlug(slug); err != nil {
				return err
			}
		} else if strings.Contains(slug, "/") {
			return fmt.Errorf("its %s is %q, which has a slash", name, slug)
		}
	}
	return nil
}

// ConnectionID identifies things that belong to an application at a location. As a text it is
// location_id/application_id.
type ConnectionID struct{ Location, Application int64 }

// ConnectionIDForm shows users what a ConnectionID looks like as a text.
const ConnectionIDForm = "location_id/application_id"

// String returns the form of the id that an import reads.
func (id ConnectionID) String() string {
	return fmt.Sprintf("%d/%d", id.Location, id.Application)
}

// Matter is the installation itself, for the ledger.
func (id ConnectionID) Matter() Matter {
	return Matter{Kind: installationMatter, Location: id.Location, Application: id.Application}
}

// ConnectionIdentitySchema is the identity schema of a resource that a ConnectionID identifies.
func ConnectionIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
		},
	}
}

// Identity returns the identity of a resource that the id identifies, for Terraform to keep.
func (id ConnectionID) Identity() any {
	return connectionIdentityModel{types.Int64Value(id.Location), types.Int64Value(id.Application)}
}

type connectionIdentityModel struct {
	LocationID    types.Int64 `tfsdk:"location_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

// ImportText is for ReadImportID.
func (i connectionIdentityModel) ImportText() string {
	return ConnectionID{i.LocationID.ValueInt64(), i.ApplicationID.ValueInt64()}.String()
}

// ReadConnectionID is ReadImportID for a resource that a ConnectionID identifies.
func ReadConnectionID(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) (id ConnectionID, ok bool) {
	return ReadImportID[connectionIdentityModel](ctx, req, resp, parseConnectionID, ConnectionIDForm, "1001/456")
}

// parseConnectionID parses the text that String returns. The error is a sentence for the user.
func parseConnectionID(s string) (ConnectionID, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 2 {
		return ConnectionID{}, WrongParts(len(parts), "2")
	}
	var id ConnectionID
	var err error
	if id.Location, err = ParseID("location_id", parts[0]); err != nil {
		return ConnectionID{}, err
	}
	if id.Application, err = ParseID("application_id", parts[1]); err != nil {
		return ConnectionID{}, err
	}
	return id, nil
}

// WrongParts returns the error about an id with the wrong number of parts; want is a text such as "2 or 3".
func WrongParts(have int, want string) error {
	if have == 1 {
		return fmt.Errorf("it has 1 part instead of %s", want)
	}
	return fmt.Errorf("it has %d parts instead of %s", have, want)
}

// ParseSlug reads the name of a channel. The error is a phrase for InvalidImportID.
func ParseSlug(s string) (altegio.ChannelSlug, error) {
	slug := altegio.ChannelSlug(s)
	if !slices.Contains(altegio.ChannelSlugs(), slug) {
		return "", fmt.Errorf("its channel_slug is %q, which is not one of %s", s, quotedSlugs())
	}
	return slug, nil
}

// ParseID reads a positive whole number in its only form: no sign, no leading zero.
func ParseID(name, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("its %s is %q, which is not a whole number from 1", name, s)
	}
	return n, nil
}

// SlugNames returns the names of all channels.
func SlugNames() []string {
	var names []string
	for _, slug := range altegio.ChannelSlugs() {
		names = append(names, string(slug))
	}
	return names
}

func quotedSlugs() string {
	return `"` + strings.Join(SlugNames(), `", "`) + `"`
}
