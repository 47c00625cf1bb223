// Package introspect writes the datamodel of tables that somebody else made.
//
//	tables, details, existing datamodel → Datamodel → schema.Schema, datamodel.Notes → text
//
// The text can be deployed on those tables as they are. What a datamodel cannot
// say stands in it as a comment. Names and order follow Prisma 1
// (prisma-db-introspection), but where its text could not be deployed.
package introspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Input is what a datamodel is made from.
type Input struct {
	Tables  []*relational.Table
	Details *relational.Details
	UUIDs   bool           // ids may be of type UUID
	Base    *schema.Schema // of the existing datamodel: its names, order and meaning are kept; nil for none
}

// A Result is a datamodel.
type Result struct {
	Text   string
	Types  int // models, enums and tables of relations in it
	Tables int // tables that were looked at
}

// Datamodel returns the datamodel of tables.
func Datamodel(in Input) Result {
	if in.Base == nil {
		in.Base = &schema.Schema{}
	}
	r := &reader{
		Input: in, out: &schema.Schema{}, types: taken{}, fields: map[*schema.Model]taken{},
		models: map[string]*schema.Model{}, ids: map[string]string{}, enums: map[string]*schema.Enum{}, kept: map[[2]string]string{},
		owners: map[*schema.Relation]*schema.Field{}, backs: map[*schema.Relation]*schema.Field{},
		notes: &datamodel.Notes{Models: map[string][]string{}, Fields: map[[2]string][]string{}, Inside: map[string][]string{}},
	}
	r.Tables = slices.DeleteFunc(slices.Clone(in.Tables), r.isHidden)
	r.sortTables()
	r.nameModels()
	r.baseEnums()
	for _, t := range r.modelTables {
		r.readModel(t)
	}
	r.relate()
	r.readLists()
	r.nameRelations()
	r.order()
	r.tellTheRest()
	r.out.Complete()
	text := datamodel.RenderWithNotes(r.out, r.notes)
	return Result{Text: text, Types: len(r.out.Models) + len(r.out.Enums) + r.relationTables(), Tables: len(r.Tables)}
}

// reader makes one datamodel.
type reader struct {
	Input
	out   *schema.Schema
	notes *datamodel.Notes

	modelTables, linkTables, listTables, keyless []*relational.Table

	ids    map[string]string        // by table: the column that is the id
	models map[string]*schema.Model // by table
	enums  map[string]*schema.Enum  // by name of the database's type
	types  taken
	fields map[*schema.Model]taken
	owners map[*schema.Relation]*schema.Field // the fields of inline relations, with the column
	backs  map[*schema.Relation]*schema.Field // and at the other end, where there is one
	kept   map[[2]string]string               // names of fields by table and column, as far as they need no search
	alone  bool                               // a table that cannot be a type is shown by itself
}

// isHidden tells whether a table is one of a server's own, or part of another one.
func (r *reader) isHidden(t *relational.Table) bool {
	switch t.Name {
	case "_RelayId", "_Migration":
		return true
	case "Project", "Migration", "InternalMigration", "TelemetryInfo", "CloudSecret", "DeployLock", "DeployJournal":
		history := r.tableIn(r.Input.Tables, "Migration")
		return history != nil && history.Column("projectId") != nil && history.Column("rolledBack") != nil
	}
	return r.aside(t.Name, relational.Partition) != nil
}

func (r *reader) tableIn(tables []*relational.Table, name string) *relational.Table {
	i := slices.IndexFunc(tables, func(t *relational.Table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return tables[i]
}

func (r *reader) aside(table string, kind relational.AsideKind) *relational.Aside {
	for i, a := range r.Details.Asides {
		if a.Table == table && a.Kind == kind {
			return &r.Details.Asides[i]
		}
	}
	return nil
}

// sortTables finds out what each table is. Tables of lists and links are known
// by what they refer to, so the keys of all tables come first.
func (r *reader) sortTables() {
	slices.SortFunc(r.Tables, func(a, b *relational.Table) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range r.Tables {
		if id := r.idColumn(t); id != "" {
			r.ids[t.Name] = id
		}
	}
	for _, t := range r.Tables {
		switch {
		case r.isList(t):
			r.listTables = append(r.listTables, t)
		case r.isLink(t):
			r.linkTables = append(r.linkTables, t)
		case r.ids[t.Name] == "":
			r.keyless = append(r.keyless, t)
		default:
			r.modelTables = append(r.modelTables, t)
		}
	}
	for _, t := range slices.Concat(r.listTables, r.linkTables, r.keyless) {
		delete(r.ids, t.Name)
	}
}

// idColumn returns the column that can be the id: the one of the existing
// datamodel, the primary key, or one that is unique and never null.
func (r *reader) idColumn(t *relational.Table) string {
	isKey := func(c *relational.Column) bool {
		primary := len(t.PrimaryKey) == 1 && t.PrimaryKey[0] == c.Name
		return idType(c) != scalar.Null && (primary || !c.Nullable && t.UniqueIndex(c.Name) != nil)
	}
	if base := r.baseModel(t.Name); base != nil && base.ID() != nil {
		if c := t.Column(base.ID().Column()); c != nil && isKey(c) {
			return c.Name
		}
	}
	best, rank := "", 0
	for i := range t.Columns {
		c := &t.Columns[i]
		if !isKey(c) {
			continue
		}
		own := 1
		switch {
		case len(t.PrimaryKey) == 1 && t.PrimaryKey[0] == c.Name:
			own = 4
		case c.Generated:
			own = 3
		case strings.EqualFold(c.Name, "id"):
			own = 2
		}
		if own > rank {
			best, rank = c.Name, own
		}
	}
	return best
}

// idType returns the type of a column as an id, Null where it cannot be one.
func idType(c *relational.Column) scalar.Type {
	switch c.Type {
	case scalar.Int, scalar.UUID:
		return c.Type
	case scalar.ID, scalar.String:
		return scalar.ID
	case scalar.Enum:
		if isPlainText(c) {
			return scalar.ID
		}
	}
	return scalar.Null
}

// isPlainText tells whether a column that a migration would make for an enum
// is only text.
func isPlainText(c *relational.Column) bool { return strings.HasPrefix(c.Native, "varchar") }

// isList tells whether a table holds the values of a scalar list.
func (r *reader) isList(t *relational.Table) bool {
	if len(t.Columns) != 3 || t.Column(schema.ListPosition) == nil || t.Column(schema.ListValue) == nil {
		return false
	}
	key := r.reference(t, schema.ListNode)
	return key != nil && strings.HasPrefix(t.Name, key.Table+"_") && t.Column(schema.ListPosition).Type == scalar.Int
}

// reference returns the foreign key of a column that leads to the id of another
// table, or nil.
func (r *reader) reference(t *relational.Table, column string) *relational.ForeignKey {
	i := slices.IndexFunc(t.ForeignKeys, func(k relational.ForeignKey) bool {
		return k.Column == column && k.Reference != "" && r.ids[k.Table] == k.Reference
	})
	if i < 0 {
		return nil
	}
	return &t.ForeignKeys[i]
}

// nameModels gives tables their names as types: those of the existing
// datamodel first, then those that can keep theirs.
func (r *reader) nameModels() {
	for _, e := range r.Base.Enums {
		r.types.take(e.Name)
	}
	name := func(accept func(*relational.Table) (string, bool)) {
		for _, t := range r.modelTables {
			if r.models[t.Name] != nil {
				continue
			}
			if chosen, ok := accept(t); ok {
				r.models[t.Name] = &schema.Model{Name: chosen, DBName: differing(t.Name, chosen)}
			}
		}
	}
	name(func(t *relational.Table) (string, bool) {
		base := r.baseModel(t.Name)
		if base == nil {
			return "", false
		}
		return base.Name, r.types.take(base.Name)
	})
	name(func(t *relational.Table) (string, bool) {
		wanted := typeName(t.Name)
		return wanted, wanted == t.Name && r.types.take(wanted)
	})
	name(func(t *relational.Table) (string, bool) { return r.types.first(typeName(t.Name)), true })
	for _, t := range r.modelTables {
		m := r.models[t.Name]
		r.fields[m] = taken{}
		r.out.Models = append(r.out.Models, m)
	}
}

func differing(dbName, name string) string {
	if dbName == name {
		return ""
	}
	return dbName
}

// note adds a comment above a field.
func (r *reader) note(m *schema.Model, field, format string, args ...any) {
	key := [2]string{m.Name, field}
	r.notes.Fields[key] = append(r.notes.Fields[key], fmt.Sprintf(format, args...))
}

// inside adds a comment below the fields of a model.
func (r *reader) inside(m *schema.Model, format string, args ...any) {
	r.notes.Inside[m.Name] = append(r.notes.Inside[m.Name], fmt.Sprintf(format, args...))
}

// end adds a paragraph below everything.
func (r *reader) end(format string, args ...any) {
	r.notes.End = append(r.notes.End, fmt.Sprintf(format, args...))
}

// order puts models and fields into the order of the existing datamodel; new
// ones follow by name, an id first.
func (r *reader) order() {
	place := func(i int) int {
		if i < 0 {
			return len(r.Base.Models) + 1<<20
		}
		return i
	}
	slices.SortStableFunc(r.out.Models, func(a, b *schema.Model) int {
		find := func(m *schema.Model) int {
			return place(slices.IndexFunc(r.Base.Models, func(base *schema.Model) bool { return base.Name == m.Name }))
		}
		return cmp.Or(cmp.Compare(find(a), find(b)), strings.Compare(a.Name, b.Name))
	})
	for _, m := range r.out.Models {
		base := r.baseModel(m.Table())
		find := func(f *schema.Field) int {
			if base == nil {
				return 0
			}
			return place(slices.IndexFunc(base.Fields, func(b *schema.Field) bool { return b.Name == f.Name }))
		}
		slices.SortStableFunc(m.Fields, func(a, b *schema.Field) int {
			return cmp.Or(cmp.Compare(find(a), find(b)), first(b.IsID())-first(a.IsID()),
				strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
		})
	}
	slices.SortStableFunc(r.out.Enums, func(a, b *schema.Enum) int {
		find := func(e *schema.Enum) int {
			return place(slices.IndexFunc(r.Base.Enums, func(base *schema.Enum) bool { return base.Name == e.Name }))
		}
		return cmp.Or(cmp.Compare(find(a), find(b)), strings.Compare(a.Name, b.Name))
	})
}

func first(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
