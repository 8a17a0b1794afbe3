// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// proposedNew returns the value that a provider is asked to plan: the configured values, and earlier
// computed values where nothing is configured.
func proposedNew(s *schema, prior, config cty.Value) cty.Value {
	if config.IsNull() && prior.IsNull() {
		return prior
	}
	return proposedObject(s.attributes, prior, config)
}

func proposedObject(attributes map[string]*attribute, prior, config cty.Value) cty.Value {
	values := map[string]cty.Value{}
	for name, a := range attributes {
		was, is := cty.NullVal(a.typ), config.GetAttr(name)
		if !prior.IsNull() {
			was = prior.GetAttr(name)
		}
		switch {
		case a.computed && is.IsNull():
			values[name] = was
			if a.optional && wasConfigured(a, was) {
				values[name] = is
			}
		case a.nested != nil:
			values[name] = proposedNested(a, was, is)
		default:
			values[name] = is
		}
	}
	return cty.ObjectVal(values)
}

// wasConfigured reports whether a nested object has values that cannot be computed.
func wasConfigured(a *attribute, v cty.Value) bool {
	if a.nested == nil {
		return false
	}
	inner, configured := &schema{attributes: a.nested}, false
	_ = cty.Walk(v, func(path cty.Path, item cty.Value) (bool, error) {
		if !item.IsNull() {
			if at := inner.at(withoutIndex(path)); at != nil && !at.computed {
				configured = true
			}
		}
		return !item.IsNull() && !configured, nil
	})
	return configured
}

func withoutIndex(path cty.Path) cty.Path {
	if len(path) > 0 {
		if _, ok := path[0].(cty.IndexStep); ok {
			return path[1:]
		}
	}
	return path
}

func proposedNested(a *attribute, prior, config cty.Value) cty.Value {
	if !config.IsKnown() || config.IsNull() {
		return config
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return proposedObject(a.nested, prior, config)
	}
	if config.LengthInt() == 0 {
		return config
	}
	element := config.Type().ElementType()
	switch a.nesting {
	case tfprotov6.SchemaObjectNestingModeMap:
		items := config.AsValueMap()
		for key, item := range items {
			was := cty.NullVal(element)
			if !prior.IsNull() && prior.IsKnown() && prior.HasIndex(cty.StringVal(key)).True() {
				was = prior.Index(cty.StringVal(key))
			}
			items[key] = proposedItem(a, was, item)
		}
		return cty.MapVal(items)
	case tfprotov6.SchemaObjectNestingModeList:
		items := config.AsValueSlice()
		for i, item := range items {
			was := cty.NullVal(element)
			if index := cty.NumberIntVal(int64(i)); !prior.IsNull() && prior.IsKnown() && prior.HasIndex(index).True() {
				was = prior.Index(index)
			}
			items[i] = proposedItem(a, was, item)
		}
		return cty.ListVal(items)
	default: // elements of a set can only be compared with equal ones
		return config
	}
}

func proposedItem(a *attribute, prior, config cty.Value) cty.Value {
	if config.IsNull() || !config.IsKnown() {
		return config
	}
	return proposedObject(a.nested, prior, config)
}

// ignoreChanges replaces configured values by those in the state.
func ignoreChanges(s *schema, prior, config cty.Value, ignored []string) cty.Value {
	if prior.IsNull() || len(ignored) == 0 {
		return config
	}
	if slices.Contains(ignored, "all") {
		kept, err := cty.Transform(prior, func(path cty.Path, v cty.Value) (cty.Value, error) {
			if a := s.at(path); a != nil && a.computed && !a.optional {
				return cty.NullVal(v.Type()), nil
			}
			return v, nil
		})
		must(err)
		return kept
	}
	for _, text := range ignored {
		path, key := ignorePath(text), cty.NilVal
		if last, ok := path[len(path)-1].(cty.IndexStep); ok && last.Key.Type() == cty.String {
			path, key = path[:len(path)-1], last.Key
		}
		was, err := path.Apply(prior)
		if err != nil {
			continue
		}
		config, err = cty.Transform(config, func(at cty.Path, v cty.Value) (cty.Value, error) {
			switch {
			case !at.Equals(path):
				return v, nil
			case key == cty.NilVal:
				return was, nil
			case !v.IsNull() && !v.IsKnown():
				return v, nil
			}
			return withKeyOf(v, was, key), nil
		})
		must(err)
	}
	return config
}

// withKeyOf returns a map in which the element with a key is that of another map, or missing as there.
func withKeyOf(v, other, key cty.Value) cty.Value {
	items := map[string]cty.Value{}
	if !v.IsNull() && v.LengthInt() > 0 {
		items = v.AsValueMap()
	}
	if !other.IsNull() && other.HasIndex(key).True() {
		items[key.AsString()] = other.Index(key)
	} else {
		delete(items, key.AsString())
	}
	switch {
	case len(items) > 0:
		return cty.MapVal(items)
	case v.IsNull():
		return v
	default:
		return cty.MapValEmpty(v.Type().ElementType())
	}
}

// replaced are the attributes whose change replaces the object, of those that the provider named.
func replaced(s *schema, prior, planned cty.Value, named []*tftypes.AttributePath) []string {
	var paths []string
	if prior.IsNull() {
		return nil
	}
	for _, name := range named {
		path := ctyPath(name)
		was, err1 := path.Apply(prior)
		is, err2 := path.Apply(planned)
		switch {
		case err1 != nil && err2 != nil:
			panic("terraformtest: the provider requires a replacement for " + pathString(path) + ", which does not exist")
		case err1 != nil:
			was = cty.NullVal(is.Type())
		case err2 != nil:
			is = cty.NullVal(was.Type())
		}
		a := s.at(path)
		if equal := is.Equals(was); !equal.IsKnown() || equal.False() || a != nil && a.writeOnly {
			paths = append(paths, pathString(path))
		}
	}
	return paths
}

func ctyPath(named *tftypes.AttributePath) cty.Path {
	var path cty.Path
	for _, step := range named.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			path = path.GetAttr(string(step))
		case tftypes.ElementKeyString:
			path = path.IndexString(string(step))
		case tftypes.ElementKeyInt:
			path = path.IndexInt(int(step))
		default:
			return path // an element of a set is found by its value only
		}
	}
	return path
}

func pathString(path cty.Path) string {
	s := ""
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			if s != "" {
				s += "."
			}
			s += step.Name
		case cty.IndexStep:
			s += "[" + literal(step.Key) + "]"
		}
	}
	return s
}
