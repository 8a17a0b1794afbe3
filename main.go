// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-altegio serves the Altegio provider to Terraform and OpenTofu.
package main

import (
	"flag"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

// version is set by the release build.
var version = "dev"

// gcPercent makes Go collect garbage less often than by default. A provider lives for seconds and is small,
// so a little memory saves a good part of its CPU. GOGC in the environment overrides it.
const gcPercent = 300

// leaveTerminationToParent ignores SIGTERM while the parent process exists. A cancelled CI job sends the
// signal to Terraform and its providers. Terraform then stops the provider in an orderly way, but must
// first receive what was applied. go-plugin ignores an interrupt, which also goes to both, for the same
// reason.
func leaveTerminationToParent() {
	parent := os.Getppid()
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	go func() {
		for range terminate {
			if os.Getppid() != parent {
				os.Exit(1)
			}
		}
	}()
}

func main() {
	fatal := log.New(os.Stderr, "", log.LstdFlags).Fatal
	log.SetFlags(0)
	log.SetOutput(provider.StandardLog(os.Stderr))
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	debugging := flag.Bool("debug", false, "run with support for debuggers such as delve")
	flag.Parse()
	if !*debugging {
		leaveTerminationToParent()
	}

	var options []tf6server.ServeOpt
	if *debugging {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/altegio/altegio", func() tfprotov6.ProviderServer {
		server, err := provider.Server(version)()
		if err != nil {
			fatal(err)
		}
		return server
	}, options...)
	if err != nil {
		fatal(err)
	}
}
