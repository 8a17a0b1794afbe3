package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Server returns a constructor of the provider as Terraform talks to it: the framework's server, with
// two things put right about actions.
//
//   - Terraform (as of 1.15) validates the arguments of an action only before it knows any variable.
//     They are validated when it plans and when it invokes an action too, so that no payment is
//     reported with arguments that nobody has looked at.
//   - The framework (as of 1.19) has write-only arguments of actions, but refuses every value for
//     them, because it takes Terraform to be too old. No Terraform that knows actions is.
func Server(version string) func() (tfprotov6.ProviderServer, error) {
	return func() (tfprotov6.ProviderServer, error) {
		framework, err := providerserver.NewProtocol6WithError(New(version)())()
		if err != nil {
			return nil, err
		}
		return &server{framework.(frameworkServer)}, nil
	}
}

// frameworkServer is all that the framework serves of what this provider has.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
}

type server struct{ frameworkServer }

// ValidateActionConfig implements tfprotov6.ActionServer.
func (s *server) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := s.frameworkServer.ValidateActionConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = slices.DeleteFunc(resp.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
			return d.Summary == "WriteOnly Attribute Not Allowed"
		})
	}
	return resp, err
}

// PlanAction implements tfprotov6.ActionServer.
func (s *server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	valid, err := s.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: req.ActionType, Config: req.Config})
	if err != nil {
		return nil, err
	}
	if hasErrors(valid.Diagnostics) {
		return &tfprotov6.PlanActionResponse{Diagnostics: valid.Diagnostics}, nil
	}
	return s.frameworkServer.PlanAction(ctx, req)
}

// InvokeAction implements tfprotov6.ActionServer.
func (s *server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	valid, err := s.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: req.ActionType, Config: req.Config})
	if err != nil {
		return nil, err
	}
	if hasErrors(valid.Diagnostics) {
		return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
			push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: valid.Diagnostics}})
		}}, nil
	}
	return s.frameworkServer.InvokeAction(ctx, req)
}

func hasErrors(diags []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool {
		return d.Severity == tfprotov6.DiagnosticSeverityError
	})
}
