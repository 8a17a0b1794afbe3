package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Every sentence that a user can be shown about the API or the provider block stands in this file.

// A task is what the provider was doing for the user when the API answered something else.
type task struct {
	summary string // "Cannot set the channel"
	// arguments are the user's arguments that say what was asked, in the order of the schema.
	arguments []argument
	// unauthorized, forbidden and notFound say what to do about an answer 401, 403 and 404, and
	// blame names the argument to look at; "" falls back to what holds for every operation.
	unauthorized, forbidden, notFound string
	// invalid says what to do about an answer 422 that names no argument to blame.
	invalid string
	// repeatable says that the user loses nothing by doing it again.
	repeatable bool
	// doubt is what to say, and what was found out, when it may have been done although it failed;
	// "" falls back to what holds for every operation.
	doubt string
}

type argument struct {
	name  string
	value any
}

// notShown is the value of an argument that is a secret.
type notShown struct{}

func (notShown) String() string { return "(not shown)" }

// wireNames maps the API's names of fields to the arguments in which users give them.
var wireNames = map[string]string{
	"salon_id":    "location_id",
	"company_id":  "location_id",
	"salon_ids":   "location_ids",
	"api_key":     "api_key_wo",
	"short_names": "names",
}

// diagnostics explains a failed API call: what was asked, what the API answered, and what to do.
func (t task) diagnostics(err error) diag.Diagnostics {
	var e *altegio.Error
	if !errors.As(err, &e) {
		return diag.Diagnostics{diag.NewErrorDiagnostic(t.summary, paragraphs(t.asked(), sentence(err.Error())))}
	}
	advice, blame := t.advice(err, e)
	asked := fmt.Sprintf("%s\nThe request was %s %s at %s.", t.asked(), e.Method, e.Path, e.Host)

	var diags diag.Diagnostics
	var unmapped []altegio.FieldError
	for _, field := range e.Fields {
		name := field.Field
		if known, ok := wireNames[name]; ok {
			name = known
		}
		if !t.has(name) {
			unmapped = append(unmapped, field)
			continue
		}
		diags.AddAttributeError(path.Root(name), t.summary, paragraphs(asked,
			sentence(fmt.Sprintf("Altegio answered %s, and of %s it says: %s", status(e), name, strings.Join(field.Messages, "; "))),
			advice))
	}
	if len(diags) > 0 && len(unmapped) == 0 {
		return diags
	}
	rest := *e
	rest.Fields = unmapped
	detail := paragraphs(asked, answered(&rest), advice)
	if blame != "" && t.has(blame) {
		diags.AddAttributeError(path.Root(blame), t.summary, detail)
	} else {
		diags.AddError(t.summary, detail)
	}
	return diags
}

func (t task) has(name string) bool {
	for _, a := range t.arguments {
		if a.name == name {
			return true
		}
	}
	return false
}

func (t task) asked() string {
	var b strings.Builder
	b.WriteString("Asked for: ")
	for i, a := range t.arguments {
		if i > 0 {
			b.WriteString(", ")
		}
		switch value := a.value.(type) {
		case string:
			fmt.Fprintf(&b, "%s %q", a.name, value)
		case []int64:
			fmt.Fprintf(&b, "%s %s", a.name, someOf(value))
		case []string:
			fmt.Fprintf(&b, "%s %s", a.name, quotedList(value))
		default:
			fmt.Fprintf(&b, "%s %v", a.name, value)
		}
	}
	b.WriteString(".")
	return b.String()
}

func answered(e *altegio.Error) string {
	text := e.Reason()
	switch e.Kind {
	case altegio.KindUnreachable:
		text = "The request did not reach Altegio: " + e.Message
	case altegio.KindCancelled, altegio.KindNotSent, altegio.KindNoUserToken:
		text = "The request was not sent: " + text
	case altegio.KindTimeout, altegio.KindInterrupted:
		text = "Altegio did not answer: " + e.Message
	default:
		text = "Altegio answered: " + text
	}
	text = sentence(text)
	if e.Attempts > 1 {
		text += fmt.Sprintf(" It was tried %d times over %s; this is how the last attempt ended.",
			e.Attempts, e.Elapsed.Round(100*time.Millisecond))
	}
	return text
}

// sentence ends a text that came from elsewhere with a dot, where it has no end of its own.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func status(e *altegio.Error) string {
	text := strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode)))
	if e.Message != "" {
		text += fmt.Sprintf(" (%s)", e.Message)
	}
	return text
}

// advice says what to do next, and which argument is to blame, where that is known.
func (t task) advice(err error, e *altegio.Error) (text, blame string) {
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		if t.unauthorized != "" {
			return t.unauthorized, ""
		}
		return "Check partner_token in the provider block, or " + envPartnerToken + ": the API does not accept it. It is " +
			"the token of the partner account, found in the account details of the developer account.", ""
	case errors.Is(err, altegio.ErrForbidden):
		if t.forbidden != "" {
			return t.forbidden, "application_id"
		}
		return "The application belongs to another partner, or the token's account has no access to it.", "application_id"
	case altegio.IsNotFound(err):
		if t.notFound != "" {
			return t.notFound, "application_id"
		}
		return "Check that the application exists and is installed at the location.", "location_id"
	case e.Kind == altegio.KindRefused && e.StatusCode == http.StatusUnprocessableEntity:
		return t.invalid, ""
	}
	switch e.Kind {
	case altegio.KindRateLimited:
		return "The API allows 200 requests a minute and 5 a second for all that comes from one IP address. Something else " +
			"behind this address is using them up: run less at once, or give each run a share with requests_per_minute and " +
			"requests_per_second in the provider block.", ""
	case altegio.KindUnreachable:
		return "Check the host, which api_url and app_url in the provider block set, the network, the proxy settings in the " +
			"environment, and that the certificate is one this machine trusts. Nothing was changed.", ""
	case altegio.KindRedirect:
		return "Set api_url and app_url in the provider block to where the API itself is. The token is not sent to where a " +
			"redirect points." + t.afterDoubt(e), ""
	case altegio.KindUnexpectedAnswer:
		return "What answered may not be the Altegio API: check api_url and app_url in the provider block. Altegio itself is " +
			"known to answer with a web page now and then; try again later." + t.afterDoubt(e), ""
	case altegio.KindServerError, altegio.KindInterrupted, altegio.KindTimeout:
		return "Try again later." + t.afterDoubt(e), ""
	case altegio.KindCancelled:
		return "Nothing was changed by this request.", ""
	case altegio.KindNoUserToken:
		return "Set user_token in the provider block, or " + envUserToken + ": this operation acts for the owner of a location.", ""
	}
	return "", ""
}

func (t task) afterDoubt(e *altegio.Error) string {
	switch {
	case !e.MayHaveHappened():
		return ""
	case t.doubt != "":
		return " " + t.doubt
	case t.repeatable:
		return " The change may have been made although the answer is missing. Applying again is safe: it sets the same value."
	default:
		return " It may have been done although the answer is missing, and doing it again may do it twice: check in Altegio first."
	}
}

// mayHaveHappened reports whether what failed may have had its effect.
func mayHaveHappened(err error) bool {
	var e *altegio.Error
	return errors.As(err, &e) && e.MayHaveHappened()
}

// lookAtPayments says where to find out about a payment.
const lookAtPayments = " The payments of a location, and whether they are refunded, are in the data source " +
	"altegio_location_application."

// paymentDoubt says what the installation's payments tell of a payment of which it is not known whether
// it was reported: those that are alike, or why they could not be asked for.
func paymentDoubt(alike []altegio.Payment, err error) string {
	switch {
	case err != nil:
		return "Whether the payment is there could not be asked for: " + sentence(err.Error()) + " Do not report it again before " +
			"you know." + lookAtPayments
	case len(alike) == 0:
		return "It is not among the payments of the installation, but Altegio may show it late: look again in some minutes, and " +
			"report it again only if it is still not there." + lookAtPayments
	}
	return "Altegio has " + listPayments(alike) + ". Unless that is an earlier payment, this one is reported: do not report it " +
		"again. A refund needs its id."
}

// paymentIDMissing follows a payment that was reported; see paymentDoubt.
func paymentIDMissing(alike []altegio.Payment, err error) diag.Diagnostic {
	found := "It may be shown later. Do not report the payment again." + lookAtPayments
	switch {
	case err != nil:
		found = "The payments of the installation could not be asked for either: " + sentence(err.Error()) + " " + found
	case len(alike) > 0:
		found = "Altegio has " + listPayments(alike) + "."
	}
	return diag.NewWarningDiagnostic("Id of the reported payment is not known", paragraphs(
		"Altegio answered that the payment is reported, but not with which id, which a refund needs.", found))
}

func listPayments(payments []altegio.Payment) string {
	var texts []string
	for _, p := range payments {
		text := fmt.Sprintf("payment %d of %s, paid %s for %s to %s", p.ID, p.Sum, p.PaymentDate, p.PeriodFrom, p.PeriodTo)
		if p.IsRefunded {
			text += " and refunded"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

// stillInstalled says what is known of an installation after a request to uninstall it was lost.
func stillInstalled(installation *altegio.Installation, err error) string {
	if err != nil {
		return "Whether the application is still installed could not be asked for: " + sentence(err.Error()) + " Look in Altegio, " +
			"and invoke the action again if it is."
	}
	return fmt.Sprintf("Altegio still shows it as installed, with the status %q, but may be late with that. Look again in some "+
		"minutes, and invoke the action again if it still is.", installation.Status)
}

// maxListed is how many locations a message lists before it only counts them.
const maxListed = 20

// someOf lists ids, which are in order, for a person to read.
func someOf(ids []int64) string {
	var b strings.Builder
	for i, id := range ids[:min(len(ids), maxListed)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	if more := len(ids) - maxListed; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

func countLocations(n int) string {
	if n == 1 {
		return "1 location"
	}
	return fmt.Sprintf("%d locations", n)
}

// fleetIncomplete says how far an apply came that did not come to its end.
func fleetIncomplete(id fleetID, done, failed, left int) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Channel %s is not set everywhere", id), fmt.Sprintf(
		"Of %s to change, %d are done, %d failed and %d were not tried. The state holds what is done, and the next apply "+
			"does only the rest.", countLocations(done+failed+left), done, failed, left))
}

func locationsLeft(id fleetID, left []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Channel %s is left as it is at %s", id, countLocations(len(left))), fmt.Sprintf(
		"The import found these locations, and the configuration does not declare them: %s. What the channel is set to there "+
			"is not known, and no request was sent. Declare a location with false to make the channel unavailable there.",
		someOf(left)))
}

func locationsUninstalled(id fleetID, gone []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Application %d is no longer installed at %s", id.application, countLocations(len(gone))), fmt.Sprintf(
		"Taken out of the state of channel %s: %s. With the installation the channel's setting is gone. Remove the locations "+
			"from the configuration, or have their owners connect the application again before the next apply.", id, someOf(gone)))
}

func channelsOverlap(id fleetID, locations []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Channel is declared twice", fmt.Sprintf(
		"Both an altegio_application_channel and an altegio_application_channels declare channel %s at %s: %s. Whichever is "+
			"applied last wins. Declare each channel in one of them only.", id, countLocations(len(locations)), someOf(locations)))
}

func channelsTornDown(id fleetID, locations []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Destroying makes a declared channel unavailable", fmt.Sprintf(
		"An altegio_application_channel is destroyed, which makes channel %s unavailable, while an "+
			"altegio_application_channels declares it at %s: %s. To move a channel from one to the other, take it out of the "+
			"state with a removed block that has destroy = false.", id, countLocations(len(locations)), someOf(locations)))
}

func nothingConnected(id fleetID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not connected to any location. Check the application_id.", id.application))
}

// webhooksTask is a call that acts for the owner of a location.
func webhooksTask(summary string, location int64) task {
	return task{
		summary:   summary,
		arguments: []argument{{"location_id", location}},
		unauthorized: "Check partner_token and user_token in the provider block, or " + envPartnerToken + " and " + envUserToken +
			": the API does not accept them. The user token is that of a user who owns the location.",
		forbidden: "The user whose token user_token is may not see or change the webhooks of this location, or Altegio does not " +
			"let this location have any.",
		notFound:   "Check location_id: the user whose token user_token is has no such location.",
		repeatable: true,
	}
}

func webhooksTooMany(location int64, ours, others []string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("urls"), "Too many webhook URLs at one location", fmt.Sprintf(
		"Altegio takes at most %d URLs at a location, of all applications together. Location %d would have %d: %d declared "+
			"here, and %d of others, which are %s.",
		altegio.MaxWebhookURLs, location, len(ours)+len(others), len(ours), len(others), quotedList(others)))
}

func webhooksOfOthersDiffer(location int64, declared string, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks of others would change", paragraphs(
		fmt.Sprintf("Altegio sets the webhooks of a location all at once: one choice of events holds for every URL there, "+
			"whoever put it there. What is declared for location %d is %s.", location, declared),
		bulleted("That would change these URLs, which are not under this resource:", others),
		"Declare the same, or name the URLs in overwrite_other_urls to have them changed. To take over URLs that are yours "+
			"already, import the location first. Nothing was sent."))
}

func webhooksChangedSincePlan(location int64, changes []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks have changed since the plan", paragraphs(
		bulleted(fmt.Sprintf("The webhooks of location %d are not what the plan was made for:", location), changes),
		"Nothing was sent. Plan again, and apply what that shows."))
}

func webhooksNotAsSet(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks are not as they were set", paragraphs(
		bulleted(fmt.Sprintf("The webhooks of location %d were set, and then read back otherwise:", location), differences),
		"Somebody else changed them at the same moment, and may have lost a change by that, or Altegio did not take all of "+
			"it. The state holds what is there now. Plan again, and check what others have there."))
}

// webhooksOutcome follows an error that left open whether the webhooks were set.
func webhooksOutcome(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks were not set", paragraphs(
		bulleted(fmt.Sprintf("After the failure the webhooks of location %d were read, and are not as they were to be:", location), differences),
		"The request was not sent again, for somebody else may have changed them. Plan again."))
}

func webhooksNotReadBack(location int64, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Webhooks could not be read back", fmt.Sprintf(
		"The webhooks of location %d are set, but whether they are so, and what others have there, could not be checked: %s "+
			"The next plan does that.", location, sentence(err.Error())))
}

func webhooksOfOthersKept(location int64, kept, overwritten []string) diag.Diagnostic {
	var texts []string
	if len(kept) > 0 {
		texts = append(texts, bulleted("These are kept as they are:", kept))
	}
	if len(overwritten) > 0 {
		texts = append(texts, bulleted("These are kept, but sent what is declared here, as overwrite_other_urls allows:", overwritten))
	}
	return diag.NewWarningDiagnostic(fmt.Sprintf("Location %d has other webhook URLs", location), paragraphs(texts...))
}

func webhooksTurnedOff(location int64, urls []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Webhooks of location %d are turned off", location), fmt.Sprintf(
		"Altegio does not let a location have no URL at all. No other URL is left there, so these stay, and are sent "+
			"nothing: %s. Declaring them again turns them on again.", quotedList(urls)))
}

func webhooksCannotLeave(location int64, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot take out webhook URLs alone", paragraphs(
		bulleted(fmt.Sprintf("Altegio sets the webhooks of a location all at once, with one choice of events for every URL. The "+
			"URLs that would remain at location %d do not have the same:", location), others),
		"Name those that may change in overwrite_other_urls, apply that, and destroy then; or take the resource out of the "+
			"state with a removed block that has destroy = false. Nothing was sent."))
}

func quotedList(texts []string) string {
	quoted := make([]string, 0, len(texts))
	for _, text := range texts {
		quoted = append(quoted, strconv.Quote(text))
	}
	return strings.Join(quoted, ", ")
}

// bulleted is a paragraph that ends in a list of lines. Terraform does not wrap lines that begin with a
// space.
func bulleted(head string, lines []string) string {
	return head + "\n - " + strings.Join(lines, "\n - ") + "."
}

// notConnected says why an installation that nobody has begun can't be finished.
func notConnected(id connectionID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is not connected at the location", paragraphs(
		fmt.Sprintf("The owner of location %d has to click Connect for application %d in the marketplace first, which leaves "+
			"the installation pending. Apply soon after: a pending installation lapses after 1 hour by the vendor's "+
			"documentation, 12 hours by its code. Altegio may show it some minutes late.", id.location, id.application),
		"With grant_access = true here, and the owner's token as user_token in the provider block, Terraform connects it."))
}

// notSeen says that an access was granted whose effect does not show.
func notSeen(id connectionID, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is not connected yet", paragraphs(
		fmt.Sprintf("Altegio granted application %d access to location %d, and still says that it is not installed. Waiting for "+
			"that ended: %s", id.application, id.location, sentence(whyEnded(err))),
		"Nothing else was sent. Apply again: the status is asked first."))
}

func whyEnded(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the time that timeouts.create allows is over"
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	}
	return "the status cannot be read: " + err.Error()
}

// notPending says why an installation that is there is not finished. Its settings are those that
// whoever finished it gave it.
func notPending(id connectionID, status string) diag.Diagnostic {
	summary, why := "Installation is not pending", fmt.Sprintf("Application %d is installed at location %d, and its status is %q.",
		id.application, id.location, status)
	switch status {
	case altegio.StatusActive:
		summary = "Application is already active at the location"
		why = fmt.Sprintf("Application %d is already active at location %d. Altegio takes channels, webhook_urls and an API key only "+
			"while an installation is pending, so this apply set nothing; one before it that was cut off may have.", id.application, id.location)
	case altegio.StatusFreezed:
		summary = "Application is suspended at the location"
		why = fmt.Sprintf("Application %d is installed at location %d and freezed, as Altegio calls it: suspended, usually because a "+
			"trial or a paid period is over. A payment makes it active again; there is nothing to finish.", id.application, id.location)
	case "":
		why = fmt.Sprintf("Application %d is installed at location %d, but Altegio does not say in which status.", id.application, id.location)
	}
	return diag.NewErrorDiagnostic(summary, paragraphs(why, importInstead(id)))
}

// importInstead shows how to adopt an installation.
func importInstead(id connectionID) string {
	return fmt.Sprintf("To manage it as it is, import it:\n"+
		"\timport {\n\t\tto = altegio_location_application.NAME\n\t\tid = %[1]q\n\t}\n"+
		"or run terraform import altegio_location_application.NAME %[1]s, with NAME being that of the resource.", id)
}

// activeByGrant is a warning and not an error: the application is installed, by Terraform, and what
// fails is replaced.
func activeByGrant(id connectionID, unsent []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Settings were not sent", fmt.Sprintf(
		"Application %d became active at location %d as soon as access was granted, as private and fast-install applications "+
			"do. Altegio takes settings only while an installation is pending, so these had no effect: %s.",
		id.application, id.location, strings.Join(unsent, ", ")))
}

// notActiveYet is a warning and not an error: the installation was finished, and what fails is
// replaced.
func notActiveYet(id connectionID, status string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Installation is not active yet", paragraphs(
		fmt.Sprintf("Altegio accepted the settings of application %d at location %d; its status, last read as %q, may lag behind "+
			"by some five minutes. Waiting for it ended: %s", id.application, id.location, cmp.Or(status, "unknown"), sentence(whyEnded(err))),
		"It is in the state, and the next plan reads the status again. Should it stay pending, take it out of the state with a "+
			"removed block that has destroy = false, and apply it anew: the status is asked first."))
}

// uninstallRefused keeps Terraform from what only the owner of the location can undo.
func uninstallRefused(id connectionID, cause string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("allow_uninstall"), "Application would be uninstalled", paragraphs(
		fmt.Sprintf("%s uninstalls application %d from location %d: its settings and access there are lost, and only the owner of the "+
			"location can connect it again. The state does not allow that.", cause, id.application, id.location),
		"If it is meant, set allow_uninstall = true and apply that first. To stop managing the application and leave it installed, "+
			"use a removed block that has destroy = false."))
}

// settingsNotTaken says what becomes of settings that are declared for an imported installation.
func settingsNotTaken(id connectionID, names []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Settings are recorded and not sent", fmt.Sprintf(
		"Application %d at location %d was imported: it has the settings that it was finished with, and Altegio takes no others "+
			"while it is installed. No request is sent for %s.", id.application, id.location, strings.Join(names, ", ")))
}

func connectedAnew(id connectionID, at string, names []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Application was connected anew", fmt.Sprintf(
		"Application %d was uninstalled from location %d and connected again at %s, not by Terraform. It has the settings that it was "+
			"finished with then. What the state holds may no longer apply: %s.", id.application, id.location, at, strings.Join(names, ", ")))
}

func nothingInstalled(id connectionID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not installed at location %d. Check both ids. Once the owner of the location has connected it, an apply "+
			"without an import finishes the installation.", id.application, id.location))
}

func importedPending(id connectionID) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Installation is still pending", fmt.Sprintf(
		"Application %d at location %d is imported, but not finished: importing sends nothing. To have Terraform finish it, take "+
			"it out of the state with a removed block that has destroy = false, and apply it without an import.",
		id.application, id.location))
}

func discountInDoubt(application int64, locations []int64) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Discount may have been given already", fmt.Sprintf(
		"A request to give %s the discount of application %d failed in a way that leaves open whether it was carried out: %s. "+
			"Whether a second one would replace the first or add to it is not documented. So nothing is sent to these locations "+
			"until you have looked in Altegio.\n\nThen take the resource out of the state with terraform state rm, and import it "+
			"with all locations that have the discount, with an id of the form application_id/discount/location_id,location_id. "+
			"The next plan has only the others. If none has it, leave out the import and apply.",
		countLocations(len(locations)), application, someOf(locations)))
}

// discountIncomplete says how far an apply came that failed at one of several calls.
func discountIncomplete(application int64, calls []discountCall, failed int) diag.Diagnostic {
	count := func(calls []discountCall) (n int) {
		for _, call := range calls {
			n += len(call.locations)
		}
		return n
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Discount of application %d is not applied everywhere", application), fmt.Sprintf(
		"Of %s to send, in %d requests, %d are done, %d failed and %d were not tried. The state holds what is done; only "+
			"the rest is left to do.", countLocations(count(calls)), len(calls), count(calls[:failed]),
		len(calls[failed].locations), count(calls[failed+1:])))
}

func discountLeft(application int64, left []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Discount stays at %s", countLocations(len(left))), fmt.Sprintf(
		"These locations keep the discount of application %d that they have, unless another resource gives them one: %s. "+
			"No request is sent for them, and Terraform forgets them. To send them a discount of 0 instead, apply "+
			"reset_on_destroy = true before they leave.", application, someOf(left)))
}

func discountsOverlap(application int64, locations []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Discount is declared twice", fmt.Sprintf(
		"More than one altegio_application_discount of application %d declares %s: %s. Both are sent, in any order, and whether "+
			"the second replaces the first or adds to it is not documented. Declare a location in one of them only.",
		application, countLocations(len(locations)), someOf(locations)))
}

func senderNamesLeft(id connectionID) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Sender names stay as they are", fmt.Sprintf(
		"Altegio has no way to set no sender names, so location %d keeps those of application %d that were set last. No request "+
			"is sent.", id.location, id.application))
}

func paragraphs(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n\n")
}

func missingPartnerToken() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("partner_token"), "Missing partner token",
		"Set partner_token in the provider block, or the environment variable "+envPartnerToken+", to the token of your "+
			"Altegio partner account. It is found in the account details of the developer account.")
}

func unusableConfiguration(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unusable provider configuration", "Cannot set up the API client: "+err.Error()+". Check "+
		"partner_token and user_token in the provider block, or "+envPartnerToken+" and "+envUserToken+".")
}

func configurationUnknown(names []string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(names[0]), "Provider configuration is not known yet",
		fmt.Sprintf("A request to Altegio is needed, but %s in the provider block will be known only after apply. Apply "+
			"what it comes from first, with -target, or give it through a variable or the environment.",
			strings.Join(names, ", ")))
}

func notConfigured() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Provider is not configured",
		"A request to Altegio was needed before the provider was configured. This is a bug of the provider; please report it.")
}

func invalidImportID(id, form, example string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid import id", fmt.Sprintf(
		"The id %q cannot be used: %s. Its form is %s, for example %q.", id, err, form, example))
}
