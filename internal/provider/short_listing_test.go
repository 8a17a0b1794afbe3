// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

var (
	locationsBlock = regexp.MustCompile(`(?ms)^data "altegio_application_locations" "(\w+)" \{.*?^\}`)
	outputBlock    = regexp.MustCompile(`(?ms)^output .*?^\}`)
	fencedHCL      = regexp.MustCompile("(?s)```terraform\n(.*?)```")
)

// fedByAListing returns the configurations in the documentation that depend on a listing of locations:
// those in code blocks of the pages, and the examples of each directory together.
func fedByAListing(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	templates := filepath.Join(providertest.ExamplesDir, "..", "templates")
	if err := filepath.WalkDir(templates, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		page, err := os.ReadFile(path)
		for i, fenced := range fencedHCL.FindAllStringSubmatch(string(page), -1) {
			all[filepath.Base(path)+strings.Repeat("'", i)] = fenced[1]
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(providertest.ExamplesDir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" || strings.HasPrefix(entry.Name(), "import") {
			return err
		}
		content, err := os.ReadFile(path)
		all[filepath.Base(filepath.Dir(path))] += string(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		block := locationsBlock.FindStringSubmatch(text)
		if block == nil || !strings.Contains(outputBlock.ReplaceAllString(text, ""), "data.altegio_application_locations."+block[1]+".") {
			delete(all, name)
		}
	}
	return all
}

// An incomplete or empty listing stops the plan of every configuration that a user may copy.
func TestExamples_shortListing(t *testing.T) {
	t.Parallel()
	all := fedByAListing(t)
	if len(all) < 7 {
		t.Errorf("only these are found: %q", all)
	}
	for name, text := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, fake := newExample(t)
			providertest.RequireVersion(t, "1.7.0", "1.7.0") // for import blocks with for_each
			for id := int64(1001); id <= 1007; id++ {
				fake.SetStatus(id, 456, altegiotest.StatusActive)
			}
			text = strings.Replace(text, "provider \"altegio\" {}\n", providertest.ExamplesProvider, 1)
			if strings.Contains(text, "var.application_id") && !strings.Contains(text, `variable "application_id"`) {
				text += "\nvariable \"application_id\" {\n  default = 456\n}\n"
			}
			c.Env = append(c.Env, "TF_VAR_country_id=7")
			c.Write("main.tf", header(text)+text)
			c.MustRun(providertest.Apply...)
			before := fake.Channels()
			if len(before) == 0 && fake.Count(altegiotest.OpAddDiscount) == 0 {
				t.Fatal("the apply sets nothing")
			}
			empty := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
			fake.ResetJournal()
			providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Resource postcondition failed", "0 locations are listed, fewer than")
			empty()
			for id := int64(1002); id <= 1007; id++ {
				fake.SetShapes(altegiotest.Shapes{ListActiveOnly: true})
				fake.SetStatus(id, 456, altegiotest.StatusFreezed)
			}
			providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Resource postcondition failed", "1 locations are listed, fewer than")
			for _, r := range fake.Requests() {
				if r.Method != "GET" {
					t.Errorf("sent %s %s", r.Method, r.Path)
				}
			}
		})
	}
}
