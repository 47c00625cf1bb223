package migration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Changes returns what each step does to the tables, in order. tables are those
// that are there, as inspected; they are not changed.
//
// Every change is worked out against the tables as the changes before leave
// them, so a deploy may rename a model and alter its fields at once, which
// failed in Prisma 1 (MigrationStepMapperImpl.scala). What is already there is
// adopted, what is already gone is passed over. Changes of one table are done
// together where nothing between them minds; later steps have none then.
func Changes(steps []Step, previous, next *schema.Schema, n relational.Naming, tables []*relational.Table) ([]StepChanges, error) {
	p := newPlanner(steps, previous, next, n, tables)
	planned := make([]StepChanges, len(steps))
	p.dropUniques()
	p.dropFullTexts()
	for i, step := range steps {
		if err := p.step(step); err != nil {
			return nil, err
		}
		if i == len(steps)-1 {
			p.attach()
			p.addUniques()
			p.addFullTexts()
		}
		planned[i] = StepChanges{Step: step, Changes: p.changes}
		p.changes = nil
	}
	fold(planned)
	return planned, nil
}

// planner follows the tables through a migration. Its maps lead from parts of
// the previous schema to where they lie at the moment, if not where that schema
// says.
type planner struct {
	previous, next *schema.Schema
	naming         relational.Naming
	was            origins
	tables         []*relational.Table

	tableOf  map[*schema.Model]string
	columnOf map[*schema.Field]string
	listOf   map[*schema.Field]string    // by field of the next schema
	linkOf   map[*schema.Relation]string // column or table of a relation at the moment
	gone     map[*schema.Relation]bool   // has no column or table any more
	detached map[*schema.Model]bool      // gets another id: lists and links come back at the end
	formerID map[*schema.Model]string    // id column that goes as soon as there is another

	changes []relational.Change // of the step at hand

	tableNames map[string]bool // of all tables of the next schema
}

func newPlanner(steps []Step, previous, next *schema.Schema, n relational.Naming, tables []*relational.Table) *planner {
	p := &planner{
		previous: previous, next: next, naming: n, was: newOrigins(steps),
		tableOf: map[*schema.Model]string{}, columnOf: map[*schema.Field]string{}, listOf: map[*schema.Field]string{},
		linkOf: map[*schema.Relation]string{}, gone: map[*schema.Relation]bool{},
		detached: map[*schema.Model]bool{}, formerID: map[*schema.Model]string{},
		tableNames: map[string]bool{},
	}
	for _, t := range tables {
		p.tables = append(p.tables, t.Clone())
	}
	for _, t := range relational.Tables(next, n) {
		p.tableNames[t.Name] = true
	}
	return p
}

func (p *planner) step(step Step) error {
	switch s := step.(type) {
	case CreateModel:
		p.createModel(p.next.Model(s.Model))
	case DeleteModel:
		p.deleteModel(p.previous.Model(s.Model))
	case UpdateModel:
		p.updateModel(p.previous.Model(s.Model), p.next.Model(s.NewName))
	case CreateField:
		p.createField(field(p.next, s.Model, s.Field))
	case DeleteField:
		p.deleteField(field(p.previous, s.Model, s.Field))
	case UpdateField:
		p.updateField(s.fields(p.previous, p.next))
	case CreateRelation:
		p.createRelation(p.next.Relation(s.Relation))
	case DeleteRelation:
		p.dropLink(p.previous.Relation(s.Relation))
	case UpdateRelation:
		p.updateRelation(p.previous.Relation(s.Relation), p.next.Relation(s.Next()))
	case CreateEnum, DeleteEnum, UpdateEnum, UpdateSecrets:
	default:
		return fmt.Errorf("changes of step %T", step)
	}
	return nil
}

// table returns a table as it is at the moment, or nil.
func (p *planner) table(name string) *relational.Table {
	i := slices.IndexFunc(p.tables, func(t *relational.Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return p.tables[i]
}

// of returns the table of a previous model at the moment, or nil.
func (p *planner) of(m *schema.Model) *relational.Table {
	if name, moved := p.tableOf[m]; moved {
		return p.table(name)
	}
	return p.table(m.Table())
}

// before returns what a model of the next schema was, or nil.
func (p *planner) before(m *schema.Model) *schema.Model { return p.previous.Model(p.was.model(m.Name)) }

func (p *planner) create(t *relational.Table) {
	indexes := t.Indexes
	t.Indexes = nil
	for _, x := range indexes {
		x.Name = p.free(t, x.Name)
		t.Indexes = append(t.Indexes, x)
	}
	p.tables = append(p.tables, t)
	p.changes = append(p.changes, relational.CreateTable{Table: t.Clone()})
}

func (p *planner) drop(t *relational.Table) {
	if t == nil {
		return
	}
	p.tables = slices.DeleteFunc(p.tables, func(other *relational.Table) bool { return other == t })
	p.changes = append(p.changes, relational.DropTable{Table: t.Clone()})
}

func (p *planner) rename(t *relational.Table, name string) {
	if t.Name == name {
		return
	}
	p.changes = append(p.changes, relational.RenameTable{Before: t.Clone(), Name: name})
	for _, other := range p.tables {
		for i := range other.ForeignKeys {
			if other.ForeignKeys[i].Table == t.Name {
				other.ForeignKeys[i].Table = name
			}
		}
	}
	for f, list := range p.listOf {
		if list == t.Name {
			p.listOf[f] = name
		}
	}
	t.Name = name
}

// alter edits a table. A renamed column takes the references to it along.
func (p *planner) alter(t *relational.Table, edits ...relational.Edit) {
	if len(edits) > 0 {
		p.alterKey(t, t.PrimaryKey, edits...)
	}
}

// alterKey is alter with another primary key afterwards.
func (p *planner) alterKey(t *relational.Table, key []string, edits ...relational.Edit) {
	before := t.Clone()
	key = slices.Clone(key)
	sameKey := slices.Equal(key, t.PrimaryKey)
	for _, e := range edits {
		t.Apply(e)
		if e, ok := e.(relational.AlterColumn); ok {
			p.follow(t.Name, e.Before.Name, e.After.Name)
		}
	}
	if !sameKey {
		t.PrimaryKey = key
	}
	p.changes = append(p.changes, relational.AlterTable{Before: before, After: t.Clone(), Edits: edits})
}

func (p *planner) follow(table, old, name string) {
	for _, t := range p.tables {
		for i := range t.ForeignKeys {
			if k := &t.ForeignKeys[i]; k.Table == table && k.Reference == old {
				k.Reference = name
			}
		}
	}
}

// free returns name for an index of a table, as far as the database keeps it,
// or name with a number behind it where something has it already: indexes keep
// their names when their table is renamed, and long names are cut.
func (p *planner) free(t *relational.Table, name string) string {
	candidate := p.naming.Clip(name, 0)
	for i := 2; p.isTaken(t, candidate); i++ {
		suffix := fmt.Sprintf("_%d", i)
		candidate = p.naming.Clip(name, len(suffix)) + suffix
	}
	return candidate
}

// isTaken tells whether an index of a table cannot have a name: another index
// has it, or a table, where they share their names.
func (p *planner) isTaken(t *relational.Table, name string) bool {
	if p.naming.Short {
		return hasIndex(t, name)
	}
	return hasIndex(t, name) || p.tableNames[name] || slices.ContainsFunc(p.tables, func(t *relational.Table) bool {
		return t.Name == name || hasIndex(t, name)
	})
}

func hasIndex(t *relational.Table, name string) bool {
	return slices.ContainsFunc(t.Indexes, func(x relational.Index) bool { return strings.EqualFold(x.Name, name) })
}
