// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// A node is a step of a walk. It is taken after the steps before it have succeeded.
type node struct {
	run    func() (ok bool)
	before []*node
}

// A walk takes the steps of a plan or an apply, several at a time, in an order that its seed determines.
type walk struct {
	run       Run
	processes *processes

	mu          sync.Mutex
	said        Diagnostics
	interrupted bool
	died        bool
}

type outcome struct {
	node *node
	ok   bool
}

// take takes the steps. It returns when none is running.
func (w *walk) take(nodes []*node, random *rand.Rand) {
	limit := w.run.Parallelism
	if limit <= 0 {
		limit = 10
	}
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { w.watch(over) })
	random.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	ended := map[*node]bool{} // whether it succeeded
	waiting, running := nodes, 0
	outcomes := make(chan outcome)
	for {
		var blocked []*node
		for _, n := range waiting {
			ready, failed := true, false
			for _, b := range n.before {
				ok, done := ended[b]
				ready = ready && done
				failed = failed || done && !ok
			}
			switch {
			case failed || w.stopped():
				ended[n] = false
			case ready && running < limit:
				running++
				go func() { outcomes <- outcome{n, n.run()} }()
			default:
				blocked = append(blocked, n)
			}
		}
		progress := len(blocked) < len(waiting)
		waiting = blocked
		if running > 0 {
			o := <-outcomes
			running--
			ended[o.node] = o.ok
		} else if !progress {
			break
		}
	}
	if len(waiting) > 0 {
		panic("terraformtest: a cycle of dependencies")
	}
	w.stopped()
	close(over)
	watching.Wait()
	w.processes.end()
	w.say(w.processes.said)
	if w.interrupted {
		w.say(Diagnostics{{Error: true, Summary: "execution halted"}})
	}
	if w.died {
		w.say(Diagnostics{{Error: true, Summary: "killed"}})
	}
}

func (w *walk) watch(over <-chan struct{}) {
	select {
	case <-w.run.Die:
		w.processes.end()
		w.told()
	case <-w.run.Interrupt:
		w.processes.stop()
		w.told()
		select {
		case <-w.run.Die:
			w.processes.end()
		case <-over:
		}
	case <-over:
	}
}

func (w *walk) told() {
	if w.run.Told != nil {
		w.run.Told()
	}
}

// stopped reports whether no further step begins.
func (w *walk) stopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.died = w.died || closed(w.run.Die)
	w.interrupted = w.interrupted || closed(w.run.Interrupt)
	return w.died || w.interrupted
}

// commit changes shared data of the walk, unless Terraform is dead.
func (w *walk) commit(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.died = w.died || closed(w.run.Die); !w.died {
		change()
	}
}

// say records diagnostics, and reports whether none is an error.
func (w *walk) say(said Diagnostics) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, said...)
	return !said.HasErrors()
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// sorted iterates over a map in the order of its keys, so that a seed always gives the same result.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
