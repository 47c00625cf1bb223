package connector

import (
	"cmp"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// writeCursor writes that a row stands after (or before) the row with an id, in
// the order of the page, which may not be in the list at all. A row that does
// not exist or has no value to order by has nothing after or before it
// (CursorConditionBuilder.scala).
func writeCursor(b *dialect.Builder, read *plan.Read, cursor scalar.Value, after bool) {
	if len(read.Page.Sort) > 0 {
		writeSortCursor(b, read, cursor, after)
		return
	}
	id, order := read.Model.ID(), orderOf(read)
	if isStrict(order) {
		b.Column("t", order.Column()).SQL(comparison(after != read.Page.Desc))
		writeCursorValue(b, read, order, cursor)
		return
	}
	b.SQL("(").Column("t", order.Column()).SQL(comparison(after != read.Page.Desc))
	writeCursorValue(b, read, order, cursor)
	b.SQL(" OR ").Column("t", order.Column()).SQL(" = ")
	writeCursorValue(b, read, order, cursor)
	b.SQL(" AND ").Column("t", id.Column()).SQL(comparison(after)).Value(cursor).SQL(")")
}

func comparison(greater bool) string {
	if greater {
		return " > "
	}
	return " < "
}

// writeCursorValue writes the value of f in the row with an id.
func writeCursorValue(b *dialect.Builder, read *plan.Read, f *schema.Field, cursor scalar.Value) {
	b.SQL("(SELECT ").Column("k", f.Column()).SQL(" FROM ").Table(read.Model.Table()).SQL(" AS k WHERE ")
	b.Column("k", read.Model.ID().Column()).SQL(" = ").Value(cursor).SQL(")")
}

// writeOrder writes the order of a read. Rows with the same value stand by id,
// ascending even where the order is descending. A last page is read backwards.
func writeOrder(b *dialect.Builder, read *plan.Read) {
	backwards := read.Page.Last != plan.NoLimit
	if len(read.Page.Sort) > 0 {
		writeSort(b, read, backwards)
		return
	}
	order := orderOf(read)
	b.Column("t", order.Column()).SQL(direction(read.Page.Desc != backwards))
	if !isStrict(order) {
		b.SQL(", ").Column("t", read.Model.ID().Column()).SQL(direction(backwards))
	}
}

// orderOf returns the field that the nodes of a page stand by, where that is one.
func orderOf(read *plan.Read) *schema.Field { return cmp.Or(read.Page.Order, read.Model.ID()) }

// isStrict tells whether a field orders the nodes of its model without help:
// each has a value of its own.
func isStrict(f *schema.Field) bool { return f == f.Model.ID() || f.Unique && f.Required }

func direction(desc bool) string {
	if desc {
		return " DESC"
	}
	return " ASC"
}
