// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// logSubsystem is the subsystem of the log for requests. TF_LOG_PROVIDER_ALTEGIO_HTTP sets its level.
const logSubsystem = "http"

// apiLog writes the client's events to the log of the Terraform request that caused them. The events
// contain no secrets, so nothing is masked.
type apiLog struct{}

func subsystem(ctx context.Context) context.Context {
	return tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_ALTEGIO", logSubsystem))
}

// Waiting implements altegio.Observer. For a resource in progress, Terraform shows only "Still
// creating...". For an action, it shows the lines that the action sends.
func (apiLog) Waiting(ctx context.Context, event altegio.WaitEvent) {
	fields := requestFields(event.RequestEvent)
	fields["wait"], fields["reason"] = event.Wait.String(), event.Reason
	log := tflog.SubsystemInfo
	if event.Limited {
		log = tflog.SubsystemWarn
	}
	log(subsystem(ctx), logSubsystem, "Waiting before an Altegio request", fields)
	core.SayIn(ctx, fmt.Sprintf("Waiting %s because of %s.", max(event.Wait.Round(time.Second), time.Second), event.Reason))
}

// Sending implements altegio.Observer.
func (apiLog) Sending(ctx context.Context, event altegio.RequestEvent) {
	tflog.SubsystemTrace(subsystem(ctx), logSubsystem, "Sending an Altegio request", requestFields(event))
}

// Done implements altegio.Observer.
func (apiLog) Done(ctx context.Context, event altegio.ResponseEvent) {
	fields := requestFields(event.RequestEvent)
	fields["duration_ms"] = event.Duration.Milliseconds()
	if event.StatusCode != 0 {
		fields["status"] = event.StatusCode
	}
	if event.Err != "" {
		fields["error"] = event.Err
	}
	if event.Retry == "" {
		tflog.SubsystemDebug(subsystem(ctx), logSubsystem, "Altegio request done", fields)
		return
	}
	fields["retry"], fields["retry_in"] = event.Retry, event.RetryIn.String()
	tflog.SubsystemWarn(subsystem(ctx), logSubsystem, "Altegio request will be repeated", fields)
}

// Noticed implements altegio.Observer.
func (apiLog) Noticed(ctx context.Context, notice altegio.Notice) {
	message := "Altegio answered oddly"
	if notice.Kind == altegio.NoticeHost {
		message = notice.Text
	} else {
		addNotice(ctx, notice)
	}
	tflog.SubsystemWarn(subsystem(ctx), logSubsystem, message, map[string]any{
		"kind":      string(notice.Kind),
		"operation": notice.Operation,
		"method":    notice.Method,
		"host":      notice.Host,
		"path":      notice.Path,
		"text":      notice.Text,
	})
}

// logPaceProblem says once that a run keeps to the limits on its own.
func logPaceProblem(ctx context.Context, why string) {
	tflog.SubsystemWarn(subsystem(ctx), logSubsystem,
		"This run keeps to the rate limits without regard to other runs on this machine", map[string]any{"reason": why})
}

func requestFields(event altegio.RequestEvent) map[string]any {
	return map[string]any{
		"operation": event.Operation,
		"method":    event.Method,
		"host":      event.Host,
		"path":      event.Path,
		"attempt":   event.Attempt,
	}
}
