package migration

import (
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// createRelation makes the column or table of a relation, or adopts what is there.
func (p *planner) createRelation(r *schema.Relation) {
	if p.detached[p.before(r.ModelA)] || p.detached[p.before(r.ModelB)] {
		return
	}
	switch link := r.Link.(type) {
	case *schema.Inline:
		p.createInline(r, link)
	case *schema.LinkTable:
		p.makeRoomForLinks(link.Table)
		if p.table(link.Table) == nil {
			p.create(relational.LinkTable(r, link, p.naming))
		}
	}
}

func (p *planner) createInline(r *schema.Relation, link *schema.Inline) {
	t := p.table(link.Model.Table())
	if t == nil {
		return
	}
	p.makeRoomForColumn(t, link.Model, link.Column)
	if t.Column(link.Column) != nil {
		return
	}
	key, index := relational.InlineKey(r), relational.InlineIndex(r, p.naming)
	index.Name = p.free(t, index.Name)
	p.alter(t,
		relational.AddColumn{Column: relational.InlineColumn(r), ForeignKey: &key},
		relational.AddIndex{Index: index})
}

// link returns the name of the column or table of a relation at the moment.
func (p *planner) link(r *schema.Relation) string {
	if name, moved := p.linkOf[r]; moved {
		return name
	}
	switch link := r.Link.(type) {
	case *schema.Inline:
		return link.Column
	case *schema.LinkTable:
		return link.Table
	}
	return ""
}

// makeRoomForLinks moves the table of a relation out of the way that is renamed
// in the same migration, later.
func (p *planner) makeRoomForLinks(name string) {
	t := p.table(name)
	if t == nil {
		return
	}
	for _, r := range p.previous.Relations {
		if _, isTable := r.Link.(*schema.LinkTable); isTable && p.link(r) == name && !p.gone[r] {
			p.rename(t, name+"_moving")
			p.linkOf[r] = t.Name
			return
		}
	}
}

// dropLink drops the column or table of a previous relation.
func (p *planner) dropLink(r *schema.Relation) {
	if p.gone[r] {
		return
	}
	p.gone[r] = true
	switch link := r.Link.(type) {
	case *schema.Inline:
		t := p.of(link.Model)
		if t == nil {
			return
		}
		if c := t.Column(p.link(r)); c != nil {
			p.alter(t, relational.DropColumn{Column: *c})
		}
	case *schema.LinkTable:
		p.drop(p.table(p.link(r)))
	}
}

// updateRelation keeps the links where they can stay and makes a new column or
// table otherwise.
func (p *planner) updateRelation(before, after *schema.Relation) {
	if p.gone[before] || !keepsLinks(before, after) {
		p.dropLink(before)
		p.createRelation(after)
		return
	}
	switch link := after.Link.(type) {
	case *schema.Inline:
		p.renameInline(before, link)
	case *schema.LinkTable:
		p.renameLinkTable(before, after, link)
	}
}

func (p *planner) renameInline(before *schema.Relation, link *schema.Inline) {
	t := p.table(link.Model.Table())
	if t == nil {
		return
	}
	c := t.Column(p.link(before))
	if c == nil || c.Name == link.Column {
		return
	}
	p.makeRoomForColumn(t, link.Model, link.Column)
	old := *t.Column(p.link(before))
	renamed := old
	renamed.Name = link.Column
	p.alter(t, relational.AlterColumn{Before: old, After: renamed})
	p.linkOf[before] = link.Column
}

// renameLinkTable changes the names of a link table and its columns, and drops
// the id column that old servers made.
func (p *planner) renameLinkTable(before, after *schema.Relation, link *schema.LinkTable) {
	old := before.Link.(*schema.LinkTable)
	t := p.table(p.link(before))
	if t == nil {
		p.createRelation(after)
		return
	}
	var edits []relational.Edit
	if c := t.Column(old.ID); old.ID != "" && link.ID == "" && c != nil {
		edits = append(edits, relational.DropColumn{Column: *c})
	}
	moves := [][2]string{{old.ColumnA, link.ColumnA}, {old.ColumnB, link.ColumnB}}
	if p.was.model(after.ModelA.Name) != before.ModelA.Name {
		moves = [][2]string{{old.ColumnA, link.ColumnB}, {old.ColumnB, link.ColumnA}}
	}
	if old.ID != "" && link.ID != "" {
		moves = append(moves, [2]string{old.ID, link.ID})
	}
	p.alter(t, append(edits, renames(t, moves)...)...)
	if t.Name != link.Table {
		p.makeRoomForLinks(link.Table)
	}
	p.rename(t, link.Table)
	p.linkOf[before] = link.Table
}

// renames returns the edits that give columns other names, all at once: names
// may be exchanged.
func renames(t *relational.Table, moves [][2]string) []relational.Edit {
	var first, second []relational.Edit
	for _, move := range moves {
		c := t.Column(move[0])
		if c == nil || move[0] == move[1] {
			continue
		}
		before, after := *c, *c
		after.Name = move[1]
		if t.Column(move[1]) != nil {
			between := *c
			between.Name = move[1] + "_moving"
			first = append(first, relational.AlterColumn{Before: before, After: between})
			before = between
		}
		second = append(second, relational.AlterColumn{Before: before, After: after})
	}
	return append(first, second...)
}
