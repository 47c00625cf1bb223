package connector

import (
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/plan"
)

// turnstiles let transactions of this server go one after the other where they
// would wait for each other in the database: PostgreSQL looks for that once a
// second, and takes one of the two back.
type turnstiles struct {
	again    chan struct{}     // who met another transaction and tries again
	nodes    [64]chan struct{} // who names a node, by a hash of its selector
	seed     maphash.Seed
	patience time.Duration // after which who waits goes on, and the database decides; 0 for any time
}

func newTurnstiles(patience time.Duration) *turnstiles {
	t := &turnstiles{again: make(chan struct{}, 1), seed: maphash.MakeSeed(), patience: patience}
	for i := range t.nodes {
		t.nodes[i] = make(chan struct{}, 1)
	}
	return t
}

// pass waits until nobody else is behind the turnstile, and returns how to leave it.
func (t *turnstiles) pass(ctx context.Context, turnstile chan struct{}) (leave func(), err error) {
	var late <-chan time.Time
	if t.patience > 0 {
		late = time.After(t.patience)
	}
	select {
	case turnstile <- struct{}{}:
		return func() { <-turnstile }, nil
	case <-late:
		return func() {}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// enter waits for other transactions that name a node that plans change, too,
// and returns how to leave. All pass the turnstiles in one order.
func (t *turnstiles) enter(ctx context.Context, plans []*plan.Plan) (leave func(), err error) {
	var leaves []func()
	leave = func() {
		for _, leave := range leaves {
			leave()
		}
	}
	for _, n := range t.numbers(plans) {
		left, err := t.pass(ctx, t.nodes[n])
		if err != nil {
			leave()
			return nil, err
		}
		leaves = append(leaves, left)
	}
	return leave, nil
}

// numbers are those of the turnstiles that stand before what plans change, in order.
func (t *turnstiles) numbers(plans []*plan.Plan) []uint64 {
	var numbers []uint64
	for _, p := range plans {
		for _, f := range p.Fields {
			s, ok := selectorOf(f.Write)
			if !ok {
				continue
			}
			key := s.Field.Model.Name + " " + s.Name() + " " + strings.ToLower(selectedText(s)) // MySQL takes a for A
			numbers = append(numbers, maphash.String(t.seed, key)%uint64(len(t.nodes)))
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// selectorOf returns the selector of a write that names one node.
func selectorOf(write plan.Write) (s plan.Selector, ok bool) {
	switch write := write.(type) {
	case *plan.Update:
		return write.Selector, true
	case *plan.Upsert:
		return write.Selector, true
	case *plan.Delete:
		return write.Selector, true
	}
	return s, false
}
