// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// The server works around three faults of its dependencies. Each of these tests fails when the fault is
// fixed; then the workaround can go. None of the faults had an issue upstream in November 2026.

// ourFramework is the provider as the framework serves it, without the workarounds of the server.
type ourFramework interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
}

func newFramework(t *testing.T) ourFramework {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("1.2.3-test")())()
	if err != nil {
		t.Fatal(err)
	}
	return server.(ourFramework)
}

// Write-only arguments of actions came with terraform-plugin-framework#1233. The framework refuses each
// value of one unless Terraform says that it knows them, which the protocol has no field for in actions.
func TestUpstream_frameworkRefusesWriteOnlyOfActions(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	resp, err := newFramework(t).ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: providertest.SetUpVoIPType,
		Config: providertest.Encode(t, p.ActionType(providertest.SetUpVoIPType),
			providertest.Args{"crm_token": "a-token", "enable": true}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range resp.Diagnostics {
		if d.Summary == "WriteOnly Attribute Not Allowed" {
			return
		}
	}
	t.Errorf("the framework accepts write-only arguments of actions: drop what server.ValidateActionConfig does about it; it says %v",
		resp.Diagnostics)
}

// Actions came with hashicorp/terraform#37006. Their arguments are validated while variables are
// unknown, and not when they are known.
func TestUpstream_terraformValidatesActionsBeforeVariables(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	var validated, known atomic.Int32
	p := providertest.NewProtocol(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"altegio": func() (tfprotov6.ProviderServer, error) {
				return watched{newFramework(t), func(req *tfprotov6.ValidateActionConfigRequest) {
					validated.Add(1)
					config, err := req.Config.Unmarshal(p.ActionType(req.ActionType))
					if err == nil && config.IsFullyKnown() {
						known.Add(1)
					}
				}}, nil
			},
		},
		Steps: []resource.TestStep{{Config: providertest.ProviderBlock(fake) + `
variable "payment_id" {
  default = 1531
}

action "altegio_refund_payment" "test" {
  config {
    payment_id = var.payment_id
  }
}

resource "terraform_data" "test" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_refund_payment.test]
    }
  }
}
`, ExpectError: providertest.ErrorText("payment")}},
	})
	switch {
	case validated.Load() == 0:
		t.Error("no action was validated")
	case known.Load() > 0:
		t.Error("Terraform validates actions when it knows their arguments: drop what server.PlanAction and " +
			"server.InvokeAction do about it once that is the oldest Terraform with actions in use")
	}
}

type watched struct {
	ourFramework
	sees func(*tfprotov6.ValidateActionConfigRequest)
}

func (w watched) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	w.sees(req)
	return w.ourFramework.ValidateActionConfig(ctx, req)
}

// What an action says after the provider was asked to stop never reaches Terraform: terraform-plugin-go
// ends the stream without it (InvokeAction of tf6server).
func TestUpstream_pluginLibraryDropsWhatStoppedActionsSay(t *testing.T) {
	t.Parallel()
	stopped := make(chan struct{})
	server := grpc.NewServer()
	plugin := &tf6server.GRPCProviderPlugin{Name: "altegio", GRPCProvider: func() tfprotov6.ProviderServer {
		return slowAction{stopped: stopped}
	}}
	if err := plugin.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 16)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	client, err := grpc.NewClient("passthrough:", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(encoded{})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })

	stream, err := client.NewStream(t.Context(), &grpc.StreamDesc{ServerStreams: true}, "/tfplugin6.Provider/InvokeAction")
	if err != nil {
		t.Fatal(err)
	}
	// InvokeAction.Request: action_type = 1.
	if err := stream.SendMsg(protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "slow")); err != nil {
		t.Fatal(err)
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	var event []byte
	if err := stream.RecvMsg(&event); err != nil {
		t.Fatalf("the progress does not come: %v", err)
	}
	var answer []byte
	if err := client.Invoke(t.Context(), "/tfplugin6.Provider/StopProvider", []byte{}, &answer); err != nil {
		t.Fatal(err)
	}
	close(stopped)
	if err := stream.RecvMsg(&event); !errors.Is(err, io.EOF) {
		t.Errorf("what an action says after a stop is told (%v, %q): let server.StopProvider no longer wait for it", err, event)
	}
}

// slowAction is a provider with an action that ends when stopped is closed.
type slowAction struct {
	ourFramework
	stopped chan struct{}
}

func (slowAction) StopProvider(context.Context, *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return new(tfprotov6.StopProviderResponse), nil
}

func (s slowAction) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		if push(tfprotov6.InvokeActionEvent{Type: tfprotov6.ProgressInvokeActionEventType{Message: "at work"}}) {
			<-s.stopped
			push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{}})
		}
	}}, nil
}

// encoded is the codec of messages that are encoded already: the types of the protocol are the library's own.
type encoded struct{}

func (encoded) Name() string { return "proto" }

func (encoded) Marshal(v any) ([]byte, error) { return v.([]byte), nil }

func (encoded) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
