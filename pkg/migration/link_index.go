package migration

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// LinkIndexes returns the indexes that columns of inline relations lack: those
// in tables that Prisma 1 made, or somebody else. They are no part of a
// migration, because a database may make them beside other work.
func LinkIndexes(s *schema.Schema, n relational.Naming, tables []*relational.Table) []relational.AlterTable {
	p := newPlanner(nil, s, s, n, tables)
	for _, r := range s.Relations {
		link, ok := r.Link.(*schema.Inline)
		if !ok {
			continue
		}
		t := p.table(link.Model.Table())
		if t == nil || t.Column(link.Column) == nil || isIndexed(t, link.Column) {
			continue
		}
		index := relational.InlineIndex(r, p.naming)
		index.Name = p.free(t, index.Name)
		p.alter(t, relational.AddIndex{Index: index})
	}
	var changes []relational.AlterTable
	for _, change := range p.changes {
		changes = append(changes, change.(relational.AlterTable))
	}
	return changes
}

func isIndexed(t *relational.Table, column string) bool {
	return slices.ContainsFunc(t.Indexes, func(x relational.Index) bool { return x.Columns[0] == column }) ||
		len(t.PrimaryKey) > 0 && t.PrimaryKey[0] == column
}
