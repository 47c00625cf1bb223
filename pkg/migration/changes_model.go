package migration

import (
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// createModel makes a table with the id alone; the steps of the fields add the rest.
func (p *planner) createModel(m *schema.Model) {
	if m.Embedded || p.table(m.Table()) != nil {
		return
	}
	t := &relational.Table{Name: m.Table()}
	if id := m.ID(); id != nil {
		t.Columns = []relational.Column{relational.FieldColumn(id)}
		t.PrimaryKey = []string{id.Column()}
	}
	p.create(t)
}

func (p *planner) deleteModel(m *schema.Model) {
	for _, f := range m.Fields {
		if f.IsScalarList() {
			p.drop(p.table(p.previousList(f)))
		}
	}
	p.drop(p.of(m))
}

// updateModel renames the table where its name differs, and the tables of its
// lists with it (Prisma 1 left those behind).
func (p *planner) updateModel(before, after *schema.Model) {
	t := p.of(before)
	if t == nil || t.Name == after.Table() {
		return
	}
	p.makeRoomForTable(after.Table())
	p.rename(t, after.Table())
	p.tableOf[before] = after.Table()
	for _, f := range after.Fields {
		if !f.IsScalarList() {
			continue
		}
		if list := p.table(p.list(before, f)); list != nil && p.table(f.ListTable()) == nil {
			p.rename(list, f.ListTable())
		}
	}
}

// list returns the name at the moment of the table of a list field of the next schema.
func (p *planner) list(before *schema.Model, f *schema.Field) string {
	if name, moved := p.listOf[f]; moved {
		return name
	}
	if old := before.Field(p.was.field(f.Model.Name, f.Name)); old != nil {
		return p.previousList(old)
	}
	return f.ListTable()
}

// previousList returns the name at the moment of the table of a list field of
// the previous schema.
func (p *planner) previousList(f *schema.Field) string {
	if name, moved := p.listOf[f]; moved {
		return name
	}
	return f.ListTable()
}

// makeRoomForTable moves a table out of the way that is renamed in the same
// migration, later.
func (p *planner) makeRoomForTable(name string) {
	for _, m := range p.previous.Models {
		t := p.of(m)
		if t == nil || t.Name != name {
			continue
		}
		p.rename(t, name+"_moving")
		p.tableOf[m] = t.Name
		for _, f := range m.Fields {
			if list := p.table(p.previousList(f)); f.IsScalarList() && list != nil {
				p.rename(list, t.Name+"_"+f.Column())
				p.listOf[f] = list.Name
			}
		}
	}
}

// makeRoomForList moves the table of a list out of the way that is renamed in
// the same migration, later.
func (p *planner) makeRoomForList(name string) {
	list := p.table(name)
	if list == nil {
		return
	}
	for _, m := range p.previous.Models {
		for _, f := range m.Fields {
			if _, done := p.listOf[f]; !done && f.IsScalarList() && f.ListTable() == name {
				p.rename(list, name+"_moving")
				p.listOf[f] = list.Name
				return
			}
		}
	}
}

// createList makes the table of a list field whose model has the table t.
func (p *planner) createList(t *relational.Table, f *schema.Field) {
	name := t.Name + "_" + f.Column()
	p.makeRoomForList(name)
	if p.table(name) != nil || p.detached[p.before(f.Model)] {
		return
	}
	list := relational.ListTable(f, p.naming)
	list.Name = name
	list.ForeignKeys[0].Table = t.Name
	if len(t.PrimaryKey) == 1 {
		list.ForeignKeys[0].Reference = t.PrimaryKey[0]
	}
	p.listOf[f] = name
	p.create(list)
}

// detach drops the lists and links of a model that gets another id. Its table
// is empty then, see check.changesID.
func (p *planner) detach(m *schema.Model) {
	if m == nil || p.detached[m] {
		return
	}
	p.detached[m] = true
	for _, f := range m.Fields {
		if f.IsScalarList() {
			p.drop(p.table(p.previousList(f)))
		}
	}
	for _, now := range p.next.Models {
		for _, f := range now.Fields {
			if name, there := p.listOf[f]; there && p.before(now) == m {
				p.drop(p.table(name))
			}
		}
	}
	for _, r := range p.previous.Relations {
		if r.ModelA == m || r.ModelB == m {
			p.dropLink(r)
		}
	}
}

// attach makes the lists and links of the next schema that detached models lack.
func (p *planner) attach() {
	detached := p.detached
	p.detached = map[*schema.Model]bool{}
	for _, m := range p.next.Models {
		for _, f := range m.Fields {
			if f.IsScalarList() && detached[p.before(m)] {
				p.createList(p.table(m.Table()), f)
			}
		}
	}
	for _, r := range p.next.Relations {
		if detached[p.before(r.ModelA)] || detached[p.before(r.ModelB)] {
			p.createRelation(r)
		}
	}
}

// isCompatible tells whether a column that is already there can hold a field's values.
func isCompatible(found relational.Column, wanted scalar.Type) bool {
	return found.Holds(wanted) || found.Type == scalar.Null || found.Type.IsText() && wanted.IsText()
}
