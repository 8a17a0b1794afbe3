// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"
)

// A Handed is what a destroyed resource leaves to its successor.
type Handed struct {
	// Value is the value that was last sent, "" if it is not known.
	Value string
	// Again says that the matter has to be sent again anyway. If that fails, the state of the successor has
	// the value that was last sent.
	Again bool
	// Untold says that the destroyed resource does not know what its successor declares.
	Untold bool
}

// HandOver leaves a matter to the resource that replaces a destroyed one. A matter that was taken away
// meanwhile is not handed over.
func (l *Ledger) HandOver(m Matter, left Handed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entry(m); !e.released {
		e.handed = &left
	}
}

// TakeOver returns what was handed over, once.
func (l *Ledger) TakeOver(m Matter) (left Handed, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(m)
	if e.handed == nil {
		return Handed{}, false
	}
	left = *e.handed
	e.handed = nil
	return left, true
}

// TakeOverRest returns, once, what was handed over by a resource that did not know the declaration of its
// successor: all matters of the same kind, application and name.
func (l *Ledger) TakeOverRest(kind MatterKind, application int64, name string) map[Matter]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := make(map[Matter]string)
	for m, e := range l.entries {
		if e.handed != nil && e.handed.Untold && m.Kind == kind && m.Application == application && m.Name == name {
			rest[m] = e.handed.Value
			e.handed = nil
		}
	}
	return rest
}

// Forget is called before a resource forgets matters that it leaves as they are. It waits until those who
// claim them have settled, and returns those that nobody has after that, because the new owner failed. It
// fails only with the context.
func (l *Ledger) Forget(ctx context.Context, matters ...Matter) (ownerless []Matter, err error) {
	for _, m := range matters {
		for {
			l.mu.Lock()
			e := l.entry(m)
			if e.claims == 0 {
				if e.refused && !e.set {
					ownerless = append(ownerless, m)
				}
				l.mu.Unlock()
				break
			}
			changed := e.nextChange()
			l.mu.Unlock()
			select {
			case <-changed:
			case <-ctx.Done():
				return nil, fmt.Errorf("waiting for another resource of the run: %w", context.Cause(ctx))
			}
		}
	}
	return ownerless, nil
}
