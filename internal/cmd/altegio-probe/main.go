// SPDX-License-Identifier: MPL-2.0

// Command altegio-probe asks the live API where its documentation says nothing or contradicts itself, and
// prints a table that can go into a bug report: it contains no token, no id and no name. It only reads,
// unless -write names a channel and its current value.
//
//	ALTEGIO_PARTNER_TOKEN=... go run ./internal/cmd/altegio-probe -application 456 -location 1001
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Getenv, http.DefaultTransport, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns 0 if every fact is as expected, 1 if one differs, and 2 if the API could not be asked.
func run(
	ctx context.Context, arguments []string, getenv func(string) string, transport http.RoundTripper, stdout, stderr io.Writer,
) int {
	p := probe{transport: transport, token: strings.TrimPrefix(strings.TrimSpace(getenv("ALTEGIO_PARTNER_TOKEN")), "Bearer ")}
	flags := flag.NewFlagSet("altegio-probe", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&p.api, "api-url", "https://api.alteg.io/api/v1", "base `URL` of the API host")
	flags.StringVar(&p.app, "app-url", "https://app.alteg.io", "base `URL` of the app host")
	flags.Int64Var(&p.application, "application", 0, "`id` of your application")
	flags.Int64Var(&p.location, "location", 0, "`id` of a location that has connected it")
	flags.DurationVar(&p.pause, "pause", 400*time.Millisecond, "time between two requests; the API allows 5 a second and 200 a minute")
	write := flags.String("write", "", "set a `channel` to its current value, such as sms=true; without this, nothing is written")
	if err := flags.Parse(arguments); err != nil {
		return 2
	}
	problem := ""
	switch {
	case p.token == "":
		problem = "ALTEGIO_PARTNER_TOKEN is not set"
	case p.application <= 0 || p.location <= 0:
		problem = "-application and -location are needed"
	case flags.NArg() > 0:
		problem = "there are arguments that are no flags"
	}
	for _, base := range []string{p.api, p.app} {
		if u, err := url.Parse(base); err != nil || u.Host == "" {
			problem = "a base URL cannot be read"
		}
	}
	if *write != "" {
		slug, value, _ := strings.Cut(*write, "=")
		if slug != "sms" && slug != "whatsapp" || value != "true" && value != "false" {
			problem = `-write takes a channel and its value, such as "sms=true"`
		}
		p.slug, p.available = slug, value == "true"
	}
	if problem != "" {
		fmt.Fprintln(stderr, problem)
		return 2
	}

	facts := p.ask(ctx)
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "interrupted")
		return 2
	}
	code := 0
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\tfact\texpected\tfound")
	for _, f := range facts {
		mark := ""
		if f.differs() {
			mark, code = "!", 1
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, f.name, f.expected, p.redact(f.found))
	}
	if err := table.Flush(); err != nil {
		return 2
	}
	return code
}
