// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// An Object is one object of a resource in the state. Objects are never changed, only replaced.
type Object struct {
	Value    cty.Value
	Private  []byte
	Identity cty.Value // cty.NilVal if there is none
	Tainted  bool

	createFirst  bool
	dependencies []string
	provider     string // alias of the configuration that applied it
}

// Attr returns the Go value (see [Go]) of an attribute, or of a key in it. It is nil if there is none,
// or no object at all.
func (o *Object) Attr(path ...string) any {
	if o == nil {
		return nil
	}
	return attr(o.Value, path)
}

// An instance is the content of the state at an address.
type instance struct {
	current *Object
	deposed map[string]*Object
}

type state map[string]*instance

func (s state) clone() state {
	c := state{}
	for addr, i := range s {
		c[addr] = &instance{i.current, maps.Clone(i.deposed)}
	}
	return c
}

func (s state) current(addr string) *Object {
	if i := s[addr]; i != nil {
		return i.current
	}
	return nil
}

func (s state) at(addr string) *instance {
	if s[addr] == nil {
		s[addr] = &instance{deposed: map[string]*Object{}}
	}
	return s[addr]
}

// set replaces the current object, or the deposed one with the key; nil removes it.
func (s state) set(addr, deposed string, o *Object) {
	if o != nil && o.Value.IsNull() {
		o = nil
	}
	i := s.at(addr)
	switch {
	case deposed == "":
		i.current = o
	case o == nil:
		delete(i.deposed, deposed)
	default:
		i.deposed[deposed] = o
	}
	if i.current == nil && len(i.deposed) == 0 {
		delete(s, addr)
	}
}

func (s state) get(addr, deposed string) *Object {
	if deposed == "" {
		return s.current(addr)
	}
	if i := s[addr]; i != nil {
		return i.deposed[deposed]
	}
	return nil
}

// depose makes the current object a deposed one, and returns its key.
func (s state) depose(addr string) string {
	i := s.at(addr)
	key := ""
	for n := 1; key == "" || i.deposed[key] != nil; n++ {
		key = fmt.Sprintf("%08x", n)
	}
	i.deposed[key], i.current = i.current, nil
	return key
}

// restore makes a deposed object current again, unless there is another current one.
func (s state) restore(addr, key string) {
	if i := s[addr]; i != nil && i.current == nil && i.deposed[key] != nil {
		i.current = i.deposed[key]
		delete(i.deposed, key)
	}
}

// move changes addresses as a moved block does, and returns the new addresses by old ones.
func (s state) move(m Moved) map[string]string {
	moved := map[string]string{}
	for _, addr := range slices.Sorted(maps.Keys(s)) {
		to := m.To
		switch {
		case addr == m.From:
		case whole(addr) == m.From && m.To == whole(m.To):
			to += addr[len(m.From):]
		default:
			continue
		}
		if s[to] == nil {
			s[to] = s[addr]
			delete(s, addr)
			moved[addr] = to
		}
	}
	return moved
}

func (s state) equal(other state) bool {
	return maps.EqualFunc(s, other, func(a, b *instance) bool {
		return sameObject(a.current, b.current) && maps.EqualFunc(a.deposed, b.deposed, sameObject)
	})
}

func sameObject(a, b *Object) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	return a.Value.RawEquals(b.Value) && bytes.Equal(a.Private, b.Private) && a.Tainted == b.Tainted &&
		a.createFirst == b.createFirst && slices.Equal(a.dependencies, b.dependencies) && a.provider == b.provider &&
		(a.Identity == cty.NilVal) == (b.Identity == cty.NilVal) && (a.Identity == cty.NilVal || a.Identity.RawEquals(b.Identity))
}
