// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"fmt"
	"math/big"
	"reflect"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Unknown is the Go value of a value that is known after apply.
type Unknown struct{}

// An evaluator returns the values of references.
type evaluator struct {
	ref   func(Ref) cty.Value
	later bool // whether the values of Later are known
}

// block returns the value of a block. Missing arguments are null.
func (e evaluator) block(s *schema, attrs Attrs) cty.Value {
	return e.object(s.typ, attrs)
}

func (e evaluator) object(typ cty.Type, attrs Attrs) cty.Value {
	for name := range attrs {
		if !typ.HasAttribute(name) {
			panic(fmt.Sprintf("terraformtest: there is no attribute %s", name))
		}
	}
	values := map[string]cty.Value{}
	for name, t := range typ.AttributeTypes() {
		values[name] = e.value(t, attrs[name])
	}
	return cty.ObjectVal(values)
}

func (e evaluator) value(typ cty.Type, v any) cty.Value {
	switch v := v.(type) {
	case nil:
		return cty.NullVal(typ)
	case Unknown:
		return cty.UnknownVal(typ)
	case cty.Value:
		return converted(v, typ)
	case Ref:
		return converted(e.ref(v), typ)
	case Later:
		if !e.later {
			return cty.UnknownVal(typ)
		}
		return e.value(typ, v.Value)
	case string:
		return converted(cty.StringVal(v), typ)
	case bool:
		return converted(cty.BoolVal(v), typ)
	case float64:
		return converted(cty.MustParseNumberVal(strconv.FormatFloat(v, 'f', -1, 64)), typ)
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Int, reflect.Int32, reflect.Int64:
		return converted(cty.NumberIntVal(rv.Int()), typ)
	case reflect.Slice:
		items := make([]cty.Value, rv.Len())
		for i := range items {
			items[i] = e.value(typ.ElementType(), rv.Index(i).Interface())
		}
		return collection(typ, items)
	case reflect.Map:
		items := cloneAny(v).(map[string]any)
		if typ.IsObjectType() {
			return e.object(typ, items)
		}
		if len(items) == 0 {
			return cty.MapValEmpty(typ.ElementType())
		}
		values := map[string]cty.Value{}
		for key, item := range items {
			values[key] = e.value(typ.ElementType(), item)
		}
		return cty.MapVal(values)
	}
	panic(fmt.Sprintf("terraformtest: a %T is no %s", v, typ.FriendlyName()))
}

func collection(typ cty.Type, items []cty.Value) cty.Value {
	switch {
	case typ.IsSetType() && len(items) == 0:
		return cty.SetValEmpty(typ.ElementType())
	case typ.IsSetType():
		return cty.SetVal(items)
	case typ.IsListType() && len(items) == 0:
		return cty.ListValEmpty(typ.ElementType())
	case typ.IsListType():
		return cty.ListVal(items)
	}
	panic("terraformtest: a slice is no " + typ.FriendlyName())
}

// converted returns v converted to typ. It converts a tuple element by element: cty compares the types of
// the elements with each other, which takes seconds for thousands of them.
func converted(v cty.Value, typ cty.Type) cty.Value {
	if v.IsKnown() && !v.IsNull() && v.Type().IsTupleType() && typ.IsCollectionType() && typ.ElementType().IsPrimitiveType() {
		items := v.AsValueSlice()
		for i := range items {
			items[i] = converted(items[i], typ.ElementType())
		}
		return collection(typ, items)
	}
	c, err := convert.Convert(v, typ)
	must(err)
	return c
}

// Go turns a value into Go's types: bool, string, int64 or (if it isn't whole) the decimal digits of a
// number as a string, []any in Terraform's order, map[string]any, nil, and [Unknown].
func Go(v cty.Value) any {
	switch {
	case v == cty.NilVal:
		return nil
	case !v.IsKnown():
		return Unknown{}
	case v.IsNull():
		return nil
	}
	switch typ := v.Type(); {
	case typ == cty.Bool:
		return v.True()
	case typ == cty.String:
		return v.AsString()
	case typ == cty.Number:
		if i, accuracy := v.AsBigFloat().Int64(); accuracy == big.Exact {
			return i
		}
		return v.AsBigFloat().Text('f', -1)
	case typ.IsObjectType(), typ.IsMapType():
		items := map[string]any{}
		for key, item := range v.AsValueMap() {
			items[key] = Go(item)
		}
		return items
	default:
		items := make([]any, 0, v.LengthInt())
		for _, item := range v.AsValueSlice() {
			items = append(items, Go(item))
		}
		return items
	}
}

// attr returns the value at names of attributes and keys of maps; nil if there is none.
func attr(v cty.Value, path []string) any {
	value := Go(v)
	for _, name := range path {
		items, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = items[name]
	}
	return value
}
