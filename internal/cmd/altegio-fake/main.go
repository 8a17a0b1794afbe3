// SPDX-License-Identifier: MPL-2.0

// Command altegio-fake serves an in-memory Altegio Marketplace API on the loopback interface, to try the
// provider without an account. Its data is lost when it ends.
//
//	go run ./internal/cmd/altegio-fake
//	go run ./internal/cmd/altegio-fake -seed internal/cmd/altegio-fake/testdata/seed.json -requests-per-second 5
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		fmt.Fprintln(os.Stderr, "altegio-fake:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It writes what a user needs to know, and then one line per request, to stdout,
// and the usage to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("altegio-fake", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "loopback `address` to listen on; port 0 picks a free one")
	token := flags.String("token", altegiotest.DefaultPartnerToken, "partner token to accept")
	userToken := flags.String("user-token", altegiotest.DefaultUserToken, "user token to accept")
	seedFile := flags.String("seed", "", "JSON `file` with the world to start with (default: a small built-in one)")
	perSecond := flags.Int("requests-per-second", 0, "rate limit per IP address; 0 for none")
	perMinute := flags.Int("requests-per-minute", 0, "rate limit per IP address; 0 for none")
	quiet := flags.Bool("quiet", false, "don't log requests")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err := checkLoopback(*addr); err != nil {
		return err
	}
	seed, err := loadSeed(*seedFile)
	if err != nil {
		return err
	}

	output := &lines{w: stdout}
	options := []altegiotest.Option{
		altegiotest.WithToken(*token),
		altegiotest.WithUserToken(*userToken),
		altegiotest.WithSeed(seed),
		altegiotest.WithLimits(altegiotest.Limits{PerSecond: *perSecond, PerMinute: *perMinute}),
		altegiotest.WithoutJournal(),
	}
	if !*quiet {
		options = append(options, altegiotest.WithObserver(func(r altegiotest.Request) {
			output.printf("%s %s %d\n", r.Method, r.Path, r.StatusCode)
		}))
	}
	fake := altegiotest.New(options...)
	defer fake.Close()

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	output.printf("%s", greeting("http://"+listener.Addr().String(), *token, *userToken, seed))

	server := &http.Server{
		Handler:           fake.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(stderr, "altegio-fake: ", 0),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// ctx has ended, but running requests get a moment to finish.
	shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return server.Shutdown(shutdown)
}

// checkLoopback fails for an address on the network, because the server prints its tokens.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-addr: %q is not a loopback address, such as 127.0.0.1:8080", addr)
	}
	return nil
}

func loadSeed(name string) (altegiotest.Seed, error) {
	if name == "" {
		return altegiotest.DefaultSeed(), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return altegiotest.Seed{}, err
	}
	defer file.Close()
	seed, err := altegiotest.LoadSeed(file)
	if err != nil {
		return altegiotest.Seed{}, fmt.Errorf("%s: %w", name, err)
	}
	return seed, nil
}

// greeting says how to use the server, with an installation that exists.
func greeting(url, token, userToken string, seed altegiotest.Seed) string {
	var location, application int64 = 1001, 456
	if len(seed.Installations) > 0 {
		first := slices.MinFunc(seed.Installations, func(a, b altegiotest.Installation) int {
			return cmp.Or(cmp.Compare(a.ApplicationID, b.ApplicationID), cmp.Compare(a.LocationID, b.LocationID))
		})
		location, application = first.LocationID, first.ApplicationID
	}
	return fmt.Sprintf(`An in-memory Altegio is listening. Stop it with Ctrl+C; nothing is kept.

In another terminal, with any configuration of the provider:

export ALTEGIO_API_URL=%[1]s/api/v1
export ALTEGIO_APP_URL=%[1]s
export ALTEGIO_PARTNER_TOKEN=%[2]s
export ALTEGIO_USER_TOKEN=%[5]s

curl -H 'Authorization: Bearer %[2]s' -H 'Accept: application/vnd.api.v2+json' %[1]s/marketplace/salon/%[3]d/application/%[4]d

`, url, token, location, application, userToken)
}

// lines keeps lines that are written at the same time apart.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lines) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.w, format, args...) // a closed terminal does not stop the server
}
