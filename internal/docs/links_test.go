// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	repositoryURL = "https://github.com/altegio/terraform-provider-altegio/"
	registryURL   = "https://registry.terraform.io/providers/altegio/altegio/latest/docs"
)

// kinds are the directories of docs/ by what the OpenTofu registry calls them in its addresses; "" is a
// kind that it has no pages for.
var kinds = map[string]string{
	"resources":           "resources",
	"data-sources":        "datasources",
	"functions":           "functions",
	"guides":              "guides",
	"ephemeral-resources": "",
	"actions":             "",
	"list-resources":      "",
}

// otherHosts are the sites that a page may lead to. A host that is not among them is a typing error until
// somebody adds it.
var otherHosts = []string{
	"alteg.io", "app.alteg.io", "developer.alteg.io", "developers.yclients.com",
	"developer.hashicorp.com", "opentofu.org", "registry.opentofu.org", "search.opentofu.org", "registry.terraform.io",
	"github.com", "docs.github.com", "docs.gitlab.com", "www.runatlantis.io", "www.conftest.dev", "www.openpolicyagent.org",
	"keepachangelog.com", "semver.org", "slsa.dev", "spdx.org", "pkg.go.dev", "goreleaser.com", "img.shields.io", "go.dev",
}

var (
	fence     = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	code      = regexp.MustCompile("`[^`\n]*`")
	link      = regexp.MustCompile(`\[[^\]]*\]\(([^)\s]+)\)`)
	image     = regexp.MustCompile(`!\[[^\]]*\]\([^)\s]+\)`)
	heading   = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	anchorTag = regexp.MustCompile(`<a id="([^"]+)">`)
	// slugDrops is what GitHub and both registries leave out when they make an anchor of a heading.
	slugDrops = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// links returns where the links of a Markdown text lead, images included.
func links(text string) []string {
	text = fence.ReplaceAllString(text, "")
	// An image that is a link itself leads to two places.
	var targets []string
	for _, match := range image.FindAllString(text, -1) {
		targets = append(targets, link.FindStringSubmatch(match)[1])
	}
	text = image.ReplaceAllString(text, "image")
	for _, match := range link.FindAllStringSubmatch(code.ReplaceAllString(text, "code"), -1) {
		targets = append(targets, match[1])
	}
	return targets
}

// anchors returns the places within a Markdown text that a link can lead to.
func anchors(text string) []string {
	var found []string
	for _, match := range anchorTag.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		title := link.ReplaceAllStringFunc(match[1], func(l string) string { return l[1:strings.Index(l, "]")] })
		slug := strings.ReplaceAll(slugDrops.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		found = append(found, slug)
	}
	return found
}

// A place shows the pages of docs/ under addresses of its own.
type place struct {
	name string
	// address is where a page, such as "guides/fleets" or "index", is shown; "" where it is not.
	address func(page string) string
	// rewrite is what the place makes of a relative link before it resolves it.
	rewrite func(link string) string
}

func page(kind func(string) string, base string) func(string) string {
	return func(page string) string {
		if page == "index" {
			return strings.TrimSuffix(base, "/docs")
		}
		dir, name, _ := strings.Cut(page, "/")
		if dir = kind(dir); dir == "" {
			return ""
		}
		return base + "/" + dir + "/" + name
	}
}

var places = []place{
	{
		name:    "the repository",
		address: func(page string) string { return repositoryURL + "blob/main/docs/" + page + ".md" },
		rewrite: func(link string) string { return link },
	},
	{
		// Pages have no slash at their end, so the index is the "docs" of its address; .md is dropped.
		name: "the Terraform registry",
		address: func(name string) string {
			if name == "index" {
				return registryURL
			}
			return registryURL + "/" + name
		},
		rewrite: dropExtension,
	},
	{
		// The index has no "docs" in its address, a kind has another name or no page, and .md is dropped
		// only from a link without a directory.
		name:    "the OpenTofu registry",
		address: page(func(dir string) string { return kinds[dir] }, "https://search.opentofu.org/provider/altegio/altegio/latest/docs"),
		rewrite: func(link string) string {
			if strings.Contains(link, "/") {
				return link
			}
			return dropExtension(link)
		},
	},
}

func dropExtension(link string) string {
	path, anchor, found := strings.Cut(link, "#")
	if path = strings.TrimSuffix(path, ".md"); found {
		return path + "#" + anchor
	}
	return path
}

// pages returns the pages of docs/ with their text.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range files(t, ".md") {
		if rest, ok := strings.CutPrefix(name, "docs/"); ok {
			found[strings.TrimSuffix(rest, ".md")] = read(t, name)
		}
	}
	return found
}

// outside says what is wrong with a link that leaves the page it stands on for a full address.
func outside(t *testing.T, target string) error {
	t.Helper()
	parsed, err := url.Parse(target)
	if err != nil || parsed.Scheme != "https" {
		return fmt.Errorf("is no https address")
	}
	full, anchor, _ := strings.Cut(target, "#")
	if name, ok := strings.CutPrefix(full, registryURL+"/"); ok {
		return inside(t, "docs/"+name+".md", anchor)
	}
	if rest, ok := strings.CutPrefix(full, repositoryURL); ok {
		for _, view := range []string{"blob/main/", "tree/main/", "raw/main/"} {
			if name, ok := strings.CutPrefix(rest, view); ok {
				return inside(t, name, anchor)
			}
		}
		return nil // issues, releases and so on
	}
	if !slices.Contains(otherHosts, parsed.Host) {
		return fmt.Errorf("leads to a host that this test does not know")
	}
	return nil
}

// inside says what is wrong with a link to a file of the repository.
func inside(t *testing.T, name, anchor string) error {
	t.Helper()
	if !exists(name) {
		return fmt.Errorf("leads to %s, which does not exist", name)
	}
	if anchor != "" && path.Ext(name) == ".md" && !slices.Contains(anchors(read(t, name)), anchor) {
		return fmt.Errorf("leads to #%s, which %s does not have", anchor, name)
	}
	return nil
}

func isAbsolute(target string) bool { return strings.Contains(target, "://") }

// TestLinks_ofPages follows every link of docs/ in every place that shows docs/.
func TestLinks_ofPages(t *testing.T) {
	t.Parallel()
	all := pages(t)
	if len(all) < 30 {
		t.Fatalf("docs/ has %d pages", len(all))
	}
	for _, p := range places {
		shown := map[string]string{}
		for name := range all {
			if address := p.address(name); address != "" {
				shown[address] = name
			}
		}
		for name, text := range all {
			from := p.address(name)
			if from == "" {
				continue
			}
			for _, target := range links(text) {
				if isAbsolute(target) {
					if err := outside(t, target); err != nil {
						t.Errorf("docs/%s.md: %s %v", name, target, err)
					}
					continue
				}
				base, err := url.Parse(from)
				if err != nil {
					t.Fatal(err)
				}
				resolved, err := base.Parse(p.rewrite(target))
				if err != nil {
					t.Errorf("docs/%s.md: %s is no link", name, target)
					continue
				}
				anchor := resolved.Fragment
				resolved.Fragment = ""
				to, ok := shown[resolved.String()]
				if !ok {
					t.Errorf("docs/%s.md: in %s, %s leads to %s, which is no page. A page of the same directory is linked as name.md, any other by its full address, %sblob/main/docs/...",
						name, p.name, target, resolved, repositoryURL)
				} else if anchor != "" && !slices.Contains(anchors(all[to]), anchor) {
					t.Errorf("docs/%s.md: in %s, %s leads to an anchor that docs/%s.md does not have", name, p.name, target, to)
				}
			}
		}
	}
}

// TestLinks_ofRepository follows the links of every other Markdown file, which only the repository shows.
func TestLinks_ofRepository(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range files(t, ".md") {
		if strings.HasPrefix(name, "docs/") {
			continue
		}
		text := read(t, name)
		for _, target := range links(text) {
			seen++
			err := error(nil)
			switch to, anchor, _ := strings.Cut(target, "#"); {
			case isAbsolute(target):
				err = outside(t, target)
			case to == "":
				err = inside(t, name, anchor)
			default:
				err = inside(t, path.Join(path.Dir(name), to), anchor)
			}
			if err != nil {
				t.Errorf("%s: %s %v", name, target, err)
			}
		}
	}
	if seen == 0 {
		t.Error("no link was looked at")
	}
}

// TestLinks_ofDescriptions looks at the text that is generated from Go: descriptions of the schema, which
// editors show as well, and what is printed. It stands on no page, so a relative link leads nowhere.
func TestLinks_ofDescriptions(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range files(t, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(name)), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil || strings.HasPrefix(name, "internal/bench/") || strings.HasPrefix(text, "^") { // it writes a page of its own directory; a regular expression
				return true
			}
			for _, target := range links(text) {
				seen++
				if !isAbsolute(target) {
					t.Errorf("%s: %s is relative, in a text that stands on no page", name, target)
				} else if err := outside(t, target); err != nil {
					t.Errorf("%s: %s %v", name, target, err)
				}
			}
			return true
		})
	}
	if seen == 0 {
		t.Error("no link was looked at")
	}
}

// TestPlaces holds what each place makes of a link, on a few that are known.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for link, want := range map[string][]bool{
		"application_channel.md":               {true, true, true},
		"application_channel":                  {false, true, true},
		"../guides/fleets.md":                  {true, true, false},
		"../guides/fleets":                     {false, true, true},
		"../data-sources/payment_link.md":      {true, true, false},
		"../ephemeral-resources/payment_link":  {false, true, false},
		"../resources/application_channels.md": {true, true, false},
	} {
		for i, p := range places {
			base, err := url.Parse(p.address("resources/application_channels"))
			if err != nil {
				t.Fatal(err)
			}
			resolved, err := base.Parse(p.rewrite(link))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for name := range pages(t) {
				found = found || p.address(name) == resolved.String()
			}
			if found != want[i] {
				t.Errorf("in %s, %s leads to %s: a page is %t, want %t", p.name, link, resolved, found, want[i])
			}
		}
	}
	for _, p := range places[1:] {
		base, _ := url.Parse(p.address("index"))
		if resolved, _ := base.Parse(p.rewrite("resources/application_channel.md")); slices.Contains(
			[]string{places[1].address("resources/application_channel"), places[2].address("resources/application_channel")}, resolved.String()) {
			t.Errorf("in %s, the index is taken for a directory", p.name)
		}
	}
}
