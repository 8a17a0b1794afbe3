// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

type applicationChannelModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
	IsAvailable   types.Bool   `tfsdk:"is_available"`
}

type applicationChannelIdentityModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
}

func (i applicationChannelIdentityModel) importText() string {
	return channelID{
		i.LocationID.ValueInt64(), i.ApplicationID.ValueInt64(), altegio.ChannelSlug(i.ChannelSlug.ValueString()),
	}.String()
}

func (m applicationChannelModel) channelID() channelID {
	return channelID{
		location:    m.LocationID.ValueInt64(),
		application: m.ApplicationID.ValueInt64(),
		slug:        altegio.ChannelSlug(m.ChannelSlug.ValueString()),
	}
}

func (m applicationChannelModel) installationID() connectionID {
	return connectionID{m.LocationID.ValueInt64(), m.ApplicationID.ValueInt64()}
}

// matter is the channel as the ledger knows it, and value what it is to be or was last sent.
func (m applicationChannelModel) matter() matter { return m.channelID().matter() }

func (m applicationChannelModel) value() string { return availableText(m.IsAvailable) }

// availableText is "" while the value is not known.
func availableText(value types.Bool) string {
	if value.IsNull() || value.IsUnknown() {
		return ""
	}
	return strconv.FormatBool(value.ValueBool())
}

func (id channelID) matter() matter {
	return matter{Kind: channelMatter, Location: id.location, Application: id.application, Name: string(id.slug)}
}

func (m applicationChannelModel) identity() applicationChannelIdentityModel {
	return applicationChannelIdentityModel{m.LocationID, m.ApplicationID, m.ChannelSlug}
}

func (m applicationChannelModel) channel() altegio.Channel {
	id := m.channelID()
	return altegio.Channel{
		LocationID:    id.location,
		ApplicationID: id.application,
		Slug:          id.slug,
		IsAvailable:   m.IsAvailable.ValueBool(),
	}
}

// importedChannel is the state of a channel of which nothing but its identity is known.
func importedChannel(id channelID) applicationChannelModel {
	return applicationChannelModel{
		ID:            types.StringValue(id.String()),
		LocationID:    types.Int64Value(id.location),
		ApplicationID: types.Int64Value(id.application),
		ChannelSlug:   types.StringValue(string(id.slug)),
	}
}
