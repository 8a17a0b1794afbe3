// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

func (r *applicationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages the card of an application in the marketplace: its texts, price, permissions and " +
			"URLs. Terraform manages only the attributes that the configuration sets. It shows the others as they were " +
			"read, and never changes them." + cabinetNote,
		Attributes: applicationAttributes(),
	}
}

var applicationSlug = regexp.MustCompile(`^[A-Za-z0-9_]{3,200}$`)

func applicationAttributes() map[string]schema.Attribute {
	text := func(description string, validators ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Optional: true, Computed: true, Validators: validators}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{MarkdownDescription: description, Optional: true, Computed: true}
	}
	read := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	url := core.HttpsURLValidator{OrEmpty: true}
	instruction := stringvalidator.RegexMatches(regexp.MustCompile(`(?s)^(.{3,1000})?$`), "must have 3 to 1000 characters, or be empty")
	const needed = " Required for a new application."
	return map[string]schema.Attribute{
		"id": read("`" + applicationIDForm + "`."),
		"partner_id": schema.Int64Attribute{
			MarkdownDescription: "Id of the developer account. See `altegio_developer_accounts`. It cannot be changed.",
			Required:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
		},
		"application_id": schema.Int64Attribute{MarkdownDescription: "Id of the application.", Computed: true},
		"abandon_on_destroy": schema.BoolAttribute{
			MarkdownDescription: "Whether the resource can be destroyed. Altegio cannot delete an application, so a destroy " +
				"only ends the management by Terraform, and the application stays. Unless this is `true`, a plan that " +
				"destroys the resource fails.",
			Optional: true,
		},
		"title":             text("Title, at least 3 characters."+needed, stringvalidator.UTF8LengthAtLeast(3)),
		"short_description": text("Short description, at least 3 characters."+needed, stringvalidator.UTF8LengthAtLeast(3)),
		"category_id": schema.Int64Attribute{
			MarkdownDescription: "Id of the category. See `altegio_catalog_categories`." + needed,
			Optional:            true, Computed: true,
			Validators: []validator.Int64{int64validator.AtLeast(1)},
		},
		"country_ids": schema.SetAttribute{
			MarkdownDescription: "Ids of the countries where the application is offered, at least one. See `altegio_countries`." + needed,
			ElementType:         types.Int64Type,
			Optional:            true, Computed: true,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
			},
		},
		"website_url":    text("Website, an https URL, or `\"\"` for none.", url),
		"price":          text("Price, as a text for people to read."),
		"trial_duration": schema.Int64Attribute{MarkdownDescription: "Length of the trial in days.", Optional: true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(0)}},
		"channels": schema.SetAttribute{
			MarkdownDescription: "Ids of the channels that the application sends messages through, `[]` for none. See " +
				"`altegio_catalog_channels`.",
			ElementType: types.Int64Type,
			Optional:    true, Computed: true,
			Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1))},
		},
		"permissions": schema.MapAttribute{
			MarkdownDescription: "Rights of the application at locations, by the slug of the right. Values are whole " +
				"numbers: usually `1`, for some rights an id or a number of days, where `-1` means no limit. If set, the " +
				"map is complete: a right that it does not name is set to 0. See `altegio_catalog_rights`.",
			ElementType: types.NumberType,
			Optional:    true, Computed: true,
			Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.ValueNumbersAre(wholeNumberValidator{})},
		},
		"callback_url": text("URL that Altegio calls when a location connects or disconnects the "+
			"application. An https URL, or `\"\"` for none.", url),
		"registration_redirect_url": text("URL that Altegio sends the owner of a location to for the registration. An "+
			"https URL, or `\"\"` for none.", url),
		"is_personal_data_access_needed": flag("Whether the application needs access to personal data."),
		"is_multiple_salons_allowed":     flag("Whether one registration can connect several locations."),
		"is_iframe":                      flag("Whether the application is shown inside Altegio."),
		"slug": text("Slug, which is unique in the account: 3 to 200 letters, digits and underscores. It cannot be changed."+needed,
			stringvalidator.RegexMatches(applicationSlug, "must have 3 to 200 letters from A to Z, digits and underscores")),
		"is_nonpublic":          flag("Whether the application is hidden from the public."),
		"nonpublic_webhook_url": text("Webhook of an application that is hidden from the public. An https URL, or `\"\"` for none.", url),
		"monetization_type":     text("How the application is paid for: `free`, `paid` or `freemium`.", stringvalidator.OneOf("free", "paid", "freemium")),
		"full_description":      text("Full description."),
		"features_description": schema.ListAttribute{
			MarkdownDescription: "Features of the application, one text each, `[]` for none.",
			ElementType:         types.StringType,
			Optional:            true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
		},
		"promo_materials": schema.ListNestedAttribute{
			MarkdownDescription: "Pictures and videos on the page of the application, `[]` for none. For a picture that " +
				"Altegio already has, set `content`. To upload a file, set `source`.",
			Optional: true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Validators: []validator.Object{neededInValidator{"type"}, promoValidator{}}, Attributes: map[string]schema.Attribute{
				"type": schema.StringAttribute{
					MarkdownDescription: "`image` or `video`. Required.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.OneOf("image", "video")},
				},
				"content": text("URL or path of a picture that Altegio already has, or a reference to a video. After an "+
					"upload, the path of the picture.",
					stringvalidator.LengthAtLeast(1)),
				"source":      schema.StringAttribute{MarkdownDescription: "Path of a picture file to upload.", Optional: true},
				"source_hash": schema.StringAttribute{MarkdownDescription: "Hash of the file, such as `filemd5(\"one.png\")`. The file is uploaded when it changes.", Optional: true},
			}},
		},
		"questions": schema.ListNestedAttribute{
			MarkdownDescription: "Frequently asked questions, `[]` for none.",
			Optional:            true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Validators: []validator.Object{neededInValidator{"question", "answer"}}, Attributes: map[string]schema.Attribute{
				"question": schema.StringAttribute{
					MarkdownDescription: "Question, 3 to 100 characters. Required.", Optional: true,
					Validators: []validator.String{stringvalidator.UTF8LengthBetween(3, 100)},
				},
				"answer": schema.StringAttribute{
					MarkdownDescription: "Answer, 3 to 1000 characters. Required.", Optional: true,
					Validators: []validator.String{stringvalidator.UTF8LengthBetween(3, 1000)},
				},
			}},
		},
		"functionalities": schema.SetAttribute{
			MarkdownDescription: "Slugs of the functions that the application has, such as `chat` and `mass_sendings`, `[]` " +
				"for none. See `altegio_catalog_functionalities`.",
			ElementType: types.StringType,
			Optional:    true, Computed: true,
			Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		},
		"connect_instruction": text("Instructions for the vendor's moderators on how a location connects the application: 3 "+
			"to 1000 characters, or `\"\"` for none.", instruction),
		"payment_instruction": text("Instructions for the vendor's moderators on how a location pays for the application: 3 "+
			"to 1000 characters, or `\"\"` for none.", instruction),
		"icon_source": schema.StringAttribute{
			MarkdownDescription: "Path of the icon's file, a picture of at most 5 MiB. It also becomes the picture of the " +
				"application's system user.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("icon_source_hash"))},
		},
		"icon_source_hash": schema.StringAttribute{
			MarkdownDescription: "Hash of the file, such as `filemd5(\"icon.png\")`. The icon is sent when it changes.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("icon_source"))},
		},
		"icon_url":     read("URL where Altegio hosts the icon."),
		"info_url":     read("Short link to the page of the application."),
		"review_url":   read("Short link to the reviews of the application."),
		"status":       read("Status, as the API returns it."),
		"created_at":   read("When the application was created, as the API returns it."),
		"moderated_at": read("When the application was published, as the API returns it. Null for a draft."),
		"is_published": schema.BoolAttribute{MarkdownDescription: "Whether the application is published in the " +
			"marketplace.", Computed: true},
	}
}

// wholeNumberValidator accepts whole numbers of any size.
type wholeNumberValidator struct{}

func (wholeNumberValidator) Description(context.Context) string {
	return "value must be a whole number"
}

func (v wholeNumberValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v wholeNumberValidator) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	// A number with a huge exponent must not be written out.
	if n := req.ConfigValue.ValueBigFloat(); !n.IsInt() || n.MantExp(nil) > maxPermissionBits {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid number", fmt.Sprintf(
			"Attribute %s %s, got: %s", req.Path, v.Description(ctx), n.Text('g', 20)))
	}
}
