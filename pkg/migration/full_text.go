package migration

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// keepsFullText tells whether the index that finds words can stay as it is: on a
// table of the same name, because that of the index follows from it, with the
// same columns.
func (p *planner) keepsFullText(m, next *schema.Model) bool {
	return m.Table() == next.Table() && slices.Equal(m.FullTextColumns(), next.FullTextColumns()) &&
		!slices.ContainsFunc(next.FullText, func(f *schema.Field) bool {
			old := m.Field(p.was.field(next.Name, f.Name))
			return old == nil || old.Column() != f.Column() || old.Type != f.Type || old.List
		})
}

// dropFullTexts drops the indexes of words that do not stay, before their
// columns change.
func (p *planner) dropFullTexts() {
	for _, m := range p.previous.Models {
		next := p.nextOf(m)
		t := p.of(m)
		if len(m.FullText) == 0 || next == nil || t == nil {
			continue
		}
		if x := t.FullTextIndex(m.FullTextColumns()); x != nil && !p.keepsFullText(m, next) {
			p.alter(t, relational.DropIndex{Index: *x})
		}
	}
}

// addFullTexts adds the indexes of words that the next schema needs and the
// tables do not have.
func (p *planner) addFullTexts() {
	for _, m := range p.next.Models {
		columns := m.FullTextColumns()
		t := p.table(m.Table())
		if len(columns) == 0 || t == nil || t.FullTextIndex(columns) != nil {
			continue
		}
		index := relational.FullTextIndex(m.Table(), columns, p.naming)
		index.Name = p.free(t, index.Name)
		p.alter(t, relational.AddIndex{Index: index})
	}
}
