// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// Server returns a constructor of the provider as Terraform talks to it: the framework's server, which
// counts what is under way, tells as warnings what the client notices (see noticeBox), and works
// around three faults in actions. upstream_test.go fails when one of them is gone.
//
//   - Terraform validates the arguments of an action while its variables are unknown, and never again.
//     They are validated when it plans and when it invokes an action too, so that no payment is
//     reported with arguments that nobody has looked at.
//   - The framework has write-only arguments of actions, but refuses every value for them, because it
//     takes Terraform to be too old. No Terraform that has actions is.
//   - When Terraform is interrupted, the plugin library drops what an action under way still says,
//     its failure too, and Terraform takes the silence for success. So stopping the provider waits for
//     actions, which take no longer than the request that is on its way. Terraform itself panics when
//     it hears about progress after an interrupt, so what an action says then is kept for its end.
func Server(version string) func() (tfprotov6.ProviderServer, error) {
	return ServerWith(version, Options{Moment: gatherMoment, InFlight: core.InFlight})
}

// gatherMoment is longer than Terraform takes between two requests, unless it is busy.
const gatherMoment = 300 * time.Millisecond

// Options are the settings that tests change.
type Options struct {
	// Moment is how long no request must be running before a combined warning is shown.
	Moment time.Duration
	// InFlight is how many requests a resource of many locations sends at once.
	InFlight int
	// Around wraps the provider, unless it is nil.
	Around func(provider.Provider) provider.Provider
}

// ServerWith is Server with other options.
func ServerWith(version string, o Options) func() (tfprotov6.ProviderServer, error) {
	return func() (tfprotov6.ProviderServer, error) {
		p := newProvider(version)
		p.moment, p.inFlight = o.Moment, o.InFlight
		if o.Around != nil {
			return serve(o.Around(p), p.activity)
		}
		return serve(p, p.activity)
	}
}

func serve(p provider.Provider, underWay *core.Activity) (tfprotov6.ProviderServer, error) {
	framework, err := providerserver.NewProtocol6WithError(p)()
	if err != nil {
		return nil, err
	}
	s := &server{frameworkServer: framework.(frameworkServer), activity: underWay}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.types = sync.OnceValue(func() valueTypes {
		types, _ := typesOf(context.Background(), framework.(frameworkServer)) // Terraform has asked for it before
		return types
	})
	return s, nil
}

// frameworkServer is all that the framework serves of what this provider has.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
}

type server struct {
	frameworkServer
	types    func() valueTypes
	activity *core.Activity
	notices  noticeRun
	running  sync.RWMutex // read-locked by each running action
	stopping context.Context
	stop     context.CancelFunc
}

// StopProvider implements tfprotov6.ProviderServer.
func (s *server) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	s.stop()
	s.running.Lock()
	defer s.running.Unlock()
	return s.frameworkServer.StopProvider(ctx, req)
}

// ValidateActionConfig implements tfprotov6.ActionServer.
func (s *server) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	if diags := s.tooLong("action "+req.ActionType, req.Config); diags != nil {
		return &tfprotov6.ValidateActionConfigResponse{Diagnostics: diags}, nil
	}
	resp, err := s.frameworkServer.ValidateActionConfig(ctx, req)
	if resp != nil {
		resp.Diagnostics = slices.DeleteFunc(resp.Diagnostics, func(d *tfprotov6.Diagnostic) bool {
			return d.Summary == "WriteOnly Attribute Not Allowed"
		})
		resp.Diagnostics = tidied(resp.Diagnostics)
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
		valid.Diagnostics = s.withheld(ctx, req.ActionType, valid.Diagnostics)
		return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
			push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: valid.Diagnostics}})
		}}, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	stream, err := s.frameworkServer.InvokeAction(ctx, req)
	if err != nil {
		cancel()
		return nil, err
	}
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		s.running.RLock()
		defer s.running.RUnlock()
		defer cancel()
		if s.stopping.Err() != nil {
			cancel()
		}
		defer context.AfterFunc(s.stopping, cancel)()
		var kept []string
		stream.Events(func(event tfprotov6.InvokeActionEvent) bool {
			if s.stopping.Err() == nil {
				return push(event)
			}
			switch event := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				kept = append(kept, event.Message)
			case tfprotov6.CompletedInvokeActionEventType:
				if len(kept) > 0 {
					event.Diagnostics = append(event.Diagnostics, afterInterrupt(kept))
				}
				return push(tfprotov6.InvokeActionEvent{Type: event})
			}
			return true
		})
	}}, nil
}

func afterInterrupt(said []string) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityWarning,
		Summary:  "An action ended after the interrupt",
		Detail:   strings.Join(said, "\n"),
	}
}

func hasErrors(diags []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool {
		return d.Severity == tfprotov6.DiagnosticSeverityError
	})
}
