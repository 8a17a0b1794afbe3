// SPDX-License-Identifier: MPL-2.0

package provider

import (
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
