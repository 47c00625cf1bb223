package migration

import (
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

func (p *planner) createField(f *schema.Field) {
	t := p.table(f.Model.Table())
	switch {
	case t == nil || f.IsRelation():
	case f.IsScalarList():
		p.createList(t, f)
	case !f.IsID():
		p.createColumn(t, f)
	case p.before(f.Model) != nil:
		p.moveID(t, p.before(f.Model), f, relational.AddColumn{Column: relational.FieldColumn(f), Fill: prefill(f)})
	}
}

func (p *planner) deleteField(f *schema.Field) {
	t := p.of(f.Model)
	switch {
	case t == nil || f.IsRelation():
	case f.IsScalarList():
		p.drop(p.table(p.previousList(f)))
	case f.IsID():
		p.detach(f.Model)
		p.formerID[f.Model] = f.Column()
	default:
		p.dropColumn(t, f)
	}
}

func (p *planner) updateField(before, after *schema.Field) {
	t := p.of(before.Model)
	if t == nil {
		return
	}
	switch {
	case before.IsRelation() && after.IsRelation():
	case before.IsRelation() && after.List:
		p.createList(t, after)
	case before.IsRelation():
		p.createColumn(t, after)
	case before.List && after.IsRelation():
		p.drop(p.table(p.previousList(before)))
	case before.List && after.List:
		p.updateList(t, before, after)
	case before.List:
		p.drop(p.table(p.previousList(before)))
		p.createColumn(t, after)
	case after.IsRelation():
		p.dropColumn(t, before)
	case after.List:
		p.createList(t, after)
		p.dropColumn(t, before)
	default:
		p.updateColumn(t, before, after)
	}
}

// updateList renames the table of a list, or makes a new one for values of another type.
func (p *planner) updateList(t *relational.Table, before, after *schema.Field) {
	list := p.table(p.previousList(before))
	if list != nil && before.Type == after.Type {
		name := t.Name + "_" + after.Column()
		if name != list.Name {
			p.makeRoomForList(name)
		}
		p.rename(list, name)
		p.listOf[before], p.listOf[after] = name, name
		return
	}
	p.drop(list)
	p.createList(t, after)
}

// column returns the name of a previous field's column at the moment.
func (p *planner) column(f *schema.Field) string {
	if name, moved := p.columnOf[f]; moved {
		return name
	}
	return f.Column()
}

func (p *planner) dropColumn(t *relational.Table, f *schema.Field) {
	if c := t.Column(p.column(f)); c != nil {
		p.alter(t, relational.DropColumn{Column: *c})
	}
}

// createColumn adds the column of a field, or adopts the one that is there.
func (p *planner) createColumn(t *relational.Table, f *schema.Field) {
	c := relational.FieldColumn(f)
	p.makeRoomForColumn(t, f.Model, c.Name)
	if found := t.Column(c.Name); found != nil {
		p.adoptColumn(t, *found, f)
		return
	}
	edits := []relational.Edit{relational.AddColumn{Column: c, Fill: fill(f)}}
	p.alter(t, p.withUnique(t, c.Name, f, edits)...)
}

// fill returns what rows without a value get.
func fill(f *schema.Field) scalar.Value {
	if f.Required {
		return prefill(f)
	}
	return scalar.Value{}
}

// adoptColumn fits a column to a field that comes new to the schema.
func (p *planner) adoptColumn(t *relational.Table, found relational.Column, f *schema.Field) {
	c := found
	c.Nullable = !f.Required
	wipe := !isCompatible(found, f.Type)
	if wipe {
		c = relational.FieldColumn(f)
	}
	var edits []relational.Edit
	index := t.UniqueIndex(found.Name)
	if index != nil && !f.Unique {
		edits = append(edits, relational.DropIndex{Index: *index})
	}
	if wipe || c != found {
		edits = append(edits, relational.AlterColumn{Before: found, After: c, Wipe: wipe, Fill: fill(f)})
	}
	if index == nil {
		edits = p.withUnique(t, c.Name, f, edits)
	}
	p.alter(t, edits...)
}

// withUnique adds the index of a unique field to the edits.
func (p *planner) withUnique(t *relational.Table, column string, f *schema.Field, edits []relational.Edit) []relational.Edit {
	if !f.Unique || f.IsID() {
		return edits
	}
	index := relational.UniqueIndex(f.Model.Table(), column, p.naming)
	index.Name = p.free(t, index.Name)
	return append(edits, relational.AddIndex{Index: index})
}

// updateColumn changes a column as far as the fields differ.
func (p *planner) updateColumn(t *relational.Table, before, after *schema.Field) {
	found := t.Column(p.column(before))
	if found == nil {
		p.createColumn(t, after)
		return
	}
	old := *found
	c, wipe := alteredColumn(old, before, after)
	if c.Name != old.Name {
		p.makeRoomForColumn(t, after.Model, c.Name)
		old = *t.Column(p.column(before))
	}
	p.columnOf[before] = c.Name
	alter := relational.AlterColumn{Before: old, After: c, Wipe: wipe, Fill: fill(after)}
	if after.IsID() && (wipe || !before.IsID()) {
		p.moveID(t, before.Model, after, alter)
		return
	}
	if before.IsID() && !after.IsID() {
		p.detach(before.Model)
	}
	var edits []relational.Edit
	index := t.UniqueIndex(old.Name)
	if index != nil && !after.Unique {
		edits = append(edits, relational.DropIndex{Index: *index})
	}
	if wipe || c != old {
		edits = append(edits, alter)
	}
	if index == nil {
		edits = p.withUnique(t, c.Name, after, edits)
	}
	p.alter(t, edits...)
}

// alteredColumn returns what a column becomes, and whether its values go with
// its type.
func alteredColumn(c relational.Column, before, after *schema.Field) (altered relational.Column, wipe bool) {
	if before.Type != after.Type {
		return relational.FieldColumn(after), true
	}
	c.Name = after.Column()
	if !after.IsID() {
		c.Nullable = !after.Required
	}
	if before.Generated != after.Generated {
		wanted := relational.FieldColumn(after)
		c.Generated, c.Sequence = wanted.Generated, wanted.Sequence
	}
	return c, false
}

// moveID makes a column the id of its table: one that is new, was a plain one,
// or changes its type. The id that was declared before goes.
func (p *planner) moveID(t *relational.Table, before *schema.Model, f *schema.Field, edit relational.Edit) {
	p.detach(before)
	var edits []relational.Edit
	if former, ok := p.formerID[before]; ok {
		if c := t.Column(former); c != nil {
			edits = append(edits, relational.DropColumn{Column: *c})
		}
		delete(p.formerID, before)
	}
	if alter, ok := edit.(relational.AlterColumn); ok {
		if index := t.UniqueIndex(alter.Before.Name); index != nil {
			edits = append(edits, relational.DropIndex{Index: *index})
		}
	}
	p.alterKey(t, []string{f.Column()}, append(edits, edit)...)
}

// makeRoomForColumn moves a column out of the way that leaves its name in the
// same migration, later, or drops that of a relation that does.
func (p *planner) makeRoomForColumn(t *relational.Table, next *schema.Model, name string) {
	before := p.before(next)
	if before == nil || t.Column(name) == nil {
		return
	}
	for _, f := range before.Fields {
		if _, done := p.columnOf[f]; done || !f.IsScalar() || f.Column() != name || p.keepsColumn(next, f) {
			continue
		}
		c := *t.Column(name)
		c.Name = name + "_moving"
		p.columnOf[f] = c.Name
		p.alter(t, relational.AlterColumn{Before: *t.Column(name), After: c})
	}
	for _, r := range p.previous.Relations {
		if inline, ok := r.Link.(*schema.Inline); ok && inline.Model == before && p.link(r) == name && !p.gone[r] {
			c := *t.Column(name)
			c.Name = name + "_moving"
			p.linkOf[r] = c.Name
			p.alter(t, relational.AlterColumn{Before: *t.Column(name), After: c})
		}
	}
}

// keepsColumn tells whether a previous field stays in its column.
func (p *planner) keepsColumn(next *schema.Model, f *schema.Field) bool {
	for _, now := range next.Fields {
		if p.was.field(next.Name, now.Name) == f.Name {
			return now.IsScalar() && now.Column() == f.Column()
		}
	}
	return false
}
