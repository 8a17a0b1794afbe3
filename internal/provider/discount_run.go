// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"sync"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A discountRun is what the discounts of one plan or apply know of each other. Several may be of the
// same application, and a location may move from one to another.
type discountRun struct {
	// sending is held while requests are sent: what takes a location's discount away must know
	// whether another resource gives it one.
	sending sync.Mutex

	mu sync.Mutex
	// declared holds the declaration that a location is in.
	declared map[connectionID]string
	// doubtful holds the locations that a request without an answer was about.
	doubtful map[connectionID]struct{}
	// given holds the locations that were given a discount, or are about to be.
	given map[connectionID]struct{}
	// left holds what a destroyed resource leaves to the one that replaces it.
	left map[connectionID]altegio.Decimal
}

func newDiscountRun() *discountRun {
	return &discountRun{
		declared: make(map[connectionID]string),
		doubtful: make(map[connectionID]struct{}),
		given:    make(map[connectionID]struct{}),
		left:     make(map[connectionID]altegio.Decimal),
	}
}

// read notes what is in doubt. A plan that replaces a resource does not see its state.
func (r *discountRun) read(application int64, held discounts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for location, discount := range held {
		if discount == "" {
			r.doubtful[connectionID{location, application}] = struct{}{}
		}
	}
}

// doubt adds what is in doubt to what a resource holds.
func (r *discountRun) doubt(application int64, declared []int64, held discounts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, location := range declared {
		if _, ok := r.doubtful[connectionID{location, application}]; ok {
			held[location] = ""
		}
	}
}

// plan notes what is declared, and returns the locations that another declaration has. Terraform may
// plan the same one twice, and does not say which it is; its content tells.
func (r *discountRun) plan(application int64, declared []int64, discount altegio.Decimal) (twice []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	declaration := fmt.Sprint(discount, declared)
	for _, location := range declared {
		key := connectionID{location, application}
		if other, ok := r.declared[key]; ok && other != declaration {
			twice = append(twice, location)
		}
		r.declared[key] = declaration
	}
	return twice
}

// give notes that an apply gives locations a discount. What leaves another resource in the same run
// must not undo it.
func (r *discountRun) give(application int64, declared []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, location := range declared {
		r.given[connectionID{location, application}] = struct{}{}
	}
}

func (r *discountRun) isGiven(application, location int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.given[connectionID{location, application}]
	return ok
}

// handOver leaves what a destroyed resource holds to the one that replaces it.
func (r *discountRun) handOver(application int64, held discounts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for location, discount := range held {
		r.left[connectionID{location, application}] = discount
	}
}

// takeOver returns what handOver left of the declared locations.
func (r *discountRun) takeOver(application int64, declared []int64) discounts {
	r.mu.Lock()
	defer r.mu.Unlock()
	held := make(discounts)
	for _, location := range declared {
		key := connectionID{location, application}
		if discount, ok := r.left[key]; ok {
			held[location] = discount
			delete(r.left, key)
		}
	}
	return held
}
