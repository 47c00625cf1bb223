package connector

import (
	"context"
	"math"
	"sync"
)

// A budget is what the answers to one body have taken of its bytes. The nodes of
// the largest field take none the first time they stand there: a list may have
// any length, but a short text that leads from node to node and back, or names a
// list again and again, cannot ask for more than was read many times over.
type budget struct {
	mu      sync.Mutex
	taken   int // bytes
	largest int // bytes of the nodes of one field, each once
	spent   bool
}

type budgetKey struct{}

// WithBudget returns a context in which answers share the bytes that one may have.
func WithBudget(ctx context.Context) context.Context {
	return context.WithValue(ctx, budgetKey{}, new(budget))
}

// isSpent tells whether an answer of the same body was too much: nothing is read for the others then.
func isSpent(ctx context.Context) bool {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent
}

// portion is how many bytes an answer takes at a time; it gives back what it did not need.
const portion = 64 << 10

// A bound is where an answer must ask for more.
type bound struct {
	at     int // length of the JSON; -1 when there is no more
	most   int // bytes that the answers to a body may take
	shared *budget
	taken  bool // a portion, or several
}

// open lets the nodes of layers be written once, and what the budget has left.
func (b *bound) open(ctx context.Context, most, length int, layers []*layer) {
	*b = bound{at: math.MaxInt, most: most}
	if most == 0 {
		return
	}
	shared, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		shared = new(budget)
	}
	once := 0
	for _, l := range layers {
		once += len(l.text)
	}
	b.shared, b.at = shared, length+shared.enter(once)
}

// extend tells whether there is more.
func (b *bound) extend() bool {
	if b.at < 0 || !b.shared.take(b.most) {
		b.at = -1
		return false
	}
	b.at, b.taken = b.at+portion, true
	return true
}

// shut gives back what is left at the end; it tells whether there was enough.
func (b *bound) shut(length int) bool {
	if b.taken && b.at > length {
		b.shared.leave(b.at - length)
	}
	return b.at >= 0
}

// enter returns what the nodes of a field take nothing for.
func (b *budget) enter(once int) (free int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	free = max(0, once-b.largest)
	b.largest = max(b.largest, once)
	return free
}

func (b *budget) take(most int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent = b.spent || b.taken+portion > most; b.spent {
		return false
	}
	b.taken += portion
	return true
}

// leave gives back what of the last portion was not needed.
func (b *budget) leave(unused int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = max(0, b.taken-unused)
}
