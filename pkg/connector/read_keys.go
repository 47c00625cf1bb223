package connector

import "github.com/prisma1-go/prisma1/pkg/dialect"

// mostKeys is how many rows a page takes at most whose keys are read first,
// unless it passes over more.
const mostKeys = 4096

// isByKeys tells whether a page is read by its keys: those that the page passes
// over come from an index alone, and MySQL would rather read and sort a whole
// table than look up some rows of it.
func (l *question) isByKeys(facts *dialect.Facts) bool {
	if l.parents != nil || l.front > 0 || l.read.Selector != nil || l.read.Filter != nil || !hasIndex(facts, l.read) {
		return false
	}
	limit, limited := pageLimit(l.read)
	skip := l.read.Page.Skip
	return facts.DeepPage >= 0 && skip >= facts.DeepPage && limited && limit <= int64(max(skip, mostKeys))
}

// writeKeys writes the rows of a list, limit of them behind offset, as the table t.
func writeKeys(b *dialect.Builder, l *question, limit, offset int64) {
	key := orderOf(l.read).Column()
	b.SQL("(SELECT ").Column("t", key).SQL(" FROM ")
	writeOrdered(b, l.read)
	b.SQL("\nLIMIT ").Arg(limit).SQL(" OFFSET ").Arg(offset).SQL(") AS k")
	if b.Facts().KeysFirst {
		b.SQL(" JOIN ")
		writeFrom(b, l.read)
		b.SQL(" ON ").Column("t", key).SQL(" = ").Column("k", key)
		return
	}
	b.SQL(" CROSS JOIN LATERAL (SELECT * FROM ")
	writeFrom(b, l.read)
	b.SQL(" WHERE ").Column("t", key).SQL(" = ").Column("k", key).SQL(" OFFSET 0) AS t")
}

// writePagesByKeys writes the pages of several parents: what their rows have is
// looked up when their places are known.
func writePagesByKeys(b *dialect.Builder, l *question) {
	id := l.read.Model.ID().Column()
	parent := l.frame.columns[l.frame.parent]
	b.SQL("SELECT ")
	for i, c := range l.frame.columns {
		separate(b, i)
		if i == l.frame.parent {
			b.SQL("p.o")
		} else {
			b.Column("t", c.name)
		}
	}
	b.SQL("\nFROM (\nSELECT ").Column("t", id).SQL(" AS k, ").Column(parent.alias, parent.name).SQL(" AS o")
	writeNumber(b, l)
	b.SQL("\nFROM ")
	writeNodes(b, l)
	b.SQL("\n) AS p JOIN ").Table(l.read.Model.Table()).SQL(" AS t ON ").Column("t", id).SQL(" = p.k\nWHERE ")
	writeWindow(b, l.read)
	b.SQL("\nORDER BY p.o, p.n")
}
