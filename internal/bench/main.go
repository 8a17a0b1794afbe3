// Command bench measures the provider with the real Terraform against the fake Altegio, in turn with
// a provider that does nothing (nullprovider). CPU and wall time are printed as ratios to that
// floor, since absolute times say more about a machine than about a provider.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	sizes := flag.String("n", "10,100,1000", "numbers of channels, separated by commas")
	runs := flag.Int("runs", 3, "runs of each measurement, of which the median is printed")
	chart := flag.String("chart", "internal/bench/chart.svg", "where to write the chart; empty for none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *sizes, *runs, *chart)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, runs int, chart string) (err error) {
	var ns []int
	for _, s := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return fmt.Errorf("-n: %q is not a number of channels", s)
		}
		ns = append(ns, n)
	}
	dir, err := os.MkdirTemp("", "altegio-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	lab, err := newLab(ctx, dir)
	if err != nil {
		return err
	}

	var rows []row
	for _, n := range ns {
		var samples []sample
		for i := range runs {
			fmt.Fprintf(os.Stderr, "%d channels, run %d of %d\n", n, i+1, runs)
			// In turn, so that a machine that slows down slows both.
			for _, subject := range []subject{altegio, floor} {
				s, err := lab.measure(ctx, subject, n, filepath.Join(dir, fmt.Sprintf("%s-%d-%d", subject, n, i)))
				if err != nil {
					return fmt.Errorf("%s, %d channels: %w", subject, n, err)
				}
				samples = append(samples, s...)
			}
		}
		rows = append(rows, medians(n, samples)...)
	}
	fmt.Printf("%s, %s\n\n%s", time.Now().Format(time.DateOnly), lab.about(ctx), table(rows))
	if chart == "" {
		return nil
	}
	return os.WriteFile(chart, []byte(draw(rows)), 0o644)
}
