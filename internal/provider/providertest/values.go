// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// Encode writes arguments as Terraform sends them.
func Encode(t *testing.T, typ tftypes.Type, a Args) *tfprotov6.DynamicValue {
	t.Helper()
	dv, err := tfprotov6.NewDynamicValue(typ, object(t, typ, a))
	if err != nil {
		t.Fatal(err)
	}
	return &dv
}

func object(t *testing.T, typ tftypes.Type, a Args) tftypes.Value {
	t.Helper()
	if a == nil {
		return tftypes.NewValue(typ, nil)
	}
	attributes := typ.(tftypes.Object).AttributeTypes
	for name := range a {
		if attributes[name] == nil {
			t.Fatalf("there is no attribute %s", name)
		}
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range attributes {
		values[name] = tftypes.NewValue(attribute, native(t, attribute, a[name]))
	}
	return tftypes.NewValue(typ, values)
}

// native converts a Go value into one from which tftypes makes a value of the type.
func native(t *testing.T, typ tftypes.Type, v any) any {
	t.Helper()
	switch v := v.(type) {
	case Unknown:
		return tftypes.UnknownValue
	case []any:
		var element tftypes.Type
		if set, ok := typ.(tftypes.Set); ok {
			element = set.ElementType
		} else {
			element = typ.(tftypes.List).ElementType
		}
		values := make([]tftypes.Value, 0, len(v))
		for _, item := range v {
			values = append(values, tftypes.NewValue(element, native(t, element, item)))
		}
		return values
	case Args:
		return native(t, typ, map[string]any(v))
	case map[string]any:
		element := typ.(tftypes.Map).ElementType
		values := make(map[string]tftypes.Value, len(v))
		for key, item := range v {
			values[key] = tftypes.NewValue(element, native(t, element, item))
		}
		return values
	case string:
		if typ.Is(tftypes.Number) {
			f, _, err := big.ParseFloat(v, 10, coretest.ConfigPrecision, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
	}
	return v
}

// Plain decodes a value into args, with numbers as their digits.
func Plain(t *testing.T, typ tftypes.Type, dv *tfprotov6.DynamicValue) Args {
	t.Helper()
	if dv == nil {
		return nil
	}
	value, err := dv.Unmarshal(typ)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := plainValue(t, value).(Args)
	return a
}

func plainValue(t *testing.T, v tftypes.Value) any {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case !v.IsKnown():
		return Unknown{}
	case v.IsNull():
		return nil
	case v.Type().Is(tftypes.String):
		var s string
		must(v.As(&s))
		return s
	case v.Type().Is(tftypes.Number):
		var f big.Float
		must(v.As(&f))
		return f.Text('f', -1)
	case v.Type().Is(tftypes.Bool):
		var b bool
		must(v.As(&b))
		return b
	case v.Type().Is(tftypes.List{}), v.Type().Is(tftypes.Set{}):
		var list []tftypes.Value
		must(v.As(&list))
		items := make([]any, 0, len(list))
		for _, item := range list {
			items = append(items, plainValue(t, item))
		}
		return items
	default:
		var attributes map[string]tftypes.Value
		must(v.As(&attributes))
		a := Args{}
		for name, value := range attributes {
			a[name] = plainValue(t, value)
		}
		return a
	}
}
