// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// PlanResourceChange implements tfprotov6.ResourceServer. Combined warnings wait for it.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if diags := s.tooLong("resource "+req.TypeName, req.Config, req.ProposedNewState); diags != nil {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: diags}, nil
	}
	defer s.activity.Begin()()
	end := s.activity.Plan(req.PriorPrivate, isNull(req.PriorState), isNull(req.ProposedNewState))
	unheard := isNull(req.PriorState) && len(req.PriorPrivate) > 0 // the second plan of a replacement
	if unheard {
		ctx = core.Unheard(ctx)
	}
	ctx, box := withNoticeBox(ctx)
	resp, err := s.frameworkServer.PlanResourceChange(ctx, req)
	if resp != nil {
		end(len(resp.RequiresReplace) > 0)
		resp.Diagnostics = tidied(resp.Diagnostics)
		if !unheard {
			resp.Diagnostics = append(resp.Diagnostics, s.notices.warnings(box)...)
		}
	}
	return resp, err
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	if diags := s.tooLong("resource "+req.TypeName, req.Config, req.PlannedState); diags != nil {
		return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: diags}, nil
	}
	ctx, box := withNoticeBox(ctx)
	end := s.activity.Apply()
	resp, err := s.frameworkServer.ApplyResourceChange(ctx, req)
	if resp != nil {
		end(resp.Private)
		resp.Diagnostics = append(tidied(resp.Diagnostics), s.notices.warnings(box)...)
	}
	return resp, err
}

// ReadResource implements tfprotov6.ResourceServer. Combined warnings wait for it.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	s.activity.Refresh(req.Private)
	defer s.activity.Begin()()
	ctx, box := withNoticeBox(ctx)
	resp, err := s.frameworkServer.ReadResource(ctx, req)
	if resp != nil {
		resp.Diagnostics = append(tidied(resp.Diagnostics), s.notices.warnings(box)...)
	}
	return resp, err
}

// ReadDataSource implements tfprotov6.DataSourceServer.
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	if diags := s.tooLong("data "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ReadDataSourceResponse{Diagnostics: diags}, nil
	}
	ctx, box := withNoticeBox(ctx)
	resp, err := s.frameworkServer.ReadDataSource(ctx, req)
	if resp != nil {
		resp.Diagnostics = append(tidied(resp.Diagnostics), s.notices.warnings(box)...)
	}
	return resp, err
}

// isNull reports whether a value that Terraform sends is null, as the state of what does not exist.
func isNull(value *tfprotov6.DynamicValue) bool {
	if value == nil {
		return true
	}
	null, err := value.IsNull()
	return err == nil && null
}
