// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
)

// A Catalog is a dictionary of the marketplace. The structure of its rows is not documented (API-76), so it
// contains what can be read with certainty, and the whole answer.
type Catalog struct {
	// Entries are the rows, each followed by its children.
	Entries []CatalogEntry
	// Raw is the answer's data, as it was read.
	Raw json.RawMessage
}

// A CatalogEntry is a row of a Catalog.
type CatalogEntry struct {
	ID         int64  // 0 when the API gives none
	Slug       string // "" when the API gives none
	Title      string // "" when the API gives none
	ParentID   int64  // id of the parent row, 0 if there is none or it has no id
	ParentSlug string // of the row that it is below, "" when there is none or it has no slug
	// Raw is the row as it was read, including its children.
	Raw json.RawMessage
}

// CatalogCategories lists the categories of applications. It sends the user token if the client has one, as
// the vendor's own client does (GET /marketplace/applications/categories; not in the vendor's
// documentation).
func (c *Client) CatalogCategories(ctx context.Context) (Catalog, error) {
	return c.catalog(ctx, "catalog_categories", "/marketplace/applications/categories", c.userToken != "")
}

// CatalogChannels lists the channels that a card can use. It sends the user token if the client has one
// (GET /marketplace/applications/channels; not in the vendor's documentation).
func (c *Client) CatalogChannels(ctx context.Context) (Catalog, error) {
	return c.catalog(ctx, "catalog_channels", "/marketplace/applications/channels", c.userToken != "")
}

// CatalogFunctionalities lists the functionalities that a card can use. It sends the user token if the
// client has one (GET /marketplace/applications/functionalities; not in the vendor's documentation).
func (c *Client) CatalogFunctionalities(ctx context.Context) (Catalog, error) {
	return c.catalog(ctx, "catalog_functionalities", "/marketplace/applications/functionalities", c.userToken != "")
}

// AvailableRights lists the rights that applications of an account can request, as a hierarchy. It needs a
// user token (GET /marketplace/developers/companies/{partner_id}/applications/available_rights; not in the
// vendor's documentation).
func (c *Client) AvailableRights(ctx context.Context, accountID int64) (Catalog, error) {
	return c.catalog(ctx, "developers_available_rights", applicationsPath(accountID)+"/available_rights", true)
}

func (c *Client) catalog(ctx context.Context, operation, path string, asUser bool) (Catalog, error) {
	r := request{operation: operation, base: c.apiURL, path: path, asUser: asUser, maxAnswer: maxDictionary}
	data, err := get[json.RawMessage](ctx, c, r)
	if err != nil {
		return Catalog{}, err
	}
	if kind := jsonKind(data); kind != "an array" && kind != "an object" {
		return Catalog{}, r.unexpected(0, "the data are not as documented: "+kind+" is not expected")
	}
	return Catalog{Entries: readCatalog(nil, data, CatalogEntry{}, 0), Raw: data}, nil
}

// readCatalog appends the rows of a list, or of an object that has them by id or slug, each followed by its
// children. A row is an object, or a text: in a list its slug, in an object its title. The depth is
// limited.
func readCatalog(entries []CatalogEntry, rows json.RawMessage, parent CatalogEntry, depth int) []CatalogEntry {
	var list []json.RawMessage
	if json.Unmarshal(rows, &list) == nil {
		for _, row := range list {
			entries = readCatalogRow(entries, "", row, parent, depth)
		}
		return entries
	}
	members, err := orderedMembers(rows)
	if err != nil {
		return entries
	}
	for _, m := range members {
		entries = readCatalogRow(entries, m.name, m.raw, parent, depth)
	}
	return entries
}

func readCatalogRow(entries []CatalogEntry, key string, raw json.RawMessage, parent CatalogEntry, depth int) []CatalogEntry {
	const deepest = 20
	if depth > deepest {
		return entries
	}
	entry := CatalogEntry{ParentID: parent.ID, ParentSlug: parent.Slug, Raw: raw}
	if id, err := strconv.ParseInt(key, 10, 64); err == nil {
		entry.ID = id
	} else {
		entry.Slug = key
	}
	switch jsonKind(raw) {
	case "a string":
		text, _ := scalarText(raw) // it is a text
		if key == "" {
			entry.Slug = text
		} else {
			entry.Title = text
		}
		return append(entries, entry)
	case "an array":
		if key == "" {
			return entries
		}
		return readCatalog(append(entries, entry), raw, entry, depth+1)
	case "an object":
	default:
		return entries
	}
	members, err := orderedMembers(raw)
	if err != nil {
		return entries
	}
	for _, m := range members {
		text, err := scalarText(m.raw)
		if err != nil || text == "" {
			continue
		}
		switch m.name {
		case "id":
			if id, err := strconv.ParseInt(text, 10, 64); err == nil {
				entry.ID = id
			} else {
				entry.Slug = cmp.Or(entry.Slug, text)
			}
		case "slug":
			entry.Slug = text
		case "key", "name":
			entry.Slug = cmp.Or(entry.Slug, text)
		case "title":
			entry.Title = text
		}
	}
	if entry.ID == 0 && entry.Slug == "" && entry.Title == "" {
		return entries
	}
	entries = append(entries, entry)
	for _, m := range members {
		if below := listOfObjects(m.raw); below != nil {
			for _, row := range below {
				entries = readCatalogRow(entries, "", row, entry, depth+1)
			}
		}
	}
	return entries
}

// listOfObjects returns the elements of a list of objects, and nil for anything else.
func listOfObjects(raw json.RawMessage) []json.RawMessage {
	var rows wireList[json.RawMessage]
	if kind := jsonKind(raw); kind != "an array" && kind != "an object" || json.Unmarshal(raw, &rows) != nil {
		return nil
	}
	for _, row := range rows {
		if jsonKind(row) != "an object" {
			return nil
		}
	}
	return rows
}
