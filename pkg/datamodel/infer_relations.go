package datamodel

import (
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// relate gives every relation field its relation, in the order of the text, and
// then every relation what its fields say.
func (in *inferrer) relate() error {
	fields := map[*schema.Relation][]*fieldDef{}
	for _, def := range in.doc.relations {
		f := in.relationField(def)
		if f == nil {
			continue
		}
		r, err := in.relation(def)
		if err != nil {
			return err
		}
		f.Relation, f.Side = r, in.side(r, def)
		fields[r] = append(fields[r], def)
	}
	for _, r := range in.next.Relations {
		r.OnDeleteA, r.OnDeleteB = in.onDelete(r, fields[r], schema.SideA), in.onDelete(r, fields[r], schema.SideB)
		r.Link = in.link(r, fields[r])
	}
	return nil
}

// relationField returns the field of the schema that a definition became, nil when it was left out.
func (in *inferrer) relationField(def *fieldDef) *schema.Field {
	f := in.fields[def]
	if f == nil || in.modelByName[def.typeName] == nil || f.Type != scalar.Null || f.Relation != nil {
		return nil
	}
	return f
}

// relation returns the relation of a field, made when its first field is met.
func (in *inferrer) relation(def *fieldDef) (*schema.Relation, error) {
	name := in.doc.nameOfRelation(def)
	a, b := sorted(def.owner.name, def.typeName)
	if r := in.relations[name]; r != nil {
		if !connects(r, a, b) {
			return nil, clash(r, a, b)
		}
		return r, nil
	}
	if old := in.previousRelation(name, a, b); old != nil && old.ModelA.Name == in.renames.model(b) {
		a, b = b, a
	}
	r := &schema.Relation{Name: name, ModelA: in.modelByName[a], ModelB: in.modelByName[b]}
	in.relations[name] = r
	in.next.Relations = append(in.next.Relations, r)
	return r, nil
}

func connects(r *schema.Relation, a, b string) bool {
	return r.ModelA.Name == a && r.ModelB.Name == b || r.ModelA.Name == b && r.ModelB.Name == a
}

func clash(r *schema.Relation, a, b string) error {
	return fault.New(fault.RelationNameClash, "There was an error during the autogeneration of relation names.\n"+
		"Prisma generated the name %s twice, once for:\nA relation between %s and %s\nA relation between %s and %s\n"+
		"Please name at least one of the relations.", r.Name, r.ModelA.Name, r.ModelB.Name, a, b)
}

// previousRelation returns the relation that was there before: the one of the
// old name, of the same name, or the only one between the two models.
func (in *inferrer) previousRelation(name, a, b string) *schema.Relation {
	a, b = in.renames.model(a), in.renames.model(b)
	for _, old := range []string{in.renames.relation(name), name} {
		if r := in.previous.Relation(old); r != nil && connects(r, a, b) {
			return r
		}
	}
	if between := in.previous.Between(a, b); len(between) == 1 {
		return between[0]
	}
	return nil
}

// side returns the side on which a field's model stands. In a self relation the
// field of the smaller name is on side A, unless the previous schema has them
// otherwise; there a field keeps its side even when the other one comes or goes
// (Prisma 1 exchanged the sides of the stored links then).
func (in *inferrer) side(r *schema.Relation, def *fieldDef) schema.Side {
	if !r.IsSelf() {
		if r.ModelA.Name == def.owner.name {
			return schema.SideA
		}
		return schema.SideB
	}
	back := in.doc.related(def)
	if side := in.previousSide(r, def); side != "" && side != in.previousSide(r, back) {
		return side
	}
	if back == nil {
		return schema.SideA
	}
	if side := in.previousSide(r, back); side != "" && in.previousSide(r, def) == "" {
		return side.Other()
	}
	if back.name < def.name {
		return schema.SideB
	}
	return schema.SideA
}

// previousSide returns the side of a self relation's field in the previous schema, "" when it was not there.
func (in *inferrer) previousSide(r *schema.Relation, def *fieldDef) schema.Side {
	if def == nil {
		return ""
	}
	m := in.previousModel(def.owner.name)
	if m == nil {
		return ""
	}
	f := m.Field(in.renames.field(def.owner.name, def.name))
	if f == nil || !f.IsRelation() || f.Relation != in.previousRelation(r.Name, def.owner.name, def.owner.name) {
		return ""
	}
	return f.Side
}

// onDelete returns what the field on a side says.
func (in *inferrer) onDelete(r *schema.Relation, fields []*fieldDef, side schema.Side) schema.OnDelete {
	for _, def := range fields {
		f := in.fields[def]
		value, _ := argument(def.directives, "relation", "onDelete")
		if f.Side == side && value == string(schema.Cascade) {
			return schema.Cascade
		}
	}
	return schema.SetNull
}

// link returns how a relation lies in the database.
func (in *inferrer) link(r *schema.Relation, fields []*fieldDef) schema.Link {
	if in.doc.Legacy() {
		return in.legacyLink(r, fields)
	}
	active, back := fields[0], in.doc.related(fields[0])
	if back != nil && !leads(active, back) {
		active, back = back, active
	}
	if in.doc.isInline(r.Name, active, back) {
		owner := active
		if active.list {
			owner = back
		}
		return &schema.Inline{Model: in.modelByName[owner.owner.name], Column: owner.column()}
	}
	return in.linkTable(r)
}

// leads tells whether of two related fields the first decides about the link:
// the one that says link, else a single one.
func leads(f, back *fieldDef) bool {
	if (f.link() != "") != (back.link() != "") {
		return f.link() != ""
	}
	return !f.list
}

// isInline tells whether a relation is a column. back may be nil.
func (d *Document) isInline(name string, active, back *fieldDef) bool {
	if active.list && (back == nil || back.list) {
		return false
	}
	if link := active.link(); link != "" {
		return link == linkInline
	}
	return d.relationTable(name) == nil
}

// linkTable returns the table of a relation: as the datamodel describes it, or _Name with A and B.
func (in *inferrer) linkTable(r *schema.Relation) *schema.LinkTable {
	t := in.doc.relationTable(r.Name)
	if t == nil {
		return &schema.LinkTable{Table: "_" + r.Name, ColumnA: "A", ColumnB: "B"}
	}
	link := &schema.LinkTable{Table: t.dbName(), ColumnA: "A", ColumnB: "B"}
	if link.Table == "" {
		link.Table = t.name
	}
	first := true
	for _, f := range t.fields {
		switch {
		case f.directives.ForName("id") != nil:
			link.ID = f.column()
		case f.typeName == r.ModelA.Name && (first || !r.IsSelf()):
			link.ColumnA, first = f.column(), false
		case f.typeName == r.ModelB.Name:
			link.ColumnB = f.column()
		}
	}
	return link
}

// column returns the name of a field's column.
func (f *fieldDef) column() string {
	if name := f.dbName(); name != "" {
		return name
	}
	return f.name
}
