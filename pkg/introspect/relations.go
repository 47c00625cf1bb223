package introspect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// relate makes relations of foreign keys and of tables of links. Fields that
// own a column take their names first, because those are in the database.
func (r *reader) relate() {
	var inline []*schema.Relation
	keys := map[*schema.Relation]relational.ForeignKey{}
	for _, t := range r.modelTables {
		for _, c := range t.Columns {
			key := r.reference(t, c.Name)
			if key == nil || c.Name == r.ids[t.Name] {
				continue
			}
			relation := r.inline(t, c, *key)
			inline = append(inline, relation)
			keys[relation] = *key
		}
	}
	for _, relation := range inline {
		r.back(relation, keys[relation])
	}
	for _, t := range r.linkTables {
		r.link(t)
	}
}

// inline makes the relation of a column, with the field that owns it.
func (r *reader) inline(t *relational.Table, c relational.Column, key relational.ForeignKey) *schema.Relation {
	m, other := r.models[t.Name], r.models[key.Table]
	relation := &schema.Relation{OnDeleteA: schema.SetNull, OnDeleteB: schema.SetNull, Link: &schema.Inline{Model: m, Column: c.Name}}
	relation.ModelA, relation.ModelB = ordered(m, other)
	f := &schema.Field{Model: m, Relation: relation, Side: sideOf(relation, m), Required: !c.Nullable}
	if base := r.baseInline(t.Name, c.Name); base != nil {
		own := base.Field(base.Owner())
		f.Name, f.Required = own.Name, f.Required || own.Required
		relation.Name = base.Name
	} else {
		f.Name = r.columnName(m, t, &c, fieldName(c.Name, true), fieldName(c.Name, false), c.Name)
	}
	m.Fields = append(m.Fields, f)
	r.owners[relation] = f
	r.out.Relations = append(r.out.Relations, relation)
	if len(r.otherKeys(t, c.Name)) > 1 {
		r.note(m, f.Name, "The column has further foreign keys: %s", strings.Join(r.otherKeys(t, c.Name)[1:], ", "))
	}
	if comment := r.Details.Detail(t.Name, c.Name).Comment; comment != "" {
		r.note(m, f.Name, "%s", comment)
	}
	return relation
}

// otherKeys lists what a column refers to.
func (r *reader) otherKeys(t *relational.Table, column string) []string {
	var targets []string
	for _, k := range t.ForeignKeys {
		if k.Column == column {
			targets = append(targets, fmt.Sprintf("%s (%s)", k.Table, k.Reference))
		}
	}
	return targets
}

func ordered(a, b *schema.Model) (first, second *schema.Model) {
	if b.Name < a.Name {
		return b, a
	}
	return a, b
}

// sideOf returns the side of a model; of a relation with itself it is decided with the names of both fields.
func sideOf(r *schema.Relation, m *schema.Model) schema.Side {
	if r.ModelA == m {
		return schema.SideA
	}
	return schema.SideB
}

// back adds the field at the other end of an inline relation. Where a model
// has one relation to itself, single on both sides, the datamodel would take
// the field for the owner whose name is greater, so that the back is left out.
func (r *reader) back(relation *schema.Relation, key relational.ForeignKey) {
	link := relation.Link.(*schema.Inline)
	own := r.owners[relation]
	table := r.tableIn(r.modelTables, link.Model.Table())
	list := table.UniqueIndex(link.Column) == nil
	f := &schema.Field{Model: r.models[key.Table], Relation: relation, Side: own.Side.Other(), List: list}
	if base := r.baseInline(table.Name, link.Column); base != nil {
		end := base.Field(base.Owner().Other())
		if end.Hidden {
			r.tellAlone(own, list)
			return
		}
		f.Name, f.List, f.Required = end.Name, end.List, end.Required
		r.cascade(relation, f, base.OnDelete(base.Owner().Other()))
		r.cascade(relation, own, base.OnDelete(base.Owner()))
	} else {
		if relation.IsSelf() && !list {
			r.tellAlone(own, list)
			return
		}
		name := fieldName(table.Name, false)
		if !list {
			name = lowered(link.Model.Name)
		}
		f.Name = r.fields[f.Model].first(name, name+"By"+capital(own.Name))
		if key.OnDelete == relational.Cascade {
			r.cascade(relation, f, schema.Cascade)
		}
	}
	f.Model.Fields = append(f.Model.Fields, f)
	r.backs[relation] = f
	if relation.IsSelf() && f.Name < own.Name {
		own.Side, f.Side = schema.SideB, schema.SideA
		relation.OnDeleteA, relation.OnDeleteB = relation.OnDeleteB, relation.OnDeleteA
	}
}

// tellAlone says that a field without one at the other end is unique.
func (r *reader) tellAlone(own *schema.Field, list bool) {
	if !list {
		r.note(own.Model, own.Name, "Unique, and without a field at the other end")
	}
}

// cascade says what happens to the nodes behind a field when its own node is deleted.
func (r *reader) cascade(relation *schema.Relation, f *schema.Field, what schema.OnDelete) {
	if f.Side == schema.SideA {
		relation.OnDeleteA = what
	} else {
		relation.OnDeleteB = what
	}
}

// isLink tells whether a table only connects the rows of two tables: two
// columns refer to ids and are never null, and all others can be left to the
// database.
func (r *reader) isLink(t *relational.Table) bool {
	if r.baseLink(t.Name) != nil {
		return len(r.linkColumns(t)) == 2
	}
	columns := r.linkColumns(t)
	if len(columns) != 2 {
		return false
	}
	id := r.ids[t.Name]
	if id == columns[0] || id == columns[1] {
		return false
	}
	for _, c := range t.Columns {
		switch {
		case slices.Contains(columns, c.Name):
		case c.Name == id:
			if len(t.Columns) != 3 || !isPair(t, columns) || !r.isFilled(t, c) && !takesCUID(&c) {
				return false // a model with two relations
			}
		case id != "" || !r.isFilled(t, c):
			return false
		}
	}
	return true
}

// linkColumns returns the columns of a table that refer to ids and are never null.
func (r *reader) linkColumns(t *relational.Table) []string {
	var columns []string
	for _, c := range t.Columns {
		if !c.Nullable && r.reference(t, c.Name) != nil {
			columns = append(columns, c.Name)
		}
	}
	return columns
}

// isPair tells whether two columns are unique together.
func isPair(t *relational.Table, columns []string) bool {
	same := func(found []string) bool {
		return len(found) == 2 && slices.Contains(found, columns[0]) && slices.Contains(found, columns[1])
	}
	return same(t.PrimaryKey) || slices.ContainsFunc(t.Indexes, func(x relational.Index) bool { return x.Unique && same(x.Columns) })
}

// takesCUID tells whether a server can make the values of an id column.
func takesCUID(c *relational.Column) bool {
	return idType(c) == scalar.ID && strategy(scalar.ID, c) == schema.StrategyAuto
}

// isFilled tells whether the database has a value for a column that nobody gives.
func (r *reader) isFilled(t *relational.Table, c relational.Column) bool {
	detail := r.Details.Detail(t.Name, c.Name)
	return c.Nullable || c.Generated || detail.Default != nil || detail.Computed != ""
}

// link makes the relation of a table of links, with a field on both sides.
func (r *reader) link(t *relational.Table) {
	columns := r.linkColumns(t)
	a, b := r.models[r.reference(t, columns[0]).Table], r.models[r.reference(t, columns[1]).Table]
	if a == nil || b == nil {
		r.keyless = append(r.keyless, t)
		return
	}
	relation := &schema.Relation{OnDeleteA: schema.SetNull, OnDeleteB: schema.SetNull}
	link := &schema.LinkTable{Table: t.Name, ColumnA: columns[0], ColumnB: columns[1], ID: r.linkID(t)}
	relation.Link = link
	relation.ModelA, relation.ModelB = a, b
	if b.Name < a.Name {
		relation.ModelA, relation.ModelB = b, a
		link.ColumnA, link.ColumnB = link.ColumnB, link.ColumnA
	}
	r.nameLink(relation, t)
	if base := r.baseLink(t.Name); base != nil && base.ModelA.Name == relation.ModelA.Name && base.ModelB.Name == relation.ModelB.Name {
		r.baseEnds(relation, base)
	} else {
		r.linkEnds(relation)
	}
	r.out.Relations = append(r.out.Relations, relation)
	var left []string
	for _, c := range t.Columns {
		if !slices.Contains(columns, c.Name) && c.Name != link.ID {
			left = append(left, c.Name)
		}
	}
	if len(left) > 0 {
		r.end("Table %s is the relation %s; its columns %s are not shown.", t.Name, relation.Name, strings.Join(left, ", "))
	}
}

// linkID returns the id column of a table of links whose ids a server has to make.
func (r *reader) linkID(t *relational.Table) string {
	if len(t.PrimaryKey) != 1 {
		return ""
	}
	c := t.Column(t.PrimaryKey[0])
	if r.isFilled(t, *c) || !takesCUID(c) {
		return ""
	}
	return c.Name
}

var plainLink = regexp.MustCompile(`^_[A-Z][0-9A-Za-z_]*$`)

// nameLink gives the relation of a table its name: what follows the underscore
// in tables that a migration made.
func (r *reader) nameLink(relation *schema.Relation, t *relational.Table) {
	link := relation.Link.(*schema.LinkTable)
	if base := r.baseLink(t.Name); base != nil {
		relation.Name = base.Name
		return
	}
	if plainLink.MatchString(t.Name) && len(t.Name) <= maxRelationName && link.ID == "" && t.Column("A") != nil && t.Column("B") != nil {
		relation.Name = t.Name[1:]
		return
	}
	relation.Name = r.types.first(capital(typeName(t.Name)), capital(typeName(t.Name))+"Link")
}

// baseEnds gives a relation the fields that the existing datamodel has.
func (r *reader) baseEnds(relation, base *schema.Relation) {
	relation.OnDeleteA, relation.OnDeleteB = base.OnDeleteA, base.OnDeleteB
	*relation.Link.(*schema.LinkTable) = *base.Link.(*schema.LinkTable)
	for _, side := range []schema.Side{schema.SideA, schema.SideB} {
		end := base.Field(side)
		if end.Hidden {
			continue
		}
		m := relation.Model(side)
		r.fields[m].take(end.Name)
		m.Fields = append(m.Fields, &schema.Field{Name: end.Name, Model: m, Relation: relation, Side: side, List: end.List, Required: end.Required})
	}
}

// linkEnds adds a list on both sides, called after the other table; where a
// table is linked with itself, after the columns.
func (r *reader) linkEnds(relation *schema.Relation) {
	link := relation.Link.(*schema.LinkTable)
	end := func(side schema.Side, names ...string) *schema.Field {
		m := relation.Model(side)
		f := &schema.Field{Name: r.fields[m].first(names...), Model: m, Relation: relation, Side: side, List: true}
		m.Fields = append(m.Fields, f)
		return f
	}
	if !relation.IsSelf() {
		for _, side := range []schema.Side{schema.SideA, schema.SideB} {
			name := fieldName(relation.Model(side.Other()).Table(), false)
			end(side, name, name+"By"+relation.Name)
		}
		return
	}
	if link.ColumnA == "A" && link.ColumnB == "B" {
		name := lowered(relation.Name)
		end(schema.SideA, name)
		end(schema.SideB, name+"Back")
		return
	}
	a := end(schema.SideA, fieldName(link.ColumnB, true), fieldName(link.ColumnB, false))
	b := end(schema.SideB, fieldName(link.ColumnA, true), fieldName(link.ColumnA, false))
	if b.Name < a.Name { // the datamodel gives side A to the smaller name
		a.Side, b.Side = b.Side, a.Side
		link.ColumnA, link.ColumnB = link.ColumnB, link.ColumnA
	}
}

const maxRelationName = 54

// nameRelations names inline relations. Between two models that have only one
// it goes without saying.
func (r *reader) nameRelations() {
	names := taken{}
	for _, relation := range r.out.Relations {
		if relation.Name != "" {
			names.take(relation.Name)
		}
	}
	for _, relation := range r.out.Relations {
		if relation.Name != "" {
			continue
		}
		a, b := relation.ModelA.Name, relation.ModelB.Name
		if !relation.IsSelf() && len(r.out.Between(a, b)) == 1 && names.take(datamodel.RelationName(a, b)) {
			relation.Name = datamodel.RelationName(a, b)
			continue
		}
		relation.Name = names.first(r.longName(relation), "Relation")
	}
}

// longName is <Model><Field>To<Model><Field>, as Prisma 1 names what it cannot
// tell apart otherwise.
func (r *reader) longName(relation *schema.Relation) string {
	own := r.owners[relation]
	name := own.Model.Name + capital(own.Name)
	if back := r.backs[relation]; back != nil {
		name += "To" + back.Model.Name + capital(back.Name)
	}
	name = capital(name)
	if len(name) > maxRelationName {
		return capital(own.Model.Name + capital(own.Name))[:min(maxRelationName, len(own.Model.Name)+len(own.Name))]
	}
	return name
}

// relationTables counts the types in the text that stand for tables of relations.
func (r *reader) relationTables() int {
	n := 0
	for _, relation := range r.out.Relations {
		if link, ok := relation.Link.(*schema.LinkTable); ok && (link.Table != "_"+relation.Name || link.ColumnA != "A" || link.ColumnB != "B" || link.ID != "") {
			n++
		}
	}
	return n
}
