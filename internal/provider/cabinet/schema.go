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
		MarkdownDescription: "The card of an application in the marketplace: what it is called, what it costs, what it may do and where " +
			"it is called. What the configuration leaves out is not managed: it is kept as it is and shown as read." + cabinetNote,
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
	const needed = " A new application needs it."
	return map[string]schema.Attribute{
		"id": read("`" + applicationIDForm + "`."),
		"partner_id": schema.Int64Attribute{
			MarkdownDescription: "Id of the developer account. See `altegio_developer_accounts`. It cannot be changed.",
			Required:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
		},
		"application_id": schema.Int64Attribute{MarkdownDescription: "Id of the application.", Computed: true},
		"abandon_on_destroy": schema.BoolAttribute{
			MarkdownDescription: "Whether the resource can be destroyed. An application cannot be deleted: it stays, and only its " +
				"management by Terraform ends. Without `true`, a plan that destroys the resource fails.",
			Optional: true,
		},
		"title":             text("Title, at least 3 characters."+needed, stringvalidator.UTF8LengthAtLeast(3)),
		"short_description": text("Short description, at least 3 characters."+needed, stringvalidator.UTF8LengthAtLeast(3)),
		"category_id": schema.Int64Attribute{
			MarkdownDescription: "Id of the category." + needed,
			Optional:            true, Computed: true,
			Validators: []validator.Int64{int64validator.AtLeast(1)},
		},
		"country_ids": schema.SetAttribute{
			MarkdownDescription: "Ids of the countries in which it is offered, at least one. See `altegio_countries`." + needed,
			ElementType:         types.Int64Type,
			Optional:            true, Computed: true,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
			},
		},
		"website_url":    text("Website, an https URL, or `\"\"` for none.", url),
		"price":          text("What it costs, for people to read."),
		"trial_duration": schema.Int64Attribute{MarkdownDescription: "Length of the trial, in days.", Optional: true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(0)}},
		"channels": schema.SetAttribute{
			MarkdownDescription: "Ids of the channels that it sends through, `[]` for none.",
			ElementType:         types.Int64Type,
			Optional:            true, Computed: true,
			Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1))},
		},
		"permissions": schema.MapAttribute{
			MarkdownDescription: "What it may do at locations, as whole numbers by the slug of a right: mostly `1`, also ids and numbers of " +
				"days, `-1` for no limit. Given, the map is the whole: a right that it does not have is set to 0.",
			ElementType: types.NumberType,
			Optional:    true, Computed: true,
			Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.ValueNumbersAre(wholeNumberValidator{})},
		},
		"callback_url":                   text("URL that Altegio calls when it is connected and disconnected, an https URL, or `\"\"` for none.", url),
		"registration_redirect_url":      text("URL to which the owner of a location is sent to register, an https URL, or `\"\"` for none.", url),
		"is_personal_data_access_needed": flag("Whether it needs access to personal data."),
		"is_multiple_salons_allowed":     flag("Whether one registration may connect several locations."),
		"is_iframe":                      flag("Whether it is shown inside of Altegio."),
		"slug": text("Slug, the name of the application in its account: 3 to 200 letters, digits and underscores. It cannot be changed."+needed,
			stringvalidator.RegexMatches(applicationSlug, "must have 3 to 200 letters from A to Z, digits and underscores")),
		"is_nonpublic":          flag("Whether it is hidden from the public."),
		"nonpublic_webhook_url": text("Webhook of an application that is hidden from the public, an https URL, or `\"\"` for none.", url),
		"monetization_type":     text("How it is paid for: `free`, `paid` or `freemium`.", stringvalidator.OneOf("free", "paid", "freemium")),
		"full_description":      text("Full description."),
		"features_description": schema.ListAttribute{
			MarkdownDescription: "Its features, one text each, `[]` for none.",
			ElementType:         types.StringType,
			Optional:            true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
		},
		"promo_materials": schema.ListNestedAttribute{
			MarkdownDescription: "Pictures and videos on its page, `[]` for none. A picture is either one that Altegio has, in `content`, or a file " +
				"to upload, in `source`.",
			Optional: true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Validators: []validator.Object{core.NeededInValidator{"type"}, promoValidator{}}, Attributes: map[string]schema.Attribute{
				"type": schema.StringAttribute{
					MarkdownDescription: "`image` or `video`. Needed.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.OneOf("image", "video")},
				},
				"content": text("URL or path of a picture that Altegio has, or a reference to a video. Of a picture that was uploaded, its path.",
					stringvalidator.LengthAtLeast(1)),
				"source":      schema.StringAttribute{MarkdownDescription: "Path of a file with a picture to upload.", Optional: true},
				"source_hash": schema.StringAttribute{MarkdownDescription: "Hash of the file, such as `filemd5(\"one.png\")`. The file is uploaded when it changes.", Optional: true},
			}},
		},
		"questions": schema.ListNestedAttribute{
			MarkdownDescription: "Frequently asked questions, `[]` for none.",
			Optional:            true, Computed: true,
			Validators: []validator.List{listvalidator.NoNullValues()},
			NestedObject: schema.NestedAttributeObject{Validators: []validator.Object{core.NeededInValidator{"question", "answer"}}, Attributes: map[string]schema.Attribute{
				"question": schema.StringAttribute{
					MarkdownDescription: "Question, 3 to 100 characters. Needed.", Optional: true,
					Validators: []validator.String{stringvalidator.UTF8LengthBetween(3, 100)},
				},
				"answer": schema.StringAttribute{
					MarkdownDescription: "Answer, 3 to 1000 characters. Needed.", Optional: true,
					Validators: []validator.String{stringvalidator.UTF8LengthBetween(3, 1000)},
				},
			}},
		},
		"functionalities": schema.SetAttribute{
			MarkdownDescription: "Slugs of what it can do, such as `chat` and `mass_sendings`, `[]` for none.",
			ElementType:         types.StringType,
			Optional:            true, Computed: true,
			Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
		},
		"connect_instruction": text("How a location connects it, for the vendor's moderators: 3 to 1000 characters, or `\"\"` for none.", instruction),
		"payment_instruction": text("How a location pays for it, for the vendor's moderators: 3 to 1000 characters, or `\"\"` for none.", instruction),
		"icon_source": schema.StringAttribute{
			MarkdownDescription: "Path of a file with the icon, a picture of at most 5 MiB. It also becomes the picture of the application's system user.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("icon_source_hash"))},
		},
		"icon_source_hash": schema.StringAttribute{
			MarkdownDescription: "Hash of the file, such as `filemd5(\"icon.png\")`. The icon is sent when it changes.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("icon_source"))},
		},
		"icon_url":     read("URL of the icon, as Altegio hosts it."),
		"info_url":     read("Short link to its page."),
		"review_url":   read("Short link to its reviews."),
		"status":       read("Status, as the API gives it."),
		"created_at":   read("When it was created, as the API gives it."),
		"moderated_at": read("When it was published, as the API gives it; null for a draft."),
		"is_published": schema.BoolAttribute{MarkdownDescription: "Whether it is in the marketplace.", Computed: true},
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
