// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type channelResource struct{}

type channelModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
	IsAvailable   types.Bool   `tfsdk:"is_available"`
}

type channelIdentity struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
}

func (m channelModel) identity() channelIdentity {
	return channelIdentity{m.LocationID, m.ApplicationID, m.ChannelSlug}
}

func (channelResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channel"
}

func (channelResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"location_id":    identityschema.Int64Attribute{RequiredForImport: true},
		"application_id": identityschema.Int64Attribute{RequiredForImport: true},
		"channel_slug":   identityschema.StringAttribute{RequiredForImport: true},
	}}
}

func (channelResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.Int64{int64planmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"location_id":    schema.Int64Attribute{Required: true, PlanModifiers: replace},
		"application_id": schema.Int64Attribute{Required: true, PlanModifiers: replace},
		"channel_slug": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"is_available": schema.BoolAttribute{Required: true},
	}}
}

func (channelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m channelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	m.ID = types.StringValue("floor")
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
}

func (channelResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m channelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
}

func (channelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m channelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identity())...)
}

func (channelResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
