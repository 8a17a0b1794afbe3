// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type applicationModel struct {
	ID               types.String `tfsdk:"id"`
	PartnerID        types.Int64  `tfsdk:"partner_id"`
	ApplicationID    types.Int64  `tfsdk:"application_id"`
	AbandonOnDestroy types.Bool   `tfsdk:"abandon_on_destroy"`

	Title                      types.String `tfsdk:"title"`
	ShortDescription           types.String `tfsdk:"short_description"`
	CategoryID                 types.Int64  `tfsdk:"category_id"`
	CountryIDs                 types.Set    `tfsdk:"country_ids"`
	WebsiteURL                 types.String `tfsdk:"website_url"`
	Price                      types.String `tfsdk:"price"`
	TrialDuration              types.Int64  `tfsdk:"trial_duration"`
	Channels                   types.Set    `tfsdk:"channels"`
	Permissions                types.Map    `tfsdk:"permissions"`
	CallbackURL                types.String `tfsdk:"callback_url"`
	RegistrationRedirectURL    types.String `tfsdk:"registration_redirect_url"`
	IsPersonalDataAccessNeeded types.Bool   `tfsdk:"is_personal_data_access_needed"`
	IsMultipleSalonsAllowed    types.Bool   `tfsdk:"is_multiple_salons_allowed"`
	IsIframe                   types.Bool   `tfsdk:"is_iframe"`
	Slug                       types.String `tfsdk:"slug"`
	IsNonpublic                types.Bool   `tfsdk:"is_nonpublic"`
	NonpublicWebhookURL        types.String `tfsdk:"nonpublic_webhook_url"`
	MonetizationType           types.String `tfsdk:"monetization_type"`
	FullDescription            types.String `tfsdk:"full_description"`
	FeaturesDescription        types.List   `tfsdk:"features_description"`
	PromoMaterials             types.List   `tfsdk:"promo_materials"`
	Questions                  types.List   `tfsdk:"questions"`
	Functionalities            types.Set    `tfsdk:"functionalities"`

	ConnectInstruction types.String `tfsdk:"connect_instruction"`
	PaymentInstruction types.String `tfsdk:"payment_instruction"`

	IconSource     types.String `tfsdk:"icon_source"`
	IconSourceHash types.String `tfsdk:"icon_source_hash"`

	IconURL     types.String `tfsdk:"icon_url"`
	InfoURL     types.String `tfsdk:"info_url"`
	ReviewURL   types.String `tfsdk:"review_url"`
	Status      types.String `tfsdk:"status"`
	CreatedAt   types.String `tfsdk:"created_at"`
	ModeratedAt types.String `tfsdk:"moderated_at"`
	IsPublished types.Bool   `tfsdk:"is_published"`
}

func (m applicationModel) applicationID() applicationID {
	return applicationID{m.PartnerID.ValueInt64(), m.ApplicationID.ValueInt64()}
}

func (m applicationModel) identity() applicationIdentityModel {
	return applicationIdentityModel{m.PartnerID, m.ApplicationID}
}

// importedCard returns the state of an application after an import: only its identity is known.
func importedCard(id applicationID) applicationModel {
	m := applicationModel{
		ID: types.StringValue(id.String()), PartnerID: types.Int64Value(id.account), ApplicationID: types.Int64Value(id.application),
	}
	_ = m.read(altegio.ApplicationCard{}, applicationModel{}) // sets nulls of the right types
	return m
}

// A cardBinding connects an attribute to the member of the card with the same name.
type cardBinding struct {
	name string
	// value returns the value of the attribute.
	value func() attr.Value
	// send copies the value of the attribute into the card. read copies it from the card: null if the card
	// does not have it.
	send func()
	read func(prior attr.Value) error
}

// bindings returns the attributes that are members of a card, in the order of the schema.
func (m *applicationModel) bindings(c *altegio.ApplicationCard) []cardBinding {
	return []cardBinding{
		textBinding("title", &m.Title, &c.Title),
		textBinding("short_description", &m.ShortDescription, &c.ShortDescription),
		numberBinding("category_id", &m.CategoryID, &c.CategoryID),
		setBinding("country_ids", types.Int64Type, &m.CountryIDs, &c.CountryIDs, intValue),
		textBinding("website_url", &m.WebsiteURL, &c.WebsiteURL),
		textBinding("price", &m.Price, &c.Price),
		numberBinding("trial_duration", &m.TrialDuration, &c.TrialDuration),
		setBinding("channels", types.Int64Type, &m.Channels, &c.Channels, intValue),
		permissionsBinding("permissions", &m.Permissions, &c.Permissions),
		textBinding("callback_url", &m.CallbackURL, &c.CallbackURL),
		textBinding("registration_redirect_url", &m.RegistrationRedirectURL, &c.RegistrationRedirectURL),
		boolBinding("is_personal_data_access_needed", &m.IsPersonalDataAccessNeeded, &c.IsPersonalDataAccessNeeded),
		boolBinding("is_multiple_salons_allowed", &m.IsMultipleSalonsAllowed, &c.IsMultipleSalonsAllowed),
		boolBinding("is_iframe", &m.IsIframe, &c.IsIframe),
		textBinding("slug", &m.Slug, &c.Slug),
		boolBinding("is_nonpublic", &m.IsNonpublic, &c.IsNonpublic),
		textBinding("nonpublic_webhook_url", &m.NonpublicWebhookURL, &c.NonpublicWebhookURL),
		textBinding("monetization_type", &m.MonetizationType, &c.MonetizationType),
		textBinding("full_description", &m.FullDescription, &c.FullDescription),
		listBinding("features_description", types.StringType, &m.FeaturesDescription, &c.FeaturesDescription, textValue),
		promoBinding("promo_materials", &m.PromoMaterials, &c.PromoMaterials),
		listBinding("questions", questionType, &m.Questions, &c.Questions, questionValue),
		setBinding("functionalities", types.StringType, &m.Functionalities, &c.Functionalities, textValue),
	}
}

func textBinding(name string, at *types.String, of **string) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send:  func() { *of = at.ValueStringPointer() },
		read:  func(attr.Value) error { *at = types.StringPointerValue(*of); return nil },
	}
}

func numberBinding(name string, at *types.Int64, of **int64) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send:  func() { *of = at.ValueInt64Pointer() },
		read:  func(attr.Value) error { *at = types.Int64PointerValue(*of); return nil },
	}
}

func boolBinding(name string, at *types.Bool, of **bool) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send:  func() { *of = at.ValueBoolPointer() },
		read:  func(attr.Value) error { *at = types.BoolPointerValue(*of); return nil },
	}
}

// An elementValue turns an element into a Terraform value, and back.
type elementValue[T any] struct {
	to   func(T) attr.Value
	from func(attr.Value) T
}

var (
	intValue = elementValue[int64]{
		func(i int64) attr.Value { return types.Int64Value(i) },
		func(v attr.Value) int64 { return v.(types.Int64).ValueInt64() },
	}
	textValue = elementValue[string]{
		func(s string) attr.Value { return types.StringValue(s) },
		func(v attr.Value) string { return v.(types.String).ValueString() },
	}
	questionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"question": types.StringType, "answer": types.StringType,
	}}
	questionValue = elementValue[altegio.Question]{
		func(q altegio.Question) attr.Value {
			return types.ObjectValueMust(questionType.AttrTypes, map[string]attr.Value{
				"question": types.StringValue(q.Question), "answer": types.StringValue(q.Answer),
			})
		},
		func(v attr.Value) altegio.Question {
			o := v.(types.Object).Attributes()
			return altegio.Question{Question: textValue.from(o["question"]), Answer: textValue.from(o["answer"])}
		},
	}
)

func (e elementValue[T]) all(list []T) []attr.Value {
	values := make([]attr.Value, 0, len(list))
	for _, item := range list {
		values = append(values, e.to(item))
	}
	return values
}

func (e elementValue[T]) each(values []attr.Value) []T {
	list := make([]T, 0, len(values))
	for _, value := range values {
		list = append(list, e.from(value))
	}
	return list
}

func setBinding[T interface{ ~int64 | ~string }](name string, typ attr.Type, at *types.Set, of *[]T, e elementValue[T]) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send: func() {
			if *of = nil; !at.IsNull() {
				*of = e.each(at.Elements())
			}
		},
		read: func(attr.Value) error {
			if *at = types.SetNull(typ); *of != nil {
				unique := slices.Clone(*of)
				slices.Sort(unique)
				*at = types.SetValueMust(typ, e.all(slices.Compact(unique)))
			}
			return nil
		},
	}
}

func listBinding[T any](name string, typ attr.Type, at *types.List, of *[]T, e elementValue[T]) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send: func() {
			if *of = nil; !at.IsNull() {
				*of = e.each(at.Elements())
			}
		},
		read: func(attr.Value) error {
			if *at = types.ListNull(typ); *of != nil {
				*at = types.ListValueMust(typ, e.all(*of))
			}
			return nil
		},
	}
}

// permissionsBinding leaves out permissions of 0, unless the state has them, so that a declared 0 stays.
func permissionsBinding(name string, at *types.Map, of *map[string]altegio.Decimal) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send: func() {
			if *of = nil; !at.IsNull() {
				*of = make(map[string]altegio.Decimal)
				for slug, value := range at.Elements() {
					(*of)[slug] = permissionOf(value.(types.Number))
				}
			}
		},
		read: func(prior attr.Value) error {
			*at = types.MapNull(types.NumberType)
			if *of == nil {
				return nil
			}
			values := make(map[string]attr.Value)
			declared, _ := prior.(types.Map)
			for slug, decimal := range *of {
				number, err := core.NumberFromDecimal(decimal)
				if err != nil {
					return fmt.Errorf("%s: %w", slug, err)
				}
				if !number.IsNull() && number.ValueBigFloat().Sign() != 0 {
					values[slug] = number
				}
			}
			for slug, value := range declared.Elements() {
				number, ok := value.(types.Number)
				if _, given := values[slug]; !given && ok && !number.IsNull() && !number.IsUnknown() && number.ValueBigFloat().Sign() == 0 {
					values[slug] = number
				}
			}
			*at = types.MapValueMust(types.NumberType, values)
			return nil
		},
	}
}

// permissionOf returns a permission in the API's form: a whole number of any realistic size, -1 for no
// limit. The schema rejects anything else.
func permissionOf(n types.Number) altegio.Decimal {
	f := n.ValueBigFloat()
	if n.IsNull() || n.IsUnknown() || !f.IsInt() || f.MantExp(nil) > maxPermissionBits {
		return ""
	}
	return altegio.Decimal(f.Text('f', 0))
}

// maxPermissionBits is far above any id or limit, and small enough to be written as digits.
const maxPermissionBits = 256

// readApplicationModel returns the state of an application. Values that only the configuration has, and its
// spelling of equal values, come from prior, a state or a plan.
func readApplicationModel(a *altegio.Application, prior applicationModel) (applicationModel, diag.Diagnostics) {
	id := applicationID{a.AccountID, a.ID}
	m := applicationModel{
		ID: types.StringValue(id.String()), PartnerID: types.Int64Value(id.account), ApplicationID: types.Int64Value(id.application),
		AbandonOnDestroy: prior.AbandonOnDestroy, IconSource: prior.IconSource, IconSourceHash: prior.IconSourceHash,
		IconURL: core.TextOrNull(a.IconURL), InfoURL: core.TextOrNull(a.InfoURL), ReviewURL: core.TextOrNull(a.ReviewURL),
		Status: core.TextOrNull(a.Status), CreatedAt: core.TextOrNull(a.CreatedAt), ModeratedAt: core.TextOrNull(a.ModeratedAt),
		IsPublished: types.BoolValue(a.Published()),
	}
	// An application without instructions has empty ones.
	instructions := a.Instructions()
	m.ConnectInstruction = types.StringValue(textOf(instructions.Connect))
	m.PaymentInstruction = types.StringValue(textOf(instructions.Payment))
	card, err := a.Card()
	if err == nil {
		err = m.read(card, prior)
	}
	if err != nil {
		return m, diag.Diagnostics{applicationNotAsDocumented(id, err)}
	}
	return m, nil
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (m *applicationModel) read(card altegio.ApplicationCard, prior applicationModel) error {
	before := prior.bindings(new(altegio.ApplicationCard))
	for i, b := range m.bindings(&card) {
		if err := b.read(before[i].value()); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return nil
}
