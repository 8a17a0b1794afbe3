// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// This file has the code that actions share. An action is an event: it leaves nothing in the state, and
// Terraform invokes it whenever it is told to.

// ActionsNeed ends the description of every action.
const ActionsNeed = " Requires Terraform 1.14 or later; OpenTofu has no actions."

// ActionIDAttribute returns the attribute of an id of Altegio's in an action.
func ActionIDAttribute(description string) schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: description,
		Required:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(1)},
	}
}

// Begin reads the arguments into a model. It returns the client for the action, and a context that reports
// each wait to the user.
func (a *ConfiguredAction) Begin(
	ctx context.Context, req action.InvokeRequest, model any, resp *action.InvokeResponse,
) (context.Context, *altegio.Client) {
	resp.Diagnostics.Append(req.Config.Get(ctx, model)...)
	ctx = context.WithValue(ctx, sayKey{}, func(line string) { Say(resp, "%s", line) })
	return ctx, a.Session.API(&resp.Diagnostics)
}

// sayKey is the context key of the function that shows a line to the user of an action.
type sayKey struct{}

// SayIn shows a line to the user of the action that a context belongs to. Any other context is left alone.
func SayIn(ctx context.Context, line string) {
	if say, ok := ctx.Value(sayKey{}).(func(string)); ok {
		say(line)
	}
}

// Say shows the user the progress of an action.
func Say(resp *action.InvokeResponse, format string, values ...any) {
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, values...)})
}
