// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"fmt"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// channelID is the identity of a channel. As a text it is location_id/application_id/channel_slug.
type channelID struct {
	location    int64
	application int64
	slug        altegio.ChannelSlug
}

const (
	channelIDForm    = "location_id/application_id/channel_slug"
	channelIDExample = "1001/456/sms"
)

func (id channelID) String() string {
	return fmt.Sprintf("%d/%d/%s", id.location, id.application, id.slug)
}

// parseChannelID reads what String writes. The error is a sentence for the user.
func parseChannelID(s string) (channelID, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return channelID{}, core.WrongParts(len(parts), "3")
	}
	var id channelID
	var err error
	if id.location, err = core.ParseID("location_id", parts[0]); err != nil {
		return channelID{}, err
	}
	if id.application, err = core.ParseID("application_id", parts[1]); err != nil {
		return channelID{}, err
	}
	if id.slug, err = core.ParseSlug(parts[2]); err != nil {
		return channelID{}, err
	}
	return id, nil
}

const (
	channelImportForm    = channelIDForm + ", followed by /true or /false if the value is known"
	channelImportExample = "1001/456/sms/true"
)

// A channelImport is the content of an import id: the channel and, optionally, its value.
type channelImport struct {
	channelID
	isAvailable *bool
}

// parseChannelImport reads the id of an import. The error is a sentence for the user.
func parseChannelImport(s string) (channelImport, error) {
	id, value, hasValue := s, "", false
	if parts := strings.Split(s, "/"); len(parts) == 4 {
		id, value, hasValue = strings.Join(parts[:3], "/"), parts[3], true
	} else if len(parts) != 3 {
		return channelImport{}, core.WrongParts(len(parts), "3 or 4")
	}
	var imported channelImport
	var err error
	if imported.channelID, err = parseChannelID(id); err != nil || !hasValue {
		return imported, err
	}
	if value != "true" && value != "false" {
		return channelImport{}, fmt.Errorf("its fourth part is %q, which is neither true nor false", value)
	}
	isAvailable := value == "true"
	imported.isAvailable = &isAvailable
	return imported, nil
}
