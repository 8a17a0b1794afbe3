// SPDX-License-Identifier: MPL-2.0

// Command demo runs the provider from end to end: a real Terraform or OpenTofu applies examples/demo to a
// fake Altegio in this process. It prints the work of a platform team in some 30 lines; -v shows everything
// that Terraform prints. It fails if a step does not have the expected result. It needs no account and
// leaves nothing behind.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	verbose := flag.Bool("v", false, "show all that Terraform prints")
	picture := flag.String("svg", "", "also write what is shown as a picture to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var shown bytes.Buffer
	err := run(ctx, io.MultiWriter(&shown, &painter{w: os.Stdout, colour: isTerminal(os.Stdout)}), *verbose)
	stop()
	if err == nil && *picture != "" {
		err = os.WriteFile(*picture, svg(shown.String()), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, verbose bool) (err error) {
	dir, err := os.MkdirTemp("", "altegio-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	err = play(ctx, dir, out, verbose)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// play runs all steps in the directory.
func play(ctx context.Context, dir string, out io.Writer, verbose bool) error {
	stage, err := setUp(ctx, dir, out)
	if err != nil {
		return err
	}
	defer stage.fake.Close()
	stage.verbose = verbose

	fmt.Fprint(out, declared)
	for i, step := range steps {
		fmt.Fprintf(out, "%d. %s\n", i+1, step.title)
		if err := step.run(ctx, stage); err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, step.title, err)
		}
	}
	return nil
}
