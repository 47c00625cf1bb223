package connector

import (
	"context"
	"strconv"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// A sender is a session that sends several statements that read in one round
// trip, as one transaction: the database keeps the ids of one for those behind it.
type sender interface {
	send(ctx context.Context, statements []dialect.Statement) (answers, error)
}

// answers are those to statements that were sent together, one after the other.
type answers interface {
	// next returns the rows of the next statement. The caller closes them.
	next(ctx context.Context) (rows, error)
	// close passes over what was not asked for.
	close() error
}

// mostAhead is how many statements are sent together.
const mostAhead = 100

// An ahead is the statements of all levels of a root field, in the order in
// which layers are read, and which of the levels have the number of their
// parent's row instead of its id.
type ahead struct {
	statements []dialect.Statement
	numbered   []*plan.Read
}

// ahead returns the statements of all levels, none where each has to wait for
// the one before, or where there is but one. A limit of nodes is met before the
// levels below are asked for, so that these wait.
func (r *reader) ahead(read *plan.Read) ahead {
	if _, ok := r.session.(sender); !ok || r.most > 0 || len(read.Children)+len(read.Lists) == 0 && !isCounted(read) {
		return ahead{}
	}
	f := fixedOf(read, r.front)
	if f == nil {
		return r.allLevels(read)
	}
	return once(&f.ahead, func() ahead { return r.allLevels(read) })
}

// allLevels writes the statements of all levels of a root field, or none where there is but one.
func (r *reader) allLevels(read *plan.Read) ahead {
	a := asking{builder: r.builder}
	a.level(read, nil, r.front)
	if isCounted(read) && !read.Connection.Nodes {
		b := a.builder()
		writeCount(b, read)
		a.statements = append(a.statements, b.Statement())
	}
	if len(a.statements) < 2 || len(a.statements) > mostAhead {
		return ahead{}
	}
	return a.ahead
}

// asking is the statements of a root field that are written ahead. What a level
// keeps for those below it has a place for each of its keys.
type asking struct {
	ahead
	builder func() *dialect.Builder
	places  int
}

func (a *asking) level(read *plan.Read, p *parents, front int) {
	if !isRead(read) {
		return
	}
	f := frameOf(read)
	places := make([]*parents, len(f.keys))
	if isKnown(read, f) {
		for key := range places {
			places[key] = p
		}
	} else {
		a.statement(&question{read, f, p, front}, places)
	}
	for _, list := range read.Lists {
		b := a.builder()
		writeList(b, list, places[f.id])
		a.statements = append(a.statements, b.Statement())
	}
	for i, child := range read.Children {
		if child.Err == nil {
			a.level(child, places[f.child[i]], 0)
		}
	}
}

// statement writes the statement of a level that keeps its keys, and notes their places.
func (a *asking) statement(l *question, places []*parents) {
	b := a.builder()
	if l.isNumbered(b.Facts()) {
		a.numbered = append(a.numbered, l.read)
	}
	if len(places) == 0 {
		writeRead(b, l, false)
		a.statements = append(a.statements, b.Statement())
		return
	}
	b.SQL("WITH k AS (\n") // named more than once below, so that it is computed once
	writeRead(b, l, true)
	b.SQL("\n)\nSELECT ")
	for i := range l.cells(b.Facts()) {
		separate(b, i)
		b.SQL("k.c" + strconv.Itoa(i))
	}
	b.SQL("\nFROM k")
	where := conditions{b: b}
	for key, column := range l.frame.keys {
		places[key] = &parents{
			place: a.places, many: true, few: fewRows(l.read, l.parents),
			perRow: column == l.frame.own && isOnce(l.read),
		}
		where.next().Keep(a.places, "c"+strconv.Itoa(column))
		a.places++
	}
	a.statements = append(a.statements, b.Statement())
}

// isOnce tells whether the rows of a level are nodes that stand there once.
func isOnce(read *plan.Read) bool {
	return read.Via == nil || read.Via.OwnsColumn() || read.Via.Back().OwnsColumn()
}

// isRead tells whether the nodes themselves are asked for.
func isRead(read *plan.Read) bool { return read.Connection == nil || read.Connection.Nodes }

// isCounted tells whether the nodes are counted.
func isCounted(read *plan.Read) bool { return read.Connection != nil && read.Connection.Count }

// isKnown tells whether the parents' rows have all that a level needs: the id.
func isKnown(read *plan.Read, f *frame) bool {
	return read.Via != nil && read.Via.OwnsColumn() && read.Filter == nil && len(f.columns) == 1
}
