// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// parseIDFunction splits the id of a channel into its parts.
type parseIDFunction struct{}

var _ function.Function = parseIDFunction{}

// NewParseIDFunction returns parse_channel_id.
func NewParseIDFunction() function.Function { return parseIDFunction{} }

func (parseIDFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_channel_id"
}

func (parseIDFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Splits the id of a channel into its parts.",
		MarkdownDescription: "Splits the id of an `altegio_application_channel`, `" + channelIDForm + "`, into an object " +
			"with `location_id`, `application_id` and `channel_slug`. Makes no request. Requires Terraform 1.8 or OpenTofu 1.7.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "id",
				MarkdownDescription: "Id of the channel, for example `1001/456/sms`.",
			},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"location_id":    types.Int64Type,
			"application_id": types.Int64Type,
			"channel_slug":   types.StringType,
		}},
	}
}

func (parseIDFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	resp.Error = req.Arguments.Get(ctx, &text)
	if resp.Error != nil {
		return
	}
	id, err := parseChannelID(text)
	if err != nil {
		detail := core.InvalidImportID(text, channelIDForm, channelIDExample, err).Detail()
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(detail, ".")) // Terraform ends it
		return
	}
	resp.Error = resp.Result.Set(ctx, importedChannel(id).identity())
}
