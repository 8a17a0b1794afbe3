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
	// StatusPending: the application has to finish the installation.
	StatusPending = "pending"
	// StatusActive: the application is in use.
	StatusActive = "active"
	// StatusFreezed: suspended, usually because a payment is missing (API-51). The spelling is the API's.
	StatusFreezed = "freezed"
	// StatusUninstalled appears in logs, and the API may return it for an application that was once
	// installed.
	StatusUninstalled = "uninstalled"
)

// An Installation is the connection of an application at a location. Dates are the API's texts, such as
// "2006-01-02 15:04:05", in an undocumented time zone (API-20).
type Installation struct {
	// Status is one of the Status constants or a newer status; "" if the API returns none.
	Status string
	// CreatedAt is when the application was connected. It changes when the application is connected again.
	// "" if the API returns none.
	CreatedAt string
	Payments  []Payment
	Logs      []LogEntry
	// Incomplete is an *Error that says why the payments or the log could not be read, and are empty; nil
	// if they were read. The status does not depend on them.
	Incomplete error
}

// A Payment is a payment of a location for an application.
type Payment struct {
	ID          int64 // 0 if the API returns none
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
	// Payments and logs that are not as documented must not hide the status.
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

// installation also returns what is wrong with the payments and the log, if anything.
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

// Installation returns the installation of an application at a location. The error is ErrNotInstalled if
// the API answers 404 in its own envelope, or the status "uninstalled"
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

// SharedInstallation is like Installation, but sends one request per location and application in the life
// of the client: later and concurrent calls return the same answer. After a write to that installation, the
// next call sends a request again. Failures are not remembered.
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

// KnownInstallation returns the last answer, without a request.
func (c *Client) KnownInstallation(locationID, applicationID int64) (*Installation, bool) {
	return c.installations.peek(installationKey{locationID, applicationID})
}
