// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"time"
)

// Shapes selects the forms of answers. For the same operation, several are documented or were observed. The
// zero value follows the newest documentation.
type Shapes struct {
	// Meta is the shape of an empty meta: "array" or "" for [], "object" for {}, "absent" for no
	// such key.
	Meta string

	// EmptyAsArray renders empty objects as [], as PHP does.
	EmptyAsArray bool

	// NoBodies answers update_channel and add_discount with a 200 without the documented body.
	NoBodies bool

	// ErrorsAsObject makes meta.errors an object for every operation.
	ErrorsAsObject bool

	// ErrorsAsArray makes meta.errors an array for update_channel too, the only operation documented with
	// an object.
	ErrorsAsArray bool

	// NumbersAsStrings returns ids, flags, coordinates and exchange rates in lists as strings, as the older
	// documentation does (API-17).
	NumbersAsStrings bool

	// UndocumentedBodies returns an envelope where no body is documented for a success (API-16): callback,
	// short_names and refund. By default those bodies are empty.
	UndocumentedBodies bool

	// Language of the messages: "en" or "" for English, "ru" for Russian.
	Language string

	// NotInstalledStatus is what writes answer if the application isn't installed at the location,
	// which isn't documented: 404 for the envelope that the installation's status has, 422 for a
	// field error of salon_id, any other for an envelope with a message. 0 is 404 for update_channel
	// and add_discount, and 422 for the others.
	NotInstalledStatus int

	// StatusCache is how long, by the server's clock, the answer for an installation stays the same
	// (API-45).
	StatusCache time.Duration

	// ListActiveOnly leaves installations of other statuses out of the location list.
	ListActiveOnly bool

	// SenderNamesAppend adds sender names to the existing ones.
	SenderNamesAppend bool

	// Hosts says which host knows the operations whose host is disputed, and Ignorance how the other one
	// answers.
	Hosts     Hosts
	Ignorance Ignorance

	// WebhookSpelling is how webhook URLs are returned: "" as they were sent, "slash" with a slash at the
	// end, "escaped" with & as in HTML, "lowercase" with the host in lower case.
	WebhookSpelling string

	// StatusAfterUninstall is the answer for an installation that has ended: "" for 404, "uninstalled" for
	// 200 with that status.
	StatusAfterUninstall string

	// NullConnectionStatus makes connection_status null in the answer for an installation.
	NullConnectionStatus bool

	// ExtraFields adds undocumented fields that live answers had: special_settings, a payment's
	// currency_iso and refunded_at (API-55).
	ExtraFields bool

	// PageBase is the number of the first page of the location list: "" for 1, with page 0 refused;
	// "clamped" for 1, with page 0 taken for it; "failing" for 1, with a 500 for page 0, as a
	// negative offset in a query gives; "zero" for 0.
	PageBase string

	// MaxPage is the maximum number of rows in a page of the location list, whatever the count; 0 means
	// 1000, above which a count is refused.
	MaxPage int

	// IgnorePage answers every page of the location list with the first one.
	IgnorePage bool

	// IgnoreCount gives the whole location list as one page.
	IgnoreCount bool

	// RepeatLastPage answers a page beyond the last one with the last one.
	RepeatLastPage bool

	// EndlessPages goes on after the last location with ids of locations that don't exist.
	EndlessPages bool

	// ListsAsObjects gives the location list as an object with the keys "0", "1" and so on, as PHP
	// renders a list with gaps.
	ListsAsObjects bool

	// LegacyHooks leaves out what only newer servers have in webhook settings: good, schedule,
	// self_sending and url_settings.
	LegacyHooks bool

	// HookFlagsAsBooleans gives the flags of webhook settings as true and false, not 1 and 0.
	HookFlagsAsBooleans bool

	// Cabinet has the shapes of the Developer Cabinet.
	Cabinet CabinetShapes
}

// The messages of the API. Several are documented in one language only; the other is a translation.
const (
	msgNoToken          = "Authentication needed."
	msgUnknownPartner   = "Partner identifier is not specified"
	msgAccessDenied     = "Access denied."
	msgNoApplication    = "No access to application"
	msgAppNotFound      = "Application not found"
	msgAlreadyInstalled = "The user has already installed this application."
	msgError            = "An error has occurred."
	msgBadFormat        = "Invalid request format."
	msgTooMany          = "Too many requests."
	msgNotInstalled     = "Application isn't installed"
)

var russian = map[string]string{
	msgNoToken:          "Необходима авторизация",
	msgUnknownPartner:   "Не указан идентификатор партнера",
	msgAccessDenied:     "Доступ запрещен.",
	msgNoApplication:    "Нет доступа к приложению",
	msgAppNotFound:      "Приложение не найдено",
	msgAlreadyInstalled: "Пользователь уже установил это приложение.",
	msgError:            "Произошла ошибка",
	msgBadFormat:        "Недопустимый формат запроса",
	msgTooMany:          "Слишком много запросов.",
	msgNotInstalled:     "Приложение не установлено в филиале",
}

func (s Shapes) translate(message string) string {
	if s.Language == "ru" {
		if text, ok := russian[message]; ok {
			return text
		}
	}
	return message
}

// An answer is a response that hasn't been sent. Its envelope is encoded only when it is sent, to
// keep that work outside the lock; it must not refer to the world's own maps and slices.
type answer struct {
	status      int
	header      http.Header
	envelope    *envelope
	contentType string // of body
	body        []byte // if there is no envelope
}

type envelope struct {
	Success bool `json:"success"`
	Data    any  `json:"data"`
	Meta    any  `json:"meta,omitempty"` // omitted if nil only
}

type failure struct {
	Message string `json:"message"`
	Errors  any    `json:"errors,omitempty"`
}

type object struct{}

// empty is a success whose documented data are an empty object.
func (s Shapes) empty() answer {
	switch {
	case s.NoBodies:
		return answer{status: http.StatusOK}
	case s.EmptyAsArray:
		return s.ok([]object{})
	}
	return s.ok(object{})
}

// refuseUninstalled answers a write to a location without the application. otherwise is the status if the
// shapes do not set one.
func (s Shapes) refuseUninstalled(otherwise int, asObject bool) answer {
	switch status := orElse(s.NotInstalledStatus, otherwise); status {
	case http.StatusNotFound:
		return s.notInstalled()
	case http.StatusUnprocessableEntity:
		return s.invalid([]problem{{"salon_id", msgNotInstalled}}, asObject)
	default:
		return s.fail(status, msgNotInstalled)
	}
}

func (s Shapes) emptyMeta() any {
	switch s.Meta {
	case "object":
		return object{}
	case "absent":
		return nil
	default:
		return []object{}
	}
}

// ok is a success with the empty meta that the shapes ask for.
func (s Shapes) ok(data any) answer {
	return answer{status: http.StatusOK, envelope: &envelope{Success: true, Data: data, Meta: s.emptyMeta()}}
}

// done is a success whose body isn't documented.
func (s Shapes) done(status int) answer {
	if !s.UndocumentedBodies {
		return answer{status: status}
	}
	a := s.ok(nil)
	a.status = status
	return a
}

func (s Shapes) fail(status int, message string) answer {
	return answer{status: status, envelope: &envelope{Meta: failure{Message: s.translate(message)}}}
}

// notInstalled is the 404 of an installation, which has no message.
func (s Shapes) notInstalled() answer {
	return answer{status: http.StatusNotFound, envelope: &envelope{Meta: s.emptyMeta()}}
}

// invalid is a 422. The documentation has an object of lists for update_channel, and an array
// whose items it doesn't show for the others.
func (s Shapes) invalid(problems []problem, asObject bool) answer {
	a := answer{status: http.StatusUnprocessableEntity}
	meta := failure{Message: s.translate(msgError)}
	if (asObject || s.ErrorsAsObject) && !s.ErrorsAsArray {
		byField := map[string][]string{}
		for _, p := range problems {
			byField[p.field] = append(byField[p.field], s.translate(p.text))
		}
		meta.Errors = byField
	} else {
		list := make([]string, 0, len(problems))
		for _, p := range problems {
			list = append(list, p.field+": "+s.translate(p.text))
		}
		meta.Errors = list
	}
	a.envelope = &envelope{Meta: meta}
	return a
}

// number returns n in the form that numbers in lists have.
func (s Shapes) number(n json.Number) any {
	if s.NumbersAsStrings {
		return n.String()
	}
	return n
}

func (s Shapes) integer(n int64) any {
	return s.number(json.Number(strconv.FormatInt(n, 10)))
}

// page returns an HTML page, as from a web server that is not an API.
func page(status int) answer {
	title := html.EscapeString(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	return answer{
		status:      status,
		contentType: "text/html; charset=UTF-8",
		body: []byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>" +
			"<body><h1>" + title + "</h1></body></html>\n"),
	}
}

func (a answer) encode() []byte {
	if a.envelope == nil {
		return a.body
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a.envelope); err != nil {
		panic("altegiotest: " + err.Error()) // every envelope is made of plain data
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

func (a answer) writeHeader(w http.ResponseWriter, length int) {
	header := w.Header()
	switch {
	case a.envelope != nil:
		header.Set("Content-Type", "application/json")
	case a.contentType != "":
		header.Set("Content-Type", a.contentType)
	}
	header.Set("Content-Length", strconv.Itoa(length))
	for name, values := range a.header {
		header[http.CanonicalHeaderKey(name)] = values
	}
}
