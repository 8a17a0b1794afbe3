// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// The statuses of an installation that the vendor documents (API-42). Others pass through.
const (
	// StatusPending waits for the application to finish its set-up.
	StatusPending = "pending"
	// StatusActive works.
	StatusActive = "active"
	// StatusFreezed is suspended, usually because a payment is missing (API-51). The spelling is the API's.
	StatusFreezed = "freezed"
	// StatusUninstalled appears in logs, and may be answered for what was once installed.
	StatusUninstalled = "uninstalled"
)

// An Installation is an application as it is connected at a location. Dates are the API's texts,
// "2006-01-02 15:04:05" in a time zone that it does not tell.
type Installation struct {
	// Status is one of the Status constants or a newer one; "" when the API did not say.
	Status string
	// CreatedAt is when the application was connected; it changes when it is connected again. ""
	// when the API did not say.
	CreatedAt string
	Payments  []Payment
	Logs      []LogEntry
	// Incomplete is an *Error that says why payments or the log, which are empty then, could not be
	// read; nil when they were. The status does not depend on it.
	Incomplete error
}

// A Payment is a payment of a location for an application.
type Payment struct {
	ID          int64 // 0 when the API did not say
	Sum         Decimal
	CurrencyISO string // "" when the API did not say
	PaymentDate string
	PeriodFrom  string // inclusive
	PeriodTo    string // inclusive
	IsRefunded  bool
	RefundedAt  string // "" when not refunded or when the API did not say
}

// A LogEntry is a change of an installation's status.
type LogEntry struct {
	ChangedAt  string
	StatusFrom string
	StatusTo   string
	Source     string // who changed it, such as "marketplace" or "partner_api"
}

type wireInstallation struct {
	ConnectionStatus emptyArrayOr[struct {
		Status    wireText `json:"status"`
		CreatedAt wireText `json:"created_at"`
	}] `json:"connection_status"`
	// What is odd about these must not keep anybody from the status.
	Payments json.RawMessage `json:"payments"`
	Logs     json.RawMessage `json:"logs"`
}

func (p *Payment) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.integer(&p.ID)
	case "payment_sum":
		return f.decimal(&p.Sum)
	case "currency_iso":
		return f.text(&p.CurrencyISO)
	case "payment_date":
		return f.text(&p.PaymentDate)
	case "period_from":
		return f.text(&p.PeriodFrom)
	case "period_to":
		return f.text(&p.PeriodTo)
	case "is_refunded":
		return f.flag(&p.IsRefunded)
	case "refunded_at":
		return f.text(&p.RefundedAt)
	}
	return nil
}

func (l *LogEntry) set(f field) error {
	switch string(f.name) {
	case "changed_at":
		return f.text(&l.ChangedAt)
	case "status_from":
		return f.text(&l.StatusFrom)
	case "status_to":
		return f.text(&l.StatusTo)
	case "source":
		return f.text(&l.Source)
	}
	return nil
}

// installation also returns what is wrong with payments and log, if anything.
func (w wireInstallation) installation() (i *Installation, problem string) {
	i = &Installation{
		Status:    string(w.ConnectionStatus.value.Status),
		CreatedAt: string(w.ConnectionStatus.value.CreatedAt),
		Payments:  []Payment{},
		Logs:      []LogEntry{},
	}
	payments, err := readRows(w.Payments, (*Payment).set, nil)
	if err != nil {
		return i, "the payments are not as documented: " + err.Error()
	}
	logs, err := readRows(w.Logs, (*LogEntry).set, nil)
	if err != nil {
		return i, "the log is not as documented: " + err.Error()
	}
	i.Payments = append(i.Payments, payments...)
	i.Logs = append(i.Logs, logs...)
	return i, ""
}

// Installation asks how an application is connected at a location. When it is not, the error is
// ErrNotInstalled: the API answered 404 in its own envelope, or the status "uninstalled"
// (get_marketplace_integration_status).
func (c *Client) Installation(ctx context.Context, locationID, applicationID int64) (*Installation, error) {
	return c.installations.renew(ctx, installationKey{locationID, applicationID},
		func(ctx context.Context) (*Installation, error) {
			return c.installation(ctx, locationID, applicationID)
		})
}

func (c *Client) installation(ctx context.Context, locationID, applicationID int64) (*Installation, error) {
	r := request{
		operation: "get_marketplace_integration_status",
		base:      c.appURL,
		path:      installationPath(locationID, applicationID),
	}
	wire, err := get[wireInstallation](ctx, c, r)
	if errors.Is(err, ErrGone) {
		return nil, &notInstalledError{err: err}
	}
	if err != nil {
		return nil, err
	}
	installation, problem := wire.installation()
	if problem != "" {
		installation.Incomplete = r.unexpected(0, c.tidy(problem))
	}
	if installation.Status == StatusUninstalled {
		return nil, &notInstalledError{err: &Error{
			Kind: KindRefused, Operation: r.operation, Method: http.MethodGet, URL: urlText(r.url()),
			StatusCode: http.StatusOK, Message: "the status is " + StatusUninstalled,
		}}
	}
	return installation, nil
}

// SharedInstallation is Installation, asked once for a location and application in the life of the
// client: later calls, and calls made at the same moment, get the same answer. A write of this
// client to that installation makes the next call ask again. Failures are not remembered.
func (c *Client) SharedInstallation(ctx context.Context, locationID, applicationID int64) (*Installation, error) {
	return c.installations.get(ctx, installationKey{locationID, applicationID},
		func(ctx context.Context) (*Installation, error) {
			return c.installation(ctx, locationID, applicationID)
		})
}

type installationKey struct{ location, application int64 }

func installationPath(locationID, applicationID int64) string {
	return "/marketplace/salon/" + strconv.FormatInt(locationID, 10) +
		"/application/" + strconv.FormatInt(applicationID, 10)
}

// KnownInstallation returns what the API has answered last, without asking.
func (c *Client) KnownInstallation(locationID, applicationID int64) (*Installation, bool) {
	return c.installations.peek(installationKey{locationID, applicationID})
}
