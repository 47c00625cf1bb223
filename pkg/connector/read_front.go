package connector

import (
	"math/bits"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A filter that many rows hold fills a page from the front of the list: the
// first rows of an index are enough. PostgreSQL plans a statement without its
// values, takes such a filter for one that hardly any row holds, and reads and
// sorts all that do; MySQL would rather not look rows up. So the front is asked
// first, and the whole list when it was not enough. What is quicker depends on
// the rows and indexes there are: each list keeps how long both took.

// The front has frontShare rows for each one of the page, at least leastFront,
// and there is none for pages that take more than mostFront.
const (
	frontShare = 25
	leastFront = 256
	mostFront  = 4096
)

// frontOf returns how many rows are the front of a root field's list, 0 when
// only the whole list will do. It is a power of two, as it stands in the text of
// a statement: the database plans by it.
func frontOf(facts *dialect.Facts, read *plan.Read) int {
	limit, limited := pageLimit(read)
	limited = limited && limit > 0 && read.Filter != nil && isRead(read)
	if !facts.Blind && !facts.KeysFirst || !limited || !hasIndex(facts, read) || !isGuessed(read.Filter) {
		return 0
	}
	rows := frontShare * (min(limit, mostFront) + int64(min(read.Page.Skip, mostFront)))
	if rows > mostFront {
		return 0
	}
	return max(leastFront, 1<<bits.Len64(uint64(rows-1)))
}

// hasIndex tells whether an index has the nodes of a read in the order of its
// page, from its cursors on. That of a String has its beginning only where keys come first.
func hasIndex(facts *dialect.Facts, read *plan.Read) bool {
	order := orderOf(read)
	return len(read.Page.Sort) == 0 && isStrict(order) && !(facts.KeysFirst && order.Type == scalar.String)
}

// isGuessed tells whether the database can only guess how many rows hold a
// filter, and has no index that leads to them.
func isGuessed(filter plan.Filter) bool {
	switch f := filter.(type) {
	case plan.And:
		return slices.ContainsFunc(f.Filters, isGuessed) && !leads(filter)
	case plan.Or:
		return slices.ContainsFunc(f.Filters, isGuessed) && !leads(filter)
	case plan.Not:
		return isGuessed(f.Filter)
	case plan.Related:
		return f.Filter != nil && isGuessed(f.Filter)
	case plan.Compare:
		return f.Op != plan.Equal && f.Op != plan.NotEqual && !leads(filter)
	}
	return false
}

// leads tells whether there is probably an index that leads to the rows that hold a filter.
func leads(filter plan.Filter) bool {
	switch f := filter.(type) {
	case plan.And:
		return slices.ContainsFunc(f.Filters, leads)
	case plan.Or:
		return !slices.ContainsFunc(f.Filters, func(one plan.Filter) bool { return !leads(one) })
	case plan.Related:
		return f.Quantifier == plan.Some && f.Filter != nil && leads(f.Filter)
	case plan.Compare:
		return f.Op == plan.Equal || f.Op != plan.NotEqual && f.Field.Unique
	case plan.In:
		return !f.Not
	case plan.FullText:
		return true
	}
	return false
}

// writeFront writes the first rows of a list as the table t.
func writeFront(b *dialect.Builder, l *question) {
	if b.Facts().KeysFirst {
		writeKeys(b, l, int64(l.front), 0)
		return
	}
	b.Veil()
	b.SQL("(SELECT * FROM ")
	writeOrdered(b, l.read)
	b.SQL("\nLIMIT " + strconv.Itoa(l.front) + ") AS t")
}

// writeOrdered writes the rows of a list from its cursors on, in order, without its filter.
func writeOrdered(b *dialect.Builder, read *plan.Read) {
	writeFrom(b, read)
	where := conditions{b: b}
	where.cursors(read)
	b.SQL("\nORDER BY ")
	writeOrder(b, read)
}

// A race keeps which is quicker for a list: its front first, or the whole at
// once. Goroutines share it; it need not be exact.
type race struct {
	requests     atomic.Uint32
	front, whole way
}

// A way to read a list keeps how long it takes, in nanoseconds; 0 when it never ran.
type way struct{ took atomic.Int64 }

// The slower way runs again once in often requests, or once in seldom where it
// takes farBehind times as long.
const (
	often     = 64
	seldom    = 1024
	farBehind = 4
)

// pick returns the way that the next request goes.
func (r *race) pick() *way {
	front, whole := r.front.took.Load(), r.whole.took.Load()
	switch {
	case front == 0:
		return &r.front
	case whole == 0:
		return &r.whole
	}
	every := uint32(often)
	if max(front, whole) > farBehind*min(front, whole) {
		every = seldom
	}
	if (front < whole) != (r.requests.Add(1)%every == 0) {
		return &r.front
	}
	return &r.whole
}

// note keeps how long a request took, unless it ended with an error. A short
// time counts more than a long one: a request may have waited for others, but
// none is quicker than its way.
func (w *way) note(took time.Duration, err error) {
	if err != nil {
		return
	}
	before, now := w.took.Load(), max(1, took.Nanoseconds())
	switch {
	case before == 0:
		w.took.Store(now)
	case now < before:
		w.took.Store((before + now) / 2)
	default:
		w.took.Store(before + (now-before)/32)
	}
}
