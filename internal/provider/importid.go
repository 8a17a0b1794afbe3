package provider

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
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
		return channelID{}, fmt.Errorf("it has %d parts instead of 3", len(parts))
	}
	var id channelID
	var err error
	if id.location, err = parseID("location_id", parts[0]); err != nil {
		return channelID{}, err
	}
	if id.application, err = parseID("application_id", parts[1]); err != nil {
		return channelID{}, err
	}
	id.slug = altegio.ChannelSlug(parts[2])
	if !slices.Contains(altegio.ChannelSlugs(), id.slug) {
		return channelID{}, fmt.Errorf("its channel_slug is %q, which is not one of %s", parts[2], quotedSlugs())
	}
	return id, nil
}

// parseID reads a whole number from 1 in its only form: no sign, no leading zero.
func parseID(name, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("its %s is %q, which is not a whole number from 1", name, s)
	}
	return n, nil
}

func slugNames() []string {
	var names []string
	for _, slug := range altegio.ChannelSlugs() {
		names = append(names, string(slug))
	}
	return names
}

func quotedSlugs() string {
	return `"` + strings.Join(slugNames(), `", "`) + `"`
}
