// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// TestDemo_secrets runs the whole demo at the most talkative log level and looks for secrets in all
// that it leaves: output, log, state and plan.
func TestDemo_secrets(t *testing.T) {
	requireCLI(t)
	dir, logFile := t.TempDir(), filepath.Join(t.TempDir(), "trace.log")
	t.Setenv("TF_LOG", "TRACE")
	t.Setenv("TF_LOG_PATH", logFile)
	var out bytes.Buffer
	if err := play(t.Context(), dir, &out, true); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}

	log := readFile(t, logFile)
	for _, text := range []string{"Altegio request done", "update_channel", "payment_link", "developers_application_update"} {
		if !bytes.Contains(log, []byte(text)) {
			t.Errorf("the log has nothing of %q, so it proves nothing", text)
		}
	}
	state := readFile(t, filepath.Join(dir, "configuration", "terraform.tfstate"))
	signature := linkSignature(t, state)

	left := contents(t, filepath.Join(dir, "configuration"))
	left["the output"], left["the log"] = out.Bytes(), log
	for name, content := range left {
		for _, token := range []string{altegiotest.DefaultPartnerToken, altegiotest.DefaultUserToken} {
			if bytes.Contains(content, []byte(token)) {
				t.Errorf("a token is in %s", name)
			}
		}
	}
	for name, content := range map[string][]byte{"the output": out.Bytes(), "the log": log} {
		if bytes.Contains(content, []byte(signature)) {
			t.Errorf("the signature of the payment link is in %s", name)
		}
	}
}

func TestDemo_failingStep(t *testing.T) {
	requireCLI(t)
	stage, err := setUp(t.Context(), t.TempDir(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer stage.fake.Close()

	var out bytes.Buffer
	stage.out, stage.verbose = &out, true
	stage.fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: http.StatusForbidden})
	err = firstApply(t.Context(), stage)
	if err == nil || err.Error() != "apply ended with exit code 1 instead of 0" {
		t.Errorf("got the error %v", err)
	}
	if !strings.Contains(out.String(), "Error: Cannot set the channel") {
		t.Errorf("the error of the CLI is not shown:\n%s", &out)
	}
}

func TestDemo_interrupted(t *testing.T) {
	requireCLI(t)
	// Sockets are created below it, and their paths must be short: t.TempDir's would not do on macOS.
	temp, err := os.MkdirTemp("", "") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp) //nolint:errcheck // a directory of the test
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp) // Windows
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	err = run(ctx, writerFunc(func(text []byte) {
		if bytes.HasPrefix(text, []byte("2. ")) {
			cancel()
		}
	}), false)
	if err == nil || err.Error() != "interrupted" {
		t.Errorf("got the error %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "altegio-demo-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStage_assertions(t *testing.T) {
	t.Parallel()
	s := &stage{fake: altegiotest.NewServer(), out: io.Discard}
	defer s.fake.Close()
	s.fake.SetChannel(1001, application, "sms", true)
	for _, want := range [][]string{nil, {"1001/456/sms=false"}, {"1001/456/sms=true", "1001/456/whatsapp=true"}} {
		if err := s.holds(want...); err == nil {
			t.Errorf("holds(%v) passes", want)
		}
	}
	if err := s.holds("1001/456/sms=true"); err != nil {
		t.Error(err)
	}
	if err := s.received(); err != nil {
		t.Error(err)
	}
	if err := s.received("1001/456/sms=true"); err == nil {
		t.Error("a change that nobody sent passes")
	}
}

func TestDemo_short(t *testing.T) {
	requireCLI(t)
	var out bytes.Buffer
	if err := play(t.Context(), t.TempDir(), &out, false); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	if lines := strings.Count(out.String(), "\n"); lines < 20 || lines > 34 {
		t.Errorf("the demo prints %d lines:\n%s", lines, &out)
	}
	// The picture in the README is that of such a run.
	picture := string(readFile(t, "demo.svg"))
	for line := range strings.Lines(out.String()) {
		line = strings.ReplaceAll(strings.TrimSpace(line), "tofu ", "terraform ")
		if !strings.Contains(picture, html.EscapeString(line)) {
			t.Errorf("demo.svg lacks %q: run go run ./internal/cmd/demo -svg internal/cmd/demo/demo.svg", line)
		}
	}
}

func TestPainter(t *testing.T) {
	t.Parallel()
	const text = "1. Title\n   $ terraform plan\n   => received\nplain\n"
	for colour, want := range map[bool]string{
		false: text,
		true:  "\x1b[1m1. Title\x1b[0m\n\x1b[36m   $ terraform plan\x1b[0m\n\x1b[32m   => received\x1b[0m\nplain\n",
	} {
		var out strings.Builder
		p := &painter{w: &out, colour: colour}
		for _, part := range []string{text[:5], text[5:20], text[20:]} {
			if _, err := p.Write([]byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != want {
			t.Errorf("with colour %t: %q", colour, out.String())
		}
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	got := outcomes("\nNo changes. Your infrastructure matches the configuration.\n\n│ Error: Cannot\n│ more\nPlan: 1 to add\nApply complete! Resources: 1 added.\n")
	if want := []string{"No changes.", "Error: Cannot", "Plan: 1 to add", "Apply complete! Resources: 1 added."}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	const warning = `
Warning: Provider development overrides are in effect

The following provider development overrides are set in the CLI
configuration:
 - altegio/altegio in /tmp/plugins

The behavior may therefore not match any released version of the provider and
applying changes may cause the state to become incompatible with published
releases.
`
	for name, test := range map[string]struct{ output, want string }{
		"nothing":           {"", ""},
		"warning":           {warning, ""},
		"wrapped elsewhere": {strings.ReplaceAll(warning, "published\nreleases", "published releases"), ""},
		"error after it":    {warning + "\nError: no\n\n\nmore\n", "  Error: no\n\n  more\n"},
		"error before it":   {"Error: no\n" + warning, "  Error: no\n\n"},
		"another wording": {
			"Warning: Provider development overrides are in effect\nBeware.\nError: no\n",
			"  Warning: Provider development overrides are in effect\n  Beware.\n  Error: no\n",
		},
		"data sources": {"data.a.b[\"1\"]: Reading...\na.b: Refreshing state...\ndata.a.b: Read complete after 0s\n", "  a.b: Refreshing state...\n"},
		"long line":    {strings.Repeat("x", 2<<20) + "\nError: no", "  " + strings.Repeat("x", 2<<20) + "\n  Error: no\n"},
	} {
		var got strings.Builder
		show(&got, test.output)
		if got.String() != test.want {
			t.Errorf("%s: got %.300q, want %.300q", name, got.String(), test.want)
		}
	}
}

func TestNeutral(t *testing.T) {
	t.Parallel()
	absolute, err := filepath.Abs("trace.log")
	if err != nil {
		t.Fatal(err)
	}
	got := neutral([]string{
		"PATH=/bin", "TF_VAR_locations={}", "TF_CLI_ARGS_plan=-target=a.b", "TF_WORKSPACE=other", "TF_LOG=TRACE",
		"TF_LOG_PATH=trace.log", "TF_LOG_PROVIDER_ALTEGIO_HTTP=DEBUG", "ALTEGIO_PARTNER_TOKEN=real", "ALTEGIO_USER_TOKEN=real",
	})
	want := []string{"PATH=/bin", "TF_LOG=TRACE", "TF_LOG_PATH=" + absolute, "TF_LOG_PROVIDER_ALTEGIO_HTTP=DEBUG"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFindCLI_namedButMissing(t *testing.T) {
	t.Setenv("TF_ACC_TERRAFORM_PATH", filepath.Join(t.TempDir(), "terraform"))
	if path, err := findCLI(t.Context(), t.TempDir(), io.Discard); err == nil || !strings.Contains(err.Error(), "TF_ACC_TERRAFORM_PATH") {
		t.Errorf("got %q and the error %v", path, err)
	}
}

// requireCLI skips a test that would have to install Terraform first.
func requireCLI(t *testing.T) {
	t.Helper()
	if os.Getenv("TF_ACC_TERRAFORM_PATH") != "" {
		return
	}
	for _, name := range []string{"terraform", "tofu"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	t.Skip("neither terraform nor tofu is on PATH, and TF_ACC_TERRAFORM_PATH is not set")
}

// linkSignature returns the signature of the payment link that a state holds.
func linkSignature(t *testing.T, state []byte) string {
	t.Helper()
	var parsed struct {
		Outputs map[string]struct{ Value any }
	}
	if err := json.Unmarshal(state, &parsed); err != nil {
		t.Fatal(err)
	}
	text, _ := parsed.Outputs["payment_link"].Value.(string)
	link, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	signature := link.Query().Get("sign")
	if signature == "" {
		t.Fatal("the state has no signed payment link")
	}
	return signature
}

// contents returns every file below a directory by its path, a plan's parts as files of their own.
func contents(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	plans := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files[path] = readFile(t, path)
		if filepath.Ext(path) != ".tfplan" {
			return nil
		}
		plans++
		archive, err := zip.OpenReader(path)
		if err != nil {
			return err
		}
		defer archive.Close() //nolint:errcheck // only read
		for _, part := range archive.File {
			if files[filepath.Join(path, part.Name)], err = fs.ReadFile(archive, part.Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if plans == 0 {
		t.Error("no plan was looked into")
	}
	return files
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

type writerFunc func([]byte)

func (f writerFunc) Write(text []byte) (int, error) {
	f(text)
	return len(text), nil
}
