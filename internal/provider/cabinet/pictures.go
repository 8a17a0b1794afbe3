// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Pictures of an application are uploaded from files. The API answers with a URL of its choice, so a file
// is sent only when its hash in the configuration changes.

// maxPicture is the largest file that is sent, in bytes. The API's own limit is not known.
const maxPicture = 5 << 20

// pictureDataURL returns a file in the form that the API accepts. The error is a sentence for the user,
// without its dot.
func pictureDataURL(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return "", fmt.Errorf("the file %q cannot be read: %w", name, err)
	case info.IsDir():
		return "", fmt.Errorf("%q is a directory", name)
	case info.Size() > maxPicture:
		return "", fmt.Errorf("the file %q has %d bytes, and more than %d are not sent", name, info.Size(), maxPicture)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("the file %q cannot be read: %w", name, err)
	}
	kind, _, _ := strings.Cut(http.DetectContentType(content), ";")
	if strings.EqualFold(filepath.Ext(name), ".svg") && strings.Contains(string(content), "<svg") {
		kind = "image/svg+xml"
	}
	if !strings.HasPrefix(kind, "image/") {
		return "", fmt.Errorf("the file %q is not a picture but %s", name, kind)
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}

// A promoMaterial is an element of promo_materials.
type promoMaterial struct {
	Type       types.String `tfsdk:"type"`
	Content    types.String `tfsdk:"content"`
	Source     types.String `tfsdk:"source"`
	SourceHash types.String `tfsdk:"source_hash"`
}

var promoType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"type": types.StringType, "content": types.StringType, "source": types.StringType, "source_hash": types.StringType,
}}

func (p promoMaterial) object() attr.Value {
	return types.ObjectValueMust(promoType.AttrTypes, map[string]attr.Value{
		"type": p.Type, "content": p.Content, "source": p.Source, "source_hash": p.SourceHash,
	})
}

// promoMaterials returns the known elements of a list.
func promoMaterials(list types.List) (materials []promoMaterial) {
	for _, element := range list.Elements() {
		var p promoMaterial
		if o, ok := element.(types.Object); ok && !o.IsNull() && !o.IsUnknown() {
			a := o.Attributes()
			p = promoMaterial{
				Type: a["type"].(types.String), Content: a["content"].(types.String),
				Source: a["source"].(types.String), SourceHash: a["source_hash"].(types.String),
			}
		} else {
			p = promoMaterial{Type: types.StringUnknown(), Content: types.StringUnknown()}
		}
		materials = append(materials, p)
	}
	return materials
}

func promoList(materials []promoMaterial) types.List {
	values := make([]attr.Value, 0, len(materials))
	for _, p := range materials {
		values = append(values, p.object())
	}
	return types.ListValueMust(promoType, values)
}

func (p promoMaterial) wire() altegio.PromoMaterial {
	content := p.Content.ValueString()
	if p.isUpload() {
		content, _ = pictureDataURL(p.Source.ValueString()) // it was checked before
	}
	return altegio.PromoMaterial{Type: p.Type.ValueString(), Content: content}
}

// isUpload reports whether a planned material is a file that was not sent yet.
func (p promoMaterial) isUpload() bool { return p.Content.IsUnknown() && p.Source.ValueString() != "" }

// promoBinding keeps the spelling of the prior state or the plan for equal values.
func promoBinding(name string, at *types.List, of *[]altegio.PromoMaterial) cardBinding {
	return cardBinding{
		name:  name,
		value: func() attr.Value { return *at },
		send: func() {
			if *of = nil; !at.IsNull() {
				*of = []altegio.PromoMaterial{}
				for _, p := range promoMaterials(*at) {
					*of = append(*of, p.wire())
				}
			}
		},
		read: func(prior attr.Value) error {
			if *at = types.ListNull(promoType); *of == nil {
				return nil
			}
			list, _ := prior.(types.List)
			before := promoMaterials(list)
			materials := make([]promoMaterial, 0, len(*of))
			for i, now := range *of {
				p := promoMaterial{Type: types.StringValue(now.Type), Content: types.StringValue(now.Content)}
				if i < len(before) && before[i].isUpload() && before[i].Type.ValueString() == now.Type {
					p.Source, p.SourceHash = before[i].Source, before[i].SourceHash
				}
				for _, b := range before {
					if !b.Content.IsUnknown() && b.wire().Same(now) {
						p = b
						break
					}
				}
				materials = append(materials, p)
			}
			*at = promoList(materials)
			return nil
		},
	}
}

// planPromo returns the plan for promo_materials: a file that the state has with the same hash stays, and
// any other file is uploaded.
func planPromo(config, plan, state types.List) types.List {
	if config.IsNull() || config.IsUnknown() {
		return plan
	}
	before := promoMaterials(state)
	planned := promoMaterials(config)
	for i, p := range planned {
		if !p.Content.IsNull() || p.Source.IsNull() {
			continue
		}
		planned[i].Content = types.StringUnknown()
		for _, b := range before {
			if p.Type.Equal(b.Type) && p.Source.Equal(b.Source) && p.SourceHash.Equal(b.SourceHash) {
				planned[i].Content = b.Content
			}
		}
	}
	for _, element := range config.Elements() {
		if element.IsUnknown() {
			return config // it is planned again when it is known
		}
	}
	return promoList(planned)
}

// pictureFiles returns the files that a plan sends, each with the path of its attribute.
func (m applicationModel) pictureFiles(state applicationModel) map[string]path.Path {
	files := make(map[string]path.Path)
	if m.sendsIcon(state) && !m.IconSource.IsUnknown() && !m.IconSourceHash.IsUnknown() {
		files[m.IconSource.ValueString()] = path.Root("icon_source")
	}
	for i, p := range promoMaterials(m.PromoMaterials) {
		if p.isUpload() && !p.SourceHash.IsUnknown() {
			files[p.Source.ValueString()] = path.Root("promo_materials").AtListIndex(i).AtName("source")
		}
	}
	return files
}

// sendsIcon reports whether a plan sends the icon.
func (m applicationModel) sendsIcon(state applicationModel) bool {
	return !m.IconSource.IsNull() && !m.IconSourceHash.Equal(state.IconSourceHash)
}

// promoValidator accepts a material that is either one that Altegio already has or a file.
type promoValidator struct{}

func (promoValidator) Description(context.Context) string {
	return "a picture is either one that Altegio has, by its URL or path in content, or a file in source with its source_hash; a video " +
		"has content"
}

func (v promoValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v promoValidator) ValidateObject(ctx context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	p := promoMaterials(types.ListValueMust(promoType, []attr.Value{req.ConfigValue}))[0]
	known := !p.Content.IsUnknown() && !p.Source.IsUnknown() && !p.SourceHash.IsUnknown()
	video := p.Type.ValueString() == "video"
	switch content := p.Content.ValueString(); {
	case known && (p.Content.IsNull() == p.Source.IsNull() || p.Source.IsNull() != p.SourceHash.IsNull() || video && !p.Source.IsNull()):
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid promotional material", fmt.Sprintf("In %s, %s.", req.Path, v.Description(ctx)))
	case strings.Contains(content, "base64") && !video && !p.Type.IsUnknown():
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid promotional material", fmt.Sprintf(
			"Altegio stores content that contains \"base64\" as a new picture, even if it is not one, and the picture is corrupt then. In %s, %s.", req.Path, v.Description(ctx)))
	}
}
