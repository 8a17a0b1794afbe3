// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// idFunction builds the id by which a channel is imported.
type idFunction struct{}

var _ function.Function = idFunction{}

// NewIDFunction returns channel_id.
func NewIDFunction() function.Function { return idFunction{} }

func (idFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "channel_id"
}

func (idFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Builds the id of a channel.",
		MarkdownDescription: "Builds the id of an `altegio_application_channel`, `" + channelIDForm + "`, for `import` " +
			"blocks with `for_each`. Makes no request. Requires Terraform 1.8 or OpenTofu 1.7.",
		Parameters: []function.Parameter{
			function.Int64Parameter{
				Name:                "location_id",
				MarkdownDescription: "Id of the location.",
				Validators:          []function.Int64ParameterValidator{int64validator.AtLeast(1)},
			},
			function.Int64Parameter{
				Name:                "application_id",
				MarkdownDescription: "Id of the application.",
				Validators:          []function.Int64ParameterValidator{int64validator.AtLeast(1)},
			},
			function.StringParameter{
				Name:                "channel_slug",
				MarkdownDescription: "Name of the channel, `sms` or `whatsapp`.",
				Validators:          []function.StringParameterValidator{stringvalidator.OneOf(core.SlugNames()...)},
			},
		},
		Return: function.StringReturn{},
	}
}

func (idFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var id channelID
	var slug string
	resp.Error = req.Arguments.Get(ctx, &id.location, &id.application, &slug)
	if resp.Error != nil {
		return
	}
	id.slug = altegio.ChannelSlug(slug)
	resp.Error = resp.Result.Set(ctx, id.String())
}
