// Command terraform-provider-altegio serves the Altegio provider to Terraform and OpenTofu.
package main

import (
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run with support for debuggers such as delve")
	flag.Parse()
	if !*debug {
		// Who ends a CI job sends this to Terraform and its providers alike. Terraform then stops the
		// provider in good order, and must be told before that what was applied. An interrupt, which
		// also goes to both, is ignored by go-plugin for the same reason.
		signal.Ignore(syscall.SIGTERM)
	}

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/altegio/altegio", func() tfprotov6.ProviderServer {
		server, err := provider.Server(version)()
		if err != nil {
			log.Fatal(err)
		}
		return server
	}, options...)
	if err != nil {
		log.Fatal(err)
	}
}
