// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A history is the record of a workspace.
type history struct {
	texts  []string
	steps  int
	config string // as shown last
}

// command adds a command, preceded by the configuration if that has changed.
func (h *history) command(w *Workspace, command string) { h.step(w, "terraform "+command) }

func (h *history) step(w *Workspace, text string) {
	if config := w.HCL(); config != h.config || h.steps == 0 {
		h.config = config
		if config == "" {
			config = "# Nothing is declared.\n"
		}
		h.texts = append(h.texts, config)
	}
	h.steps++
	h.texts = append(h.texts, fmt.Sprintf("# %d. %s\n", h.steps, text))
}

func (h *history) String() string { return strings.Join(h.texts, "\n") }

// HCL returns the configuration as it is written now, without the provider block, which is the
// workspace's. Values of [Later] come from resources of type terraform_data.
func (w *Workspace) HCL() string {
	config := w.Config.clone()
	c, b := &config, &builder{provider: w.provider.name()}
	for alias, attrs := range sorted(c.Providers) {
		b.line("provider %q {", b.provider)
		b.line("  alias = %q", alias)
		b.attrs("  ", mergedAttrs(w.block, attrs))
		b.line("}\n")
	}
	shown := map[string]bool{}
	for i := range c.Resources {
		base := whole(c.Resources[i].Addr)
		if !shown[base] {
			shown[base] = true
			b.resource(c, base)
		}
	}
	for _, m := range c.Moved {
		b.line("moved {\n  from = %s\n  to   = %s\n}\n", m.From, m.To)
	}
	for _, from := range c.Removed {
		b.line("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", from)
	}
	for _, i := range c.Imports {
		b.line("import {\n  to = %s", i.To)
		if i.Identity != nil {
			b.line("  identity = %s", b.value(cloneAny(i.Identity)))
		} else {
			b.line("  id = %q", i.ID)
		}
		b.line("}\n")
	}
	for n, value := range b.later {
		b.line("resource \"terraform_data\" \"later_%d\" {\n  input            = %s\n  triggers_replace = timestamp()\n}\n", n, b.value(value))
	}
	return b.String()
}

// ProviderHCL returns the provider block of the workspace.
func (w *Workspace) ProviderHCL() string {
	b := &builder{}
	b.line("provider %q {", w.provider.name())
	b.attrs("  ", w.block)
	b.line("}")
	return b.String()
}

func mergedAttrs(a, b Attrs) Attrs {
	merged := maps.Clone(a)
	maps.Copy(merged, b)
	return merged
}

// name returns the prefix of the resource types.
func (p *Provider) name() string {
	for typ := range p.ResourceTypes() {
		name, _, _ := strings.Cut(typ, "_")
		return name
	}
	return ""
}

type builder struct {
	strings.Builder
	provider string
	later    []any
}

func (b *builder) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

func (b *builder) attrs(indent string, attrs Attrs) {
	for name, value := range sorted(attrs) {
		if value != nil {
			b.line("%s%s = %s", indent, name, b.value(cloneAny(value)))
		}
	}
}

func (b *builder) resource(c *Config, base string) {
	typ, name, _ := strings.Cut(base, ".")
	var instances []*Resource
	for i := range c.Resources {
		if r := &c.Resources[i]; whole(r.Addr) == base {
			instances = append(instances, r)
		}
	}
	first := instances[0]
	b.line("resource %q %q {", typ, name)
	if first.Provider != "" {
		b.line("  provider = %s.%s", b.provider, first.Provider)
	}
	if first.Addr == base {
		b.attrs("  ", first.Attrs)
	} else {
		b.each(base, instances)
	}
	if len(first.DependsOn) > 0 {
		b.line("  depends_on = [%s]", strings.Join(first.DependsOn, ", "))
	}
	if first.CreateBeforeDestroy || first.PreventDestroy || len(first.IgnoreChanges) > 0 {
		b.line("  lifecycle {")
		if first.CreateBeforeDestroy {
			b.line("    create_before_destroy = true")
		}
		if first.PreventDestroy {
			b.line("    prevent_destroy = true")
		}
		switch {
		case slices.Contains(first.IgnoreChanges, "all"):
			b.line("    ignore_changes = all")
		case len(first.IgnoreChanges) > 0:
			b.line("    ignore_changes = [%s]", strings.Join(first.IgnoreChanges, ", "))
		}
		b.line("  }")
	}
	b.line("}\n")
}

// each writes the instances of a resource with for_each, or with count.
func (b *builder) each(base string, instances []*Resource) {
	var items, names []string
	keyed := strings.HasPrefix(instances[0].Addr[len(base):], `["`)
	given := map[string]bool{}
	for _, r := range instances {
		for name, value := range r.Attrs {
			given[name] = given[name] || value != nil
		}
	}
	for name := range sorted(given) {
		if given[name] {
			names = append(names, name)
		}
	}
	for _, r := range instances {
		attrs := map[string]any{}
		for _, name := range names {
			attrs[name] = r.Attrs[name]
		}
		item := b.value(attrs)
		if keyed {
			item = strings.Trim(r.Addr[len(base):], "[]") + " = " + item
		}
		items = append(items, item)
	}
	if keyed {
		b.line("  for_each = {\n    %s\n  }", strings.Join(items, "\n    "))
		for _, name := range names {
			b.line("  %s = each.value.%s", name, name)
		}
		return
	}
	b.line("  count = %d", len(items))
	for _, name := range names {
		b.line("  %s = [%s][count.index].%s", name, strings.Join(items, ", "), name)
	}
}

// value returns a Go value as an expression.
func (b *builder) value(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case cty.Value:
		return literal(v)
	case string:
		return quote(v)
	case Ref:
		return v.Addr + "." + v.Attr
	case Later:
		b.later = append(b.later, v.Value)
		return fmt.Sprintf("terraform_data.later_%d.output", len(b.later)-1)
	case Unknown:
		return "(known after apply)"
	case map[string]any:
		var items []string
		for key, item := range sorted(v) {
			items = append(items, quote(key)+" = "+b.value(item))
		}
		return "{ " + strings.Join(items, ", ") + " }"
	case []any:
		items := make([]string, 0, len(v))
		for _, item := range v {
			items = append(items, b.value(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// quote writes a string as HCL does, without templates.
func quote(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(s))
}

// literal returns a value as an expression.
func literal(v cty.Value) string {
	if v == cty.NilVal {
		return "null"
	}
	return (&builder{}).value(Go(v))
}
