// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Sentinels for errors.Is.
var (
	// ErrApplicationExists says that the account already has an application with the slug.
	ErrApplicationExists = errors.New("the account has an application with this slug")
	// ErrNotCreated says that an application was not created: after a failure with an unknown outcome, its
	// account does not list it.
	ErrNotCreated = errors.New("the application was not created")
)

// ApplicationExistsError is ErrApplicationExists, with the application that exists.
type ApplicationExistsError struct{ Application *Application }

// Error names the application that has the slug.
func (e *ApplicationExistsError) Error() string {
	return fmt.Sprintf("%s: application %d of account %d", ErrApplicationExists, e.Application.ID, e.Application.AccountID)
}

// Unwrap makes it ErrApplicationExists.
func (e *ApplicationExistsError) Unwrap() error { return ErrApplicationExists }

// CreateApplication creates an application of a developer account, and returns it as the account lists it
// afterwards. What the API returns for a creation is not documented (API-74), so the application is looked
// up by its slug, which must be set and new; otherwise the error is an *ApplicationExistsError.
// FullDescription, FeaturesDescription, PromoMaterials, Questions and Functionalities are not sent; set
// them with UpdateApplication.
//
// A creation with an unknown outcome is not repeated. Instead the listing is read: if it has the
// application, that is returned, and otherwise the error is ErrNotCreated. After any other error for which
// MayHaveHappened is true, the outcome stays unknown. It needs a user token (POST
// /marketplace/developers/companies/{partner_id}/applications; not in the vendor's documentation).
func (c *Client) CreateApplication(ctx context.Context, accountID int64, card ApplicationCard) (*Application, error) {
	r := request{
		operation: "developers_application_create", method: http.MethodPost, base: c.apiURL,
		path: applicationsPath(accountID), asUser: true,
	}
	if card.Slug == nil || *card.Slug == "" {
		return nil, r.notSent(errors.New("a new application needs a slug"))
	}
	body, err := applicationCreation(card)
	if err != nil {
		return nil, r.notSent(err)
	}
	r.body = body
	existing, err := c.applicationBySlug(ctx, accountID, *card.Slug)
	if err != nil {
		return nil, err
	}
	if existing != nil {
		return nil, &ApplicationExistsError{existing}
	}

	defer c.applications.forget(accountID)
	_, err = c.do(ctx, r)
	var failed *Error
	if errors.As(err, &failed) && !failed.MayHaveHappened() {
		return nil, err
	}
	if ctx.Err() != nil {
		// A user who cancels an apply still has to learn what was created.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), c.requestTimeout)
		defer cancel()
	}
	created, listErr := c.applicationBySlug(ctx, accountID, *card.Slug)
	switch {
	case created != nil:
		return created, nil
	case err == nil && listErr != nil:
		return nil, r.createdUnseen(listErr)
	case err == nil:
		return nil, r.createdUnseen(errors.New("the account does not list it"))
	case listErr != nil:
		return nil, err
	default:
		return nil, &notCreatedError{err}
	}
}

type notCreatedError struct{ err error }

func (e *notCreatedError) Error() string   { return ErrNotCreated.Error() + " (" + e.err.Error() + ")" }
func (e *notCreatedError) Unwrap() []error { return []error{ErrNotCreated, e.err} }

// notSent returns the error of a request that could not be built.
func (r request) notSent(err error) *Error {
	return &Error{Kind: KindNotSent, Operation: r.operation, Method: r.method, URL: urlText(r.url()), Err: err}
}

// createdUnseen returns the error of a creation that succeeded, although the account does not list the
// application.
func (r request) createdUnseen(why error) *Error {
	e := r.unexpected(0, "the application was created, but its id is not known")
	e.Err = why
	return e
}

func (c *Client) applicationBySlug(ctx context.Context, accountID int64, slug string) (*Application, error) {
	all, err := c.Applications(ctx, accountID)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Slug() == slug {
			return a, nil
		}
	}
	return nil, nil
}

// UpdateApplication changes an application of a developer account. The API replaces the whole card and
// clears members that an update omits. So read must be the application as Applications has just returned
// it: members that changes does not set, or sets to an equal value, are sent in the bytes that were read.
// Members that do not belong to a card are never sent.
//
// It fails if the answer that was read lacks a member that changes does not set, because the API may clear
// that member. An edit that others make between the read and the update is lost: there is no conditional
// write. The call is absolute, so a failed one is repeated. Afterwards, read the Applications again and use
// CompareApplications. It needs a user token (PUT
// /marketplace/developers/companies/{partner_id}/applications/{application_id}; not in the vendor's
// documentation).
func (c *Client) UpdateApplication(ctx context.Context, read *Application, changes ApplicationCard) error {
	r := request{
		operation: "developers_application_update", method: http.MethodPut, base: c.apiURL,
		path: applicationPath(read.AccountID, read.ID), asUser: true, repeatable: true,
	}
	body, err := applicationUpdate(read, changes)
	if err != nil {
		return r.notSent(err)
	}
	r.body = body
	defer c.applications.forget(read.AccountID)
	_, err = c.do(ctx, r)
	return err
}

func applicationCreation(card ApplicationCard) (json.RawMessage, error) {
	fields := card.fields()
	return applicationUpdate(&Application{}, card, fields[:len(fields)-updateOnly]...)
}

// applicationUpdate returns the body of an update, or, with only the given fields, of a creation.
func applicationUpdate(read *Application, changes ApplicationCard, only ...cardField) (json.RawMessage, error) {
	if err := changes.check(); err != nil {
		return nil, err
	}
	members := append([]applicationMember(nil), read.members...)
	var missing []string
	fields := changes.fields()
	if only != nil {
		fields = only
	}
	for _, field := range fields {
		want, err := field.write()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.name, err)
		}
		old, ok := read.member(field.name)
		switch {
		case want == nil && !ok:
			missing = append(missing, field.name)
			continue
		case want == nil:
			continue
		case ok:
			if want, err = field.replace(old, want); err != nil {
				return nil, fmt.Errorf("%s: %w", field.name, err)
			}
		}
		members = setMember(members, field.name, want)
	}
	if missing != nil && only == nil {
		return nil, fmt.Errorf("the API did not tell the application's %s, and may clear what an update leaves out; "+
			"give a value for each to update it", strings.Join(missing, ", "))
	}
	if changes.IconData != "" {
		icon, err := encode(changes.IconData)
		if err != nil {
			return nil, err
		}
		members = append(members, applicationMember{"icon", icon})
	}
	return encodeMembers(members)
}
