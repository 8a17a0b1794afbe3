// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Some values never reach a validator: the framework and its types reject them first, in words that blame
// the provider. The server replaces those words.

var (
	// notWhole matches the framework's message about a number that is not an int64, and ofDuration the
	// message of its types for durations.
	notWhole   = regexp.MustCompile(`Value %!s\(\*big\.Float=([^)]+)\) (is not an integer|cannot be represented as a 64-bit integer)`)
	ofDuration = regexp.MustCompile(`(?s)Given Value: (.*?)\nError: |^"([^"]*)" must be a string containing a sequence of decimal numbers`)
)

// tidied replaces the framework's messages about such values.
func tidied(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	for _, d := range diags {
		at := "The value"
		if d.Attribute != nil {
			at = "Attribute " + attributeText(d.Attribute)
		}
		if said := notWhole.FindStringSubmatch(d.Detail); said != nil {
			d.Summary, d.Detail = "Invalid number", fmt.Sprintf("%s must be a whole number, got: %s.", at, said[1])
			if strings.Contains(said[2], "64-bit") {
				d.Detail = fmt.Sprintf("%s must be a whole number of at most 19 digits, got: %s.", at, said[1])
			}
			continue
		}
		if said := ofDuration.FindStringSubmatch(d.Detail); said != nil && strings.Contains(d.Summary, "Time Duration") {
			d.Summary, d.Detail = "Invalid duration", fmt.Sprintf("%s value must be a duration with a unit, such as \"30s\" or \"2m\", got: %q.",
				at, said[1]+said[2])
		}
	}
	return diags
}

// withheld explains write-only arguments that were in the plan and are missing when the action is invoked:
// Terraform 1.16 and later pass no ephemeral value to an action that -invoke runs.
func (s *server) withheld(ctx context.Context, actionType string, diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || schemas.ActionSchemas[actionType] == nil {
		return diags
	}
	for _, a := range schemas.ActionSchemas[actionType].Schema.Block.Attributes {
		for _, d := range diags {
			if a.WriteOnly && d.Summary == "Missing Configuration for Required Attribute" && d.Attribute != nil && attributeText(d.Attribute) == a.Name {
				d.Summary = fmt.Sprintf("Terraform did not hand over %s", a.Name)
				d.Detail = fmt.Sprintf("The plan had a value for %s, but the apply got none. Terraform 1.16 and later pass no ephemeral value to an "+
					"action that is run with -invoke. Nothing was sent.\n\nTrigger the action from a resource, with an action_trigger in its "+
					"lifecycle: ephemeral values are passed on then. Or use a variable that is not ephemeral, and delete the saved plan, "+
					"if there is one, because it contains the value in plain text.", a.Name)
			}
		}
	}
	return diags
}

// attributeText returns a path as a user writes it.
func attributeText(p *tftypes.AttributePath) string {
	var b strings.Builder
	for _, step := range p.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", string(step))
		}
	}
	return b.String()
}

// ValidateProviderConfig implements tfprotov6.ProviderServer.
func (s *server) ValidateProviderConfig(ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	if diags := s.tooLong("provider", req.Config); diags != nil {
		return &tfprotov6.ValidateProviderConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateProviderConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}

// ConfigureProvider implements tfprotov6.ProviderServer.
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	if diags := s.tooLong("provider", req.Config); diags != nil {
		return &tfprotov6.ConfigureProviderResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ConfigureProvider(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if diags := s.tooLong("resource "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateResourceConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}

// ValidateDataResourceConfig implements tfprotov6.DataSourceServer.
func (s *server) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	if diags := s.tooLong("data "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateDataResourceConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}

// ValidateEphemeralResourceConfig implements tfprotov6.EphemeralResourceServer.
func (s *server) ValidateEphemeralResourceConfig(ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	if diags := s.tooLong("ephemeral "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ValidateEphemeralResourceConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateEphemeralResourceConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}

// ValidateListResourceConfig implements tfprotov6.ListResourceServer.
func (s *server) ValidateListResourceConfig(ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	if diags := s.tooLong("list "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ValidateListResourceConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateListResourceConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = tidied(resp.Diagnostics)
	}
	return resp, err
}
