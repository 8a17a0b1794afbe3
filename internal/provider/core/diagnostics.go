// SPDX-License-Identifier: MPL-2.0

package core

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// This file has the messages about the API and the provider block that several packages share. A message
// used by one package is in its diagnostics.go or, if there are only one or two, beside the code that uses
// it.

// A Task is what the provider was doing for the user when the API refused or failed.
type Task struct {
	// Summary is what could not be done, "Cannot set the channel", to which an error adds why.
	Summary string
	// Arguments are the user's arguments that say what was asked, in the order of the schema.
	Arguments []Argument
	// Unauthorized says what to do about an answer 401; "" means the general text.
	Unauthorized string
	// Forbidden and NotFound explain an answer 403 and 404.
	Forbidden, NotFound Refusal
	// Invalid says what to do about an answer 422 that names no argument to blame.
	Invalid string
	// Repeatable says that doing it again is safe.
	Repeatable bool
	// Doubt is the text for a failure that may have had its effect, including anything found out since; ""
	// means the general text.
	Doubt string
}

// An Argument is one of the user's arguments: its name in HCL, and its value. Values are ids, texts, and
// slices of those. A NotShown stands for a secret.
type Argument struct {
	Name  string
	Value any
}

// NotShown is the value of an argument that is a secret.
type NotShown struct{}

// String implements fmt.Stringer.
func (NotShown) String() string { return "(not shown)" }

// wireNames maps the API's names of fields to the arguments in which users give them.
var wireNames = map[string]string{
	"salon_id":    "location_id",
	"company_id":  "location_id",
	"salon_ids":   "location_ids",
	"api_key":     "api_key_wo",
	"login":       "login_wo",
	"secret_key":  "secret_key_wo",
	"short_names": "names",
}

// Diagnostics explains a failed API call: what was asked, what the API answered, and what to do.
func (t Task) Diagnostics(err error) diag.Diagnostics {
	var e *altegio.Error
	if !errors.As(err, &e) {
		return diag.Diagnostics{diag.NewErrorDiagnostic(Because(t.Summary, err.Error()), Paragraphs(t.asked(), Sentence(err.Error())))}
	}
	summary := Because(t.Summary, t.cause(err, e))
	if errors.Is(err, altegio.ErrUnauthorized) && !e.Claim() {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary, tokenRefusedBefore)}
	}
	advice, blame := t.advice(err, e)
	asked := fmt.Sprintf("%s\nThe request was %s %s.", t.asked(), e.Method, e.URL)

	var diags diag.Diagnostics
	var unmapped []altegio.FieldError
	said := make(map[string][]string)
	var named []string
	for _, field := range e.Fields {
		wire, element, _ := strings.Cut(field.Field, ".")
		name := wire
		if known, ok := wireNames[wire]; ok {
			name = known
		}
		if !t.has(name) {
			unmapped = append(unmapped, field)
			continue
		}
		if said[name] == nil {
			named = append(named, name)
		}
		said[name] = append(said[name], t.ofElement(name, element, field.Messages)...)
	}
	for _, name := range named {
		says := strings.Join(said[name], "; ")
		diags.AddAttributeError(path.Root(name), Because(t.Summary, "Altegio refuses "+name+": "+says), Paragraphs(asked,
			Sentence(fmt.Sprintf("Altegio answered %s, and of %s it says: %s", answeredStatus(e), name, says)),
			advice))
	}
	if len(diags) > 0 && len(unmapped) == 0 {
		return diags
	}
	rest := *e
	rest.Fields = unmapped
	summary = Because(t.Summary, t.cause(err, &rest))
	detail := Paragraphs(asked, answered(&rest), advice)
	if blame != "" && t.has(blame) {
		diags.AddAttributeError(path.Root(blame), summary, detail)
	} else {
		diags.AddError(summary, detail)
	}
	return diags
}

func (t Task) has(name string) bool {
	return slices.ContainsFunc(t.Arguments, func(a Argument) bool { return a.Name == name })
}

// ofElement prefixes messages with the element of a list that they describe. The API counts in the order in
// which they were sent, which need not be the user's; so the element is shown by its value.
func (t Task) ofElement(name, element string, messages []string) []string {
	first, _, _ := strings.Cut(element, ".")
	index, err := strconv.Atoi(first)
	if err != nil || index < 0 {
		return messages
	}
	var value string
	for _, a := range t.Arguments {
		if a.Name != name {
			continue
		}
		switch list := a.Value.(type) {
		case []int64:
			if index < len(list) {
				value = strconv.FormatInt(list[index], 10)
			}
		case []string:
			if index < len(list) {
				value = strconv.Quote(list[index])
			}
		}
	}
	if value == "" {
		return messages
	}
	var said []string
	for _, message := range messages {
		said = append(said, value+": "+message)
	}
	return said
}

func (t Task) asked() string {
	var b strings.Builder
	b.WriteString("Asked for: ")
	for i, a := range t.Arguments {
		if i > 0 {
			b.WriteString(", ")
		}
		switch value := a.Value.(type) {
		case string:
			fmt.Fprintf(&b, "%s %q", a.Name, value)
		case []int64:
			fmt.Fprintf(&b, "%s %s", a.Name, SomeOf(value))
		case []string:
			fmt.Fprintf(&b, "%s %s", a.Name, QuotedList(value))
		default:
			fmt.Fprintf(&b, "%s %v", a.Name, value)
		}
	}
	b.WriteString(".")
	return b.String()
}

func answered(e *altegio.Error) string {
	text := e.Reason()
	is := func(kind altegio.Kind) bool { return errors.Is(e, kind) }
	switch {
	case is(altegio.KindUnreachable):
		text = "The request did not reach Altegio: " + strings.TrimPrefix(text, string(altegio.KindUnreachable)+": ")
	case is(altegio.KindCancelled), is(altegio.KindNotSent), is(altegio.KindNoUserToken), is(altegio.KindTokenRefused),
		is(altegio.KindRateLimited) && e.Attempts == 0 && errors.Is(e, altegio.ErrNothingBut429):
		again := ""
		if e.MayHaveHappened() { // the attempt before
			again = " again"
		}
		text = "The request was not sent" + again + ": " + text
	case is(altegio.KindTimeout), is(altegio.KindInterrupted):
		text = "Altegio did not answer: " + e.Message
	default:
		text = "Altegio answered: " + text
	}
	text = Sentence(text)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" The provider made %d attempts over %s. This is the outcome of the last one.",
			e.Attempts, e.Elapsed.Round(100*time.Millisecond))
	}
	return text
}

// Sentence adds a dot to a text from outside that does not end in punctuation.
func Sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func answeredStatus(e *altegio.Error) string {
	text := e.Status()
	if e.Message != "" {
		text += fmt.Sprintf(" (%s)", e.Message)
	}
	return text
}

// advice returns what to do next, and which argument is to blame, if that is known.
func (t Task) advice(err error, e *altegio.Error) (text, blame string) {
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		if t.Unauthorized != "" {
			return t.Unauthorized, ""
		}
		return "Check partner_token in the provider block, or " + EnvPartnerToken + ": the API does not accept it. Use " +
			"the token of the partner account, which is shown in the account details of the developer account.", ""
	case errors.Is(err, altegio.ErrForbidden):
		if t.Forbidden.Advice != "" {
			return t.Forbidden.Advice, "application_id"
		}
		return "The application belongs to another partner, or the account of the token has no access to it.", "application_id"
	case errors.Is(err, altegio.ErrNotFound):
		if t.NotFound.Advice != "" {
			return t.NotFound.Advice, "application_id"
		}
		return "Check that the application exists and is installed at the location.", "location_id"
	case errors.Is(err, altegio.ErrInvalid):
		return t.Invalid, ""
	case errors.Is(err, altegio.KindRateLimited):
		return "The API allows 200 requests a minute and 5 a second from one IP address. Something else " +
			"behind this address uses up the limit: run fewer jobs at once, or give each run a share with requests_per_minute and " +
			"requests_per_second in the provider block. rate_limit_timeout sets how long a run waits.", ""
	case errors.Is(err, altegio.KindUnreachable) && e.Proxy != "":
		return "Check the proxy " + e.Proxy + ", which HTTPS_PROXY or HTTP_PROXY in the environment names, its user name and password, " +
			"and whether this machine trusts the certificate. " + cmp.Or(t.afterDoubt(e), "Nothing was changed."), ""
	case errors.Is(err, altegio.KindUnreachable):
		return "Check the host, which api_url and app_url in the provider block set, the network, the proxy settings in the " +
			"environment, and whether this machine trusts the certificate. " +
			cmp.Or(t.afterDoubt(e), "Nothing was changed."), ""
	case errors.Is(err, altegio.KindRedirect):
		return "Set api_url and app_url in the provider block to the URL of the API itself. The provider does not send the token to the " +
			"target of a redirect." + spaced(t.afterDoubt(e)), ""
	case errors.Is(err, altegio.KindUnexpectedAnswer) && e.Proxy != "":
		return "The answer may come from the proxy " + e.Proxy + ", which HTTPS_PROXY or HTTP_PROXY in the environment names, and not " +
			"from Altegio: check that the proxy lets the request through." + spaced(t.again(e)), ""
	case errors.Is(err, altegio.KindUnexpectedAnswer):
		return "The answer may not come from the Altegio API: check api_url and app_url in the provider block. Altegio itself " +
			"occasionally answers with a web page." + spaced(t.again(e)), ""
	case errors.Is(err, altegio.KindServerError), errors.Is(err, altegio.KindInterrupted), errors.Is(err, altegio.KindTimeout):
		return t.again(e), ""
	case errors.Is(err, altegio.KindCancelled):
		return cmp.Or(t.afterDoubt(e), "Nothing was changed by this request."), ""
	case errors.Is(err, altegio.KindNoUserToken):
		return "Set user_token in the provider block, or " + EnvUserToken + ": this operation acts on behalf of the owner of a location, or of a user of the Developer Cabinet.", ""
	}
	return "", ""
}

// tokenRefusedBefore is the whole text about a refused token after the first error.
const tokenRefusedBefore = "Altegio does not accept the token. Another error of this run gives the details. The provider has sent nothing since."

// again says to try again, unless that could do something twice.
func (t Task) again(e *altegio.Error) string {
	doubt := t.afterDoubt(e)
	if doubt != "" && !t.Repeatable {
		return doubt
	}
	return "Try again later." + spaced(doubt)
}

func (t Task) afterDoubt(e *altegio.Error) string {
	switch {
	case !e.MayHaveHappened():
		return ""
	case t.Doubt != "":
		return t.Doubt
	case t.Repeatable:
		return "Altegio may have made the change although its answer is missing. Applying again is safe: it sets the same value."
	default:
		return "Altegio may have done it although its answer is missing, and repeating it may do it twice: check in Altegio first."
	}
}

// spaced returns a text with a space before it, to continue a paragraph.
func spaced(text string) string {
	if text == "" {
		return ""
	}
	return " " + text
}

// maxListed is how many locations a message lists before it only counts them.
const maxListed = 20

// SomeOf lists ids, separated by commas. If there are many, it lists the first ones and counts the others.
func SomeOf[ID int64 | string](ids []ID) string {
	var texts []string
	for _, id := range ids[:min(len(ids), maxListed)] {
		texts = append(texts, fmt.Sprint(id))
	}
	list := strings.Join(texts, ", ")
	if more := len(ids) - maxListed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// CountLocations writes "1 location" or "5 locations".
func CountLocations(n int) string {
	return fmt.Sprintf("%d %s", n, Plural(n, "location", "locations"))
}

// Plural returns a number and the word for one or for many.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// QuotedList writes texts for a sentence, each in quotation marks.
func QuotedList(texts []string) string {
	quoted := make([]string, 0, len(texts))
	for _, text := range texts {
		quoted = append(quoted, strconv.Quote(text))
	}
	return strings.Join(quoted, ", ")
}

// Bulleted returns a paragraph that ends in a list of lines. Terraform does not wrap lines that begin with
// a space.
func Bulleted(head string, lines []string) string {
	return head + "\n - " + strings.Join(lines, "\n - ") + "."
}

// Paragraphs joins the texts that are not empty, with a blank line between any two.
func Paragraphs(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n\n")
}

func configurationUnknown(names []string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(names[0]), "Provider configuration is not known yet",
		fmt.Sprintf("A request to Altegio is needed, but %s in the provider block will be known only after apply. Apply "+
			"its source first, with -target, or set it through a variable or the environment.",
			strings.Join(names, ", ")))
}

func notConfigured() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Provider is not configured",
		"A request to Altegio was needed before the provider was configured. This is a bug of the provider; please report it.")
}

// InvalidImportID is the error for the id of an import that cannot be read: form says what ids look like, and err, a
// phrase such as "it has 1 part instead of 3", what is wrong with this one.
func InvalidImportID(id, form, example string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(Because("Invalid import id", err.Error()), fmt.Sprintf(
		"The id %q cannot be used: %s. Its form is %s, for example %q.", id, err, form, example))
}

func invalidImportIdentity(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(Because("Invalid import identity", err.Error()), fmt.Sprintf("The identity cannot be used: %s.", err))
}
