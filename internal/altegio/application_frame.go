// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/http"
)

// A FrameSlug names the card that a frame is a tab of.
type FrameSlug string

// The cards that can have tabs. Unknown values are passed through.
const (
	FrameEmployee FrameSlug = "employee"
	FrameClient   FrameSlug = "client"
	FrameVisit    FrameSlug = "visit"
)

// FrameSlugs lists every card that the API accepts for a tab.
func FrameSlugs() []FrameSlug { return []FrameSlug{FrameEmployee, FrameClient, FrameVisit} }

// A Frame is a tab of an application in one of a location's cards.
type Frame struct {
	Slug  FrameSlug
	Title string // 3 to 100 characters
	URL   string // https
}

// ApplicationFrames lists the frames that an application declares. A location has the frames that were
// declared when it connected the application. It needs a user token (GET
// /marketplace/developers/companies/{partner_id}/applications/{application_id}/frames; not in the vendor's
// documentation).
func (c *Client) ApplicationFrames(ctx context.Context, accountID, applicationID int64) ([]Frame, error) {
	type frame struct {
		Slug  cardText `json:"slug"`
		Title cardText `json:"title"`
		URL   cardText `json:"url"`
	}
	r := request{
		operation: "developers_application_frames", base: c.apiURL, asUser: true,
		path: applicationPath(accountID, applicationID) + "/frames",
	}
	rows, err := get[wireList[frame]](ctx, c, r)
	if err != nil {
		return nil, err
	}
	frames := make([]Frame, 0, len(rows))
	for _, row := range rows {
		if row.Slug == "" { // the next write would delete it
			return nil, r.unexpected(0, "a frame has no slug")
		}
		frames = append(frames, Frame{FrameSlug(row.Slug), string(row.Title), string(row.URL)})
	}
	return frames, nil
}

// SetApplicationFrames replaces all frames that an application declares; an empty list deletes them. The
// API accepts at most one per card. Locations that are already connected keep their frames. The call is
// absolute, so a failed one is repeated. It needs a user token (POST
// /marketplace/developers/companies/{partner_id}/applications/{application_id}/frames; not in the vendor's
// documentation).
func (c *Client) SetApplicationFrames(ctx context.Context, accountID, applicationID int64, frames []Frame) error {
	type frame struct {
		Title string    `json:"title"`
		URL   string    `json:"url"`
		Slug  FrameSlug `json:"slug"`
	}
	rows := make([]frame, 0, len(frames))
	for _, f := range frames {
		rows = append(rows, frame{f.Title, f.URL, f.Slug})
	}
	_, err := c.do(ctx, request{
		operation: "developers_application_frames_set", method: http.MethodPost, base: c.apiURL,
		path: applicationPath(accountID, applicationID) + "/frames", asUser: true, repeatable: true,
		body: struct {
			Frames []frame `json:"frames"`
		}{rows},
	})
	return err
}
