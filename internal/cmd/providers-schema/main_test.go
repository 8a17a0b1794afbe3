package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

// What Terraform prints of the provider must be what this program prints, but for what an older
// Terraform does not know.
func TestAgreesWithTerraform(t *testing.T) {
	t.Parallel()
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("needs terraform on PATH to compare with")
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
	want, got := providerSchema(t, theirs, "registry.terraform.io/altegio/altegio"), providerSchema(t, ours.Bytes(), providerName)
	for section, wantSection := range want {
		if gotSection := got[section]; !reflect.DeepEqual(wantSection, gotSection) {
			w, _ := json.MarshalIndent(wantSection, "", " ")
			g, _ := json.MarshalIndent(gotSection, "", " ")
			t.Errorf("%s differs\nTerraform prints %s\nwe print %s", section, w, g)
		}
	}
	if len(want) < 3 {
		t.Errorf("Terraform printed only %d sections: nothing was compared", len(want))
	}
}

func providerSchema(t *testing.T, b []byte, key string) map[string]any {
	t.Helper()
	var all struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all.Schemas[key]
}
