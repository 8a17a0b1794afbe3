// Command demo runs the provider's main job from end to end: the real Terraform, or OpenTofu, over
// examples/demo against a fake Altegio in this process. Each step says in a line what it shows, and
// the demo fails when a step does not give what it should. It needs no account and leaves nothing
// behind.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "altegio-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	err = play(ctx, dir, out)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// play runs all steps in the directory.
func play(ctx context.Context, dir string, out io.Writer) error {
	started := time.Now()
	stage, err := setUp(ctx, dir, out)
	if err != nil {
		return err
	}
	defer stage.fake.Close()

	ready := time.Since(started)
	for i, step := range steps {
		fmt.Fprintf(out, "\n== %d. %s\n   %s\n\n", i+1, step.title, step.shows)
		if err := step.run(ctx, stage); err != nil {
			return fmt.Errorf("step %d (%s): %w", i+1, step.title, err)
		}
	}
	fmt.Fprintf(out, "\nAll %d steps gave what they should, in %s after %s of building.\n",
		len(steps), (time.Since(started) - ready).Round(time.Second/10), ready.Round(time.Second/10))
	return nil
}
