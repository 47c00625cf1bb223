package connector

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// find returns the id of a selected node, or fault.NotFound.
func (w *writer) find(ctx context.Context, s plan.Selector) (scalar.Value, error) {
	id, found, err := w.lookup(ctx, s)
	return id, orNotFound(s, found, err)
}

// take is find of a node that goes: of two who take it at once one finds it.
func (w *writer) take(ctx context.Context, s plan.Selector) (scalar.Value, error) {
	id, found, err := w.locked(ctx, s, doom)
	return id, orNotFound(s, found, err)
}

// locked is lookup of a node that lock keeps for this transaction.
func (w *writer) locked(ctx context.Context, s plan.Selector, lock locker) (id scalar.Value, found bool, err error) {
	b := w.selecting(s)
	lock(b)
	return w.first(ctx, b.Statement(), s.Field.Model.ID().Type)
}

// orNotFound adds fault.NotFound for a selected node that was looked for without an error.
func orNotFound(s plan.Selector, found bool, err error) error {
	if err != nil || found {
		return err
	}
	return fault.NotFound(s.Field.Model.Name, selectedText(s), s.Name())
}

// A locker makes a select keep others from its rows until the transaction ends.
// A select that had to wait for others looks at the rows again, so that whoever
// comes second neither changes nor counts what no longer satisfies its filter.
type locker func(*dialect.Builder)

// keep keeps others from changing rows.
func keep(b *dialect.Builder) {
	if lock := b.Facts().RowLock; lock != "" {
		b.SQL("\n").SQL(lock)
	}
}

// doom is keep of rows that go: it keeps others from linking them, too.
func doom(b *dialect.Builder) {
	if b.Facts().RowLock != "" {
		b.SQL("\nFOR UPDATE")
	}
}

// look keeps others from nothing.
func look(*dialect.Builder) {}

// selectedText prints the values of a selector as faults do.
func selectedText(s plan.Selector) string {
	text := selectedValue(s.Value)
	if s.More != nil {
		for _, v := range s.More.Values {
			text += ", " + selectedValue(v)
		}
	}
	return text
}

// selectedValue prints a Float as the JVM prints a double, 3.0 and 1.0E10.
func selectedValue(v scalar.Value) string {
	if v.Type != scalar.Float {
		return v.String()
	}
	size := math.Abs(v.Number)
	if size != 0 && (size < 1e-3 || size >= 1e7) {
		digits, exponent, _ := strings.Cut(strconv.FormatFloat(v.Number, 'E', -1, 64), "E")
		n, _ := strconv.Atoi(exponent)
		return withPoint(digits) + "E" + strconv.Itoa(n)
	}
	return withPoint(strconv.FormatFloat(v.Number, 'f', -1, 64))
}

func withPoint(digits string) string {
	if strings.Contains(digits, ".") {
		return digits
	}
	return digits + ".0"
}

// lookup returns the id of a selected node, if there is one.
func (w *writer) lookup(ctx context.Context, s plan.Selector) (id scalar.Value, found bool, err error) {
	return w.first(ctx, w.selecting(s).Statement(), s.Field.Model.ID().Type)
}

// selecting writes the select of a node's id.
func (w *writer) selecting(s plan.Selector) *dialect.Builder {
	b := w.builder()
	b.SQL("SELECT ").Name(s.Field.Model.ID().Column()).SQL("\nFROM ").Table(s.Field.Model.Table())
	b.SQL("\nWHERE ").Name(s.Field.Column()).SQL(" = ").Value(s.Value)
	if s.More != nil {
		for i, v := range s.More.Values {
			b.SQL(" AND ").Name(s.More.Unique.Fields[i+1].Column()).SQL(" = ").Value(v)
		}
	}
	return b
}

// findAll returns the ids of selected nodes of one model in the order of the
// selectors, or fault.NotFound for the first that is missing. Those by the same
// field as the first take one statement.
func (w *writer) findAll(ctx context.Context, selectors []plan.Selector) ([]scalar.Value, error) {
	known := make(map[plan.Selector]scalar.Value)
	if len(selectors) > 1 {
		if err := w.lookupAll(ctx, selectors[0].Field, selectors, known); err != nil {
			return nil, err
		}
	}
	ids := make([]scalar.Value, len(selectors))
	for i, s := range selectors {
		id, ok := known[s]
		if !ok {
			var err error
			if id, err = w.find(ctx, s); err != nil {
				return nil, err
			}
		}
		ids[i] = id
	}
	return ids, nil
}

// lookupAll adds the ids of the nodes that are selected by field to known.
func (w *writer) lookupAll(ctx context.Context, field *schema.Field, selectors []plan.Selector, known map[plan.Selector]scalar.Value) error {
	var values []scalar.Value
	for _, s := range selectors {
		if s.Field == field && s.More == nil {
			values = append(values, s.Value)
		}
	}
	key := field.Model.ID()
	return chunks(values, func(chunk []scalar.Value) error {
		b := w.builder()
		b.SQL("SELECT ").Names(field.Column(), key.Column()).SQL("\nFROM ").Table(field.Model.Table())
		writeAmong(b.SQL("\nWHERE "), field.Column(), chunk)
		found, err := w.pairs(ctx, b.Statement(), chunk[0].Type, key.Type)
		for _, pair := range found {
			known[plan.Selector{Field: field, Value: pair[0]}] = pair[1]
		}
		return err
	})
}

// matching returns the ids of a model's nodes that satisfy filter and, where
// behind is not nil, stand behind that field of a parent. lock keeps them for
// this transaction.
func (w *writer) matching(ctx context.Context, model *schema.Model, filter plan.Filter, behind *behind, lock locker) ([]scalar.Value, error) {
	key := model.ID()
	b := w.builder()
	if err := checkFilter(b.Facts(), filter); err != nil {
		return nil, err
	}
	b.SQL("SELECT ").Column("t", key.Column()).SQL("\nFROM ").Table(model.Table()).SQL(" AS t")
	joint := "\nWHERE "
	if behind != nil {
		l := linkOf(behind.field)
		b.SQL(joint).Column("t", key.Column()).SQL(" IN (SELECT ").Name(l.child).SQL(" FROM ").Table(l.table)
		b.SQL(" WHERE ").Name(l.parent).SQL(" = ").Value(behind.parent).SQL(")")
		joint = "\nAND "
	}
	if filter != nil {
		b.SQL(joint)
		writeFilter(b, "t", filter)
	}
	if b.Facts().RowLock != "" { // two who take the same nodes in one order do not wait for each other
		b.SQL("\nORDER BY ").Column("t", key.Column())
	}
	lock(b)
	return w.values(ctx, b.Statement(), key.Type)
}

// behind names the nodes behind a relation field of one node.
type behind struct {
	field  *schema.Field
	parent scalar.Value
}

// first returns the first cell of a statement's answer.
func (w *writer) first(ctx context.Context, s dialect.Statement, t scalar.Type) (scalar.Value, bool, error) {
	found, err := w.values(ctx, s, t)
	if err != nil || len(found) == 0 {
		return scalar.Value{}, false, err
	}
	return found[0], true, nil
}

// values returns the first column of a statement's answer.
func (w *writer) values(ctx context.Context, s dialect.Statement, t scalar.Type) ([]scalar.Value, error) {
	var all []scalar.Value
	err := w.rows(ctx, s, func(r rows) error {
		v, err := r.value(0, t)
		all = append(all, v)
		return err
	})
	return all, err
}

// pairs returns the first two columns of a statement's answer.
func (w *writer) pairs(ctx context.Context, s dialect.Statement, first, second scalar.Type) ([][2]scalar.Value, error) {
	var all [][2]scalar.Value
	err := w.rows(ctx, s, func(r rows) error {
		a, err := r.value(0, first)
		if err != nil {
			return err
		}
		b, err := r.value(1, second)
		all = append(all, [2]scalar.Value{a, b})
		return err
	})
	return all, err
}

// rows calls f with each row of a statement's answer.
func (w *writer) rows(ctx context.Context, s dialect.Statement, f func(rows) error) error {
	r, err := w.query(ctx, s.SQL, s.Args)
	if err != nil {
		return err
	}
	for r.next() {
		if err := f(r); err != nil {
			r.close()
			return err
		}
	}
	return r.close()
}

// writeAmong writes the condition that a column has one of ids.
func writeAmong(b *dialect.Builder, column string, ids []scalar.Value) {
	b.Name(column)
	if len(ids) == 1 {
		b.SQL(" = ").Value(ids[0])
		return
	}
	b.SQL(" ").Among(ids[0].Type, jsonList(b.Facts(), ids))
}

const (
	manyIDs  = 10_000 // ids that one statement takes, as in Prisma 1
	manyRows = 512    // rows that one statement inserts
)

// chunks calls f with ids in pieces that one statement takes.
func chunks(ids []scalar.Value, f func([]scalar.Value) error) error {
	for chunk := range slices.Chunk(ids, manyIDs) {
		if err := f(chunk); err != nil {
			return err
		}
	}
	return nil
}
