// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// parseChannelIDFunction takes the id of a channel apart.
type parseChannelIDFunction struct{}

var _ function.Function = parseChannelIDFunction{}

func newParseChannelIDFunction() function.Function { return parseChannelIDFunction{} }

func (parseChannelIDFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_channel_id"
}

func (parseChannelIDFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Takes the id of a channel apart.",
		MarkdownDescription: "Takes the id of an `altegio_application_channel`, `" + channelIDForm + "`, apart into an object " +
			"with `location_id`, `application_id` and `channel_slug`. It makes no request, and needs Terraform 1.8 or OpenTofu 1.7.",
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

func (parseChannelIDFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	resp.Error = req.Arguments.Get(ctx, &text)
	if resp.Error != nil {
		return
	}
	id, err := parseChannelID(text)
	if err != nil {
		detail := invalidImportID(text, channelIDForm, channelIDExample, err).Detail()
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(detail, ".")) // Terraform ends it
		return
	}
	resp.Error = resp.Result.Set(ctx, importedChannel(id).identity())
}
