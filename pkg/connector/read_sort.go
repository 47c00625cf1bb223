package connector

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// writeSort writes the order of a page that is sorted by several keys. Rows
// that are the same in all of them stand by id, ascending.
func writeSort(b *dialect.Builder, read *plan.Read, backwards bool) {
	for _, key := range read.Page.Sort {
		writeSortKey(b, "t", key.Path, key.Field)
		b.SQL(direction(key.Desc != backwards)).SQL(", ")
	}
	b.Column("t", read.Model.ID().Column()).SQL(direction(backwards))
}

// writeSortKey writes what a row of alias is sorted by: a column of its own, a
// column of the node that path leads to, or how many nodes are behind path.
func writeSortKey(b *dialect.Builder, alias string, path []*schema.Field, f *schema.Field) {
	switch {
	case len(path) == 0 && f == nil:
		b.SQL("COUNT(*)")
		return
	case len(path) == 0:
		b.Column(alias, f.Column())
		return
	}
	b.SQL("(SELECT ")
	writeSortKey(b, alias+"c", path[1:], f)
	b.SQL(" FROM ")
	writeLinked(b, alias, path[0])
	if !path[0].List {
		b.SQL(" LIMIT 1") // foreign hands may have linked two
	}
	b.SQL(")")
}

// writeSortCursor writes that a row stands after (or before) the row with an id
// in the order of writeSort. Rows without a value stand where the database puts
// them, so that pages leave out none.
func writeSortCursor(b *dialect.Builder, read *plan.Read, cursor scalar.Value, after bool) {
	id := read.Model.ID()
	b.SQL("EXISTS (SELECT 1 FROM ").Table(read.Model.Table()).SQL(" AS k WHERE ").Column("k", id.Column()).SQL(" = ").Value(cursor)
	b.SQL(" AND ")
	for _, key := range read.Page.Sort {
		b.SQL("(")
		writeBehind(b, key, after != key.Desc)
		b.SQL(" OR ")
		writeLevel(b, key)
		b.SQL(" AND ")
	}
	b.Column("t", id.Column()).SQL(comparison(after)).Column("k", id.Column())
	for range read.Page.Sort {
		b.SQL(")")
	}
	b.SQL(")")
}

// writeBehind writes that the row t has a greater (or smaller) key than the
// row k, where null is smaller or greater than everything as the database has it.
func writeBehind(b *dialect.Builder, key plan.SortKey, greater bool) {
	compare := func() {
		writeSortKey(b, "t", key.Path, key.Field)
		b.SQL(comparison(greater))
		writeSortKey(b, "k", key.Path, key.Field)
	}
	if !isNullable(key) {
		compare()
		return
	}
	null, other := "k", "t"
	if greater != b.Facts().NullsFirst {
		null, other = other, null
	}
	b.SQL("(")
	compare()
	b.SQL(" OR ")
	writeSortKey(b, null, key.Path, key.Field)
	b.SQL(" IS NULL AND ")
	writeSortKey(b, other, key.Path, key.Field)
	b.SQL(" IS NOT NULL)")
}

// writeLevel writes that the rows t and k have the same key.
func writeLevel(b *dialect.Builder, key plan.SortKey) {
	compare := func() {
		writeSortKey(b, "t", key.Path, key.Field)
		b.SQL(" = ")
		writeSortKey(b, "k", key.Path, key.Field)
	}
	if !isNullable(key) {
		compare()
		return
	}
	b.SQL("(")
	compare()
	b.SQL(" OR ")
	writeSortKey(b, "t", key.Path, key.Field)
	b.SQL(" IS NULL AND ")
	writeSortKey(b, "k", key.Path, key.Field)
	b.SQL(" IS NULL)")
}

// isNullable tells whether a row may have nothing to be sorted by.
func isNullable(key plan.SortKey) bool {
	missing := func(f *schema.Field) bool { return !f.Required }
	if key.Field == nil {
		return slices.ContainsFunc(key.Path[:len(key.Path)-1], missing)
	}
	return !key.Field.Required || slices.ContainsFunc(key.Path, missing)
}
