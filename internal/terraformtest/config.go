// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A Config is the configuration in a working directory.
type Config struct {
	// Providers are further configurations of the provider, by alias. Arguments that they leave out are
	// those of the workspace's.
	Providers map[string]Attrs
	Resources []Resource
	Moved     []Moved
	Removed   []string // addresses in removed blocks with destroy = false
	Imports   []Import
}

// A Resource is a resource block, or one instance of a resource with count or for_each.
type Resource struct {
	Addr                string // as type.name, type.name[0], or type.name["key"]
	Provider            string // the alias, or "" for the workspace's own configuration
	Attrs               Attrs
	DependsOn           []string // addresses of resources
	IgnoreChanges       []string // as written: attribute, attribute["key"]; or all
	CreateBeforeDestroy bool
	PreventDestroy      bool
}

// Attrs are the arguments of a block as Go values: bool, integers, floats, string (also for a number),
// slices, maps, nil, [cty.Value], and [Ref] and [Later] at any depth.
type Attrs map[string]any

// A Ref is an attribute of another resource. It is unknown in a plan as long as the attribute is.
type Ref struct {
	Addr string
	Attr string
}

// A Later is a value that is unknown in a plan and known in its apply, like the output of a
// terraform_data that is created at the same time.
type Later struct{ Value any }

// A Moved is a moved block. Without keys it moves all instances.
type Moved struct{ From, To string }

// An Import is an import block. It does nothing if the resource is in the state already.
type Import struct {
	To       string
	ID       string
	Identity Attrs // instead of ID
}

func (r *Resource) typ() string { return typeOf(r.Addr) }

func typeOf(addr string) string {
	typ, _, ok := strings.Cut(addr, ".")
	if !ok {
		panic(fmt.Sprintf("terraformtest: %q is no address of a resource", addr))
	}
	return typ
}

// whole returns the address of the resource that an instance belongs to.
func whole(addr string) string {
	base, _, _ := strings.Cut(addr, "[")
	return base
}

// within reports whether the address is that of the instance, or of its resource.
func within(instance, addr string) bool { return addr == instance || addr == whole(instance) }

// clone copies the configuration: a saved plan does not follow later changes.
func (c *Config) clone() Config {
	d := *c
	d.Providers = maps.Clone(c.Providers)
	d.Resources = slices.Clone(c.Resources)
	for i := range d.Resources {
		d.Resources[i].Attrs = cloneAny(d.Resources[i].Attrs).(map[string]any)
	}
	d.Moved, d.Removed, d.Imports = slices.Clone(c.Moved), slices.Clone(c.Removed), slices.Clone(c.Imports)
	return d
}

// cloneAny copies a Go value, with every slice as a []any and every map as a map[string]any.
func cloneAny(v any) any {
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Slice:
		d := make([]any, rv.Len())
		for i := range d {
			d[i] = cloneAny(rv.Index(i).Interface())
		}
		return d
	case reflect.Map:
		d := make(map[string]any, rv.Len())
		for it := rv.MapRange(); it.Next(); {
			d[fmt.Sprint(it.Key().Interface())] = cloneAny(it.Value().Interface())
		}
		return d
	}
	return v
}

func (c *Config) resource(addr string) *Resource {
	for i := range c.Resources {
		if c.Resources[i].Addr == addr {
			return &c.Resources[i]
		}
	}
	return nil
}

// check panics if Terraform would reject the configuration.
func (c *Config) check(types map[string]*schema) {
	seen := map[string]bool{}
	for _, r := range c.Resources {
		s := types[r.typ()]
		switch {
		case s == nil:
			panic("terraformtest: there is no resource type " + r.typ())
		case seen[r.Addr]:
			panic("terraformtest: " + r.Addr + " is declared twice")
		}
		seen[r.Addr] = true
		if _, ok := c.Providers[r.Provider]; r.Provider != "" && !ok {
			panic("terraformtest: there is no provider configuration " + r.Provider)
		}
	}
	for _, i := range c.Imports {
		if !seen[i.To] {
			panic("terraformtest: import: " + i.To + " is not declared")
		}
	}
	for _, from := range c.Removed {
		for addr := range seen {
			if within(addr, from) {
				panic("terraformtest: removed: " + addr + " is declared")
			}
		}
	}
}

// dependencies returns the resources that a resource refers to directly.
func (r *Resource) dependencies() []string {
	found := map[string]bool{}
	for _, addr := range r.DependsOn {
		found[whole(addr)] = true
	}
	references(map[string]any(r.Attrs), func(ref Ref) { found[whole(ref.Addr)] = true })
	return slices.Sorted(maps.Keys(found))
}

func references(v any, each func(Ref)) {
	switch v := v.(type) {
	case Ref:
		each(v)
	case map[string]any:
		for _, item := range v {
			references(item, each)
		}
	case []any:
		for _, item := range v {
			references(item, each)
		}
	}
}

// createFirst returns the addresses with create_before_destroy: those that set it, and what they depend on.
func (c *Config) createFirst() map[string]bool {
	first := map[string]bool{}
	var mark func(r *Resource)
	mark = func(r *Resource) {
		if first[r.Addr] {
			return
		}
		first[r.Addr] = true
		for _, base := range r.dependencies() {
			for i := range c.Resources {
				if whole(c.Resources[i].Addr) == base {
					mark(&c.Resources[i])
				}
			}
		}
	}
	for i := range c.Resources {
		if c.Resources[i].CreateBeforeDestroy {
			mark(&c.Resources[i])
		}
	}
	return first
}

// ignorePath parses an element of ignore_changes.
func ignorePath(s string) cty.Path {
	name, rest, indexed := strings.Cut(s, "[")
	path := cty.GetAttrPath(name)
	if !indexed {
		return path
	}
	index := strings.TrimSuffix(rest, "]")
	if key, err := strconv.Unquote(index); err == nil {
		return path.IndexString(key)
	}
	n, err := strconv.Atoi(index)
	must(err)
	return path.IndexInt(n)
}
