// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// invalidPlan returns the violations in a provider's plan: it can fill in computed attributes that are not
// configured, and keep earlier values, but not contradict the configuration.
func invalidPlan(attributes map[string]*attribute, prior, config, planned cty.Value, path cty.Path) []string {
	switch {
	case planned.IsNull() && config.IsNull():
		return nil
	case planned.IsNull():
		return []string{at(path, "planned for absence but config wants existence")}
	case config.IsNull():
		return []string{at(path, "planned for existence but config wants absence")}
	case !planned.IsKnown() && config.IsKnown():
		return []string{at(path, "planned unknown for configured value")}
	case !config.IsKnown():
		return nil
	}
	var problems []string
	for name, a := range attributes {
		was, path := cty.NullVal(a.typ), append(path[:len(path):len(path)], cty.GetAttrStep{Name: name})
		if !prior.IsNull() {
			was = prior.GetAttr(name)
		}
		problems = append(problems, invalidAttribute(a, was, config.GetAttr(name), planned.GetAttr(name), path)...)
	}
	return problems
}

func invalidAttribute(a *attribute, prior, config, planned cty.Value, path cty.Path) []string {
	switch {
	case same(planned, config),
		same(planned, prior) && !prior.IsNull() && !config.IsNull(),
		a.writeOnly && planned.IsNull(),
		a.computed && (!a.optional || config.IsNull()):
		return nil
	case a.writeOnly:
		return []string{at(path, "planned value for write-only attribute is not null")}
	case config.IsNull():
		return []string{at(path, "planned value %s for a non-computed attribute", literal(planned))}
	case a.nested != nil:
		return invalidNested(a, prior, config, planned, path)
	}
	return []string{at(path, "planned value %s does not match config value %s nor prior value %s", literal(planned), literal(config), literal(prior))}
}

func invalidNested(a *attribute, prior, config, planned cty.Value, path cty.Path) []string {
	if a.nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return invalidPlan(a.nested, prior, config, planned, path)
	}
	if planned.IsNull() || !planned.IsKnown() || !config.IsKnown() || planned.LengthInt() != config.LengthInt() {
		return []string{at(path, "planned elements do not match those of the config")}
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeSet {
		return nil // as in Terraform, elements of a set have no identity
	}
	var problems []string
	for it := planned.ElementIterator(); it.Next(); {
		key, item := it.Element()
		path := path.Index(key)
		if !config.HasIndex(key).True() {
			problems = append(problems, at(path, "from plan is not present in config"))
			continue
		}
		was := cty.NullVal(item.Type())
		if !prior.IsNull() && prior.IsKnown() && prior.HasIndex(key).True() {
			was = prior.Index(key)
		}
		problems = append(problems, invalidPlan(a.nested, was, config.Index(key), item, path)...)
	}
	return problems
}

// same compares values without the refinements of unknown values.
func same(a, b cty.Value) bool { return unrefined(a).RawEquals(unrefined(b)) }

func unrefined(v cty.Value) cty.Value {
	u, _ := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if !v.IsKnown() {
			return cty.UnknownVal(v.Type()), nil
		}
		return v, nil
	})
	return u
}

// inconsistent returns where a value differs from the plan. An unknown value can become any value.
func inconsistent(planned, actual cty.Value, path cty.Path) []string {
	switch {
	case !planned.IsKnown():
		if planned.Range().Includes(actual).IsKnown() && planned.Range().Includes(actual).False() {
			return []string{at(path, "final value %s does not conform to planning placeholder", literal(actual))}
		}
		return nil
	case planned.IsNull() && actual.IsNull():
		return nil
	case planned.IsNull():
		return []string{at(path, "was null, but now %s", literal(actual))}
	case actual.IsNull():
		return []string{at(path, "was %s, but now null", literal(planned))}
	case !actual.IsKnown():
		return []string{at(path, "was known, but now unknown")}
	}
	var problems []string
	switch typ := planned.Type(); {
	case typ.IsPrimitiveType():
		if !actual.Equals(planned).True() {
			problems = append(problems, at(path, "was %s, but now %s", literal(planned), literal(actual)))
		}
	case typ.IsObjectType():
		for name := range typ.AttributeTypes() {
			path := append(path[:len(path):len(path)], cty.GetAttrStep{Name: name})
			problems = append(problems, inconsistent(planned.GetAttr(name), actual.GetAttr(name), path)...)
		}
	case typ.IsSetType():
		problems = inconsistentSet(planned, actual, path)
	default:
		for it := planned.ElementIterator(); it.Next(); {
			key, item := it.Element()
			if !actual.HasIndex(key).True() {
				problems = append(problems, at(path, "element %s has vanished", literal(key)))
				continue
			}
			problems = append(problems, inconsistent(item, actual.Index(key), path[:len(path):len(path)].Index(key))...)
		}
		for it := actual.ElementIterator(); it.Next(); {
			if key, _ := it.Element(); !planned.HasIndex(key).True() {
				problems = append(problems, at(path, "new element %s has appeared", literal(key)))
			}
		}
	}
	return problems
}

// inconsistentSet looks for a match of every element in the other set.
func inconsistentSet(planned, actual cty.Value, path cty.Path) []string {
	fits := func(p, a cty.Value) bool { return len(inconsistent(p, a, path)) == 0 }
	var problems []string
	for _, p := range planned.AsValueSlice() {
		if p.IsWhollyKnown() && actual.HasElement(p).True() {
			continue
		}
		if !anyOf(actual, func(a cty.Value) bool { return fits(p, a) }) {
			problems = append(problems, at(path, "planned set element %s does not correlate with any element in actual", literal(p)))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	for _, a := range actual.AsValueSlice() {
		if known := planned.HasElement(a); known.IsKnown() && known.True() {
			continue
		}
		if !anyOf(planned, func(p cty.Value) bool { return fits(p, a) }) {
			problems = append(problems, at(path, "actual set element %s does not correlate with any element in plan", literal(a)))
		}
	}
	if len(problems) == 0 && planned.LengthInt() < actual.LengthInt() {
		problems = append(problems, at(path, "length changed from %d to %d", planned.LengthInt(), actual.LengthInt()))
	}
	return problems
}

func anyOf(set cty.Value, f func(cty.Value) bool) bool {
	for it := set.ElementIterator(); it.Next(); {
		if _, item := it.Element(); f(item) {
			return true
		}
	}
	return false
}

// writeOnlyReturned returns the write-only attributes that are not null in a value from a provider.
func writeOnlyReturned(attributes map[string]*attribute, v cty.Value) []string {
	var problems []string
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return nil
	}
	for name, a := range attributes {
		if a.writeOnly && !v.GetAttr(name).IsNull() {
			problems = append(problems, fmt.Sprintf(".%s: a value for a write-only attribute", name))
		}
	}
	return problems
}

func at(path cty.Path, format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	if len(path) == 0 {
		return ": Root object " + text
	}
	return "." + pathString(path) + ": " + text
}
