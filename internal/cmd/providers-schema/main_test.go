// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// Terraform must print the same schema as this program, except for what an older Terraform does not know.
func TestAgreesWithTerraform(t *testing.T) {
	t.Parallel()
	terraform := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if terraform == "" {
		var err error
		if terraform, err = exec.LookPath("terraform"); err != nil {
			t.Skip("needs terraform on PATH to compare with")
		}
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "terraform-provider-altegio"), "../../..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("main.tf", `terraform {
  required_providers {
    altegio = {
      source = "altegio/altegio"
    }
  }
}
`)
	cli := write("cli.tfrc", `provider_installation {
  dev_overrides {
    "altegio/altegio" = "`+filepath.ToSlash(dir)+`"
  }
  direct {}
}
`)
	cmd := exec.CommandContext(t.Context(), terraform, "providers", "schema", "-json")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+cli, "CHECKPOINT_DISABLE=1")
	theirs, err := cmd.Output()
	if err != nil {
		t.Fatalf("terraform providers schema: %v\n%s", err, theirs)
	}
	var ours bytes.Buffer
	if err := run(t.Context(), &ours); err != nil {
		t.Fatal(err)
	}
	want, got := sections(t, theirs), sections(t, ours.Bytes())
	for name, section := range want {
		if !reflect.DeepEqual(section, got[name]) {
			w, _ := json.MarshalIndent(section, "", " ")
			g, _ := json.MarshalIndent(got[name], "", " ")
			t.Errorf("%s differs\nTerraform prints %s\nwe print %s", name, w, g)
		}
	}
	if len(want) < 3 {
		t.Errorf("Terraform printed only %d sections: nothing was compared", len(want))
	}
}

// sections are the parts of the one provider in b as the documentation's generator reads them, which
// leaves out what a newer Terraform may have added.
func sections(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var all tfjson.ProviderSchemas
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Schemas) != 1 {
		t.Fatalf("%d providers instead of one", len(all.Schemas))
	}
	parts := make(map[string]any)
	for _, p := range all.Schemas {
		read, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(read, &parts); err != nil {
			t.Fatal(err)
		}
	}
	return parts
}
