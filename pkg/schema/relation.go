package schema

// Side is one of the two ends of a relation.
type Side string

const (
	SideA Side = "A" // the model whose name sorts first, unless an older schema said otherwise
	SideB Side = "B"
)

// Other returns the opposite side.
func (s Side) Other() Side {
	if s == SideA {
		return SideB
	}
	return SideA
}

// OnDelete is what happens to related nodes when a node is deleted. The texts are those of stored schemas.
type OnDelete string

const (
	SetNull OnDelete = "SET_NULL"
	Cascade OnDelete = "CASCADE"
)

// A Relation connects the nodes of two models, or of one with itself.
type Relation struct {
	Name      string
	ModelA    *Model
	ModelB    *Model
	OnDeleteA OnDelete // when a node of ModelA is deleted
	OnDeleteB OnDelete
	Link      Link // never nil in a completed schema

	fieldA, fieldB *Field // nil until Complete
}

// Link is how a relation lies in the database. The set is closed: Inline, LinkTable.
type Link interface{ link() }

type (
	// Inline is a column in the table of one of the models.
	Inline struct {
		Model  *Model // whose table has the column
		Column string
	}
	// LinkTable is a table of its own with one row per link.
	LinkTable struct {
		Table   string
		ColumnA string // holds ids of ModelA
		ColumnB string // holds ids of ModelB
		ID      string // id column of tables made by servers up to 1.30, "" otherwise
	}
)

func (*Inline) link()    {}
func (*LinkTable) link() {}

// LegacyLink is the link of a relation that a stored schema leaves unsaid.
func LegacyLink(relation string) *LinkTable {
	return &LinkTable{Table: "_" + relation, ColumnA: "A", ColumnB: "B", ID: "id"}
}

// Model returns the model on a side.
func (r *Relation) Model(side Side) *Model {
	if side == SideA {
		return r.ModelA
	}
	return r.ModelB
}

// OnDelete returns what happens when a node of the side's model is deleted.
func (r *Relation) OnDelete(side Side) OnDelete {
	if side == SideA {
		return r.OnDeleteA
	}
	return r.OnDeleteB
}

// Field returns the relation's field on a side, or nil before Complete.
func (r *Relation) Field(side Side) *Field {
	if side == SideB {
		return r.fieldB
	}
	return r.fieldA
}

// IsSelf tells whether the relation connects a model with itself.
func (r *Relation) IsSelf() bool { return r.ModelA == r.ModelB }

// Table returns the table whose rows are the links: the link table, or the
// table of the model with the inline column.
func (r *Relation) Table() string {
	switch link := r.Link.(type) {
	case *LinkTable:
		return link.Table
	case *Inline:
		return link.Model.Table()
	}
	return ""
}

// Column returns the column of Table that holds the id of a side's node. In an
// inline relation that is the id column on the side that owns the link.
func (r *Relation) Column(side Side) string {
	switch link := r.Link.(type) {
	case *LinkTable:
		if side == SideA {
			return link.ColumnA
		}
		return link.ColumnB
	case *Inline:
		if side == r.Owner() {
			return link.Model.ID().Column()
		}
		return link.Column
	}
	return ""
}

// Owner returns the side whose rows carry the column of an inline relation.
//
// In a self relation Prisma 1 lets side B own the column (SchemaInferrer.scala
// and RelationActions.scala). Where side B is the list of a one-to-many
// relation that cannot hold the data; side A owns it then, unlike there.
func (r *Relation) Owner() Side {
	inline, ok := r.Link.(*Inline)
	if !ok {
		return ""
	}
	if !r.IsSelf() {
		if inline.Model == r.ModelA {
			return SideA
		}
		return SideB
	}
	a, b := r.Field(SideA), r.Field(SideB)
	switch {
	case b == nil || b.Hidden:
		return SideA
	case a == nil || a.Hidden:
		return SideB
	case b.List && !a.List:
		return SideA
	}
	return SideB
}

// OwnsColumn tells whether the field's own row holds the id of the related node.
func (f *Field) OwnsColumn() bool {
	return f.Relation != nil && f.Relation.Owner() == f.Side
}

// Cascades tells whether deleting a node deletes what it reaches through the field.
func (f *Field) Cascades() bool {
	return f.Relation != nil && f.Relation.OnDelete(f.Side) == Cascade
}

// HiddenField returns the name of the back field of a relation that is declared on one side only.
func (r *Relation) HiddenField() string { return "_MagicalBackRelation_" + r.Name }

// Complete gives every relation a field on both sides: where the datamodel
// declares only one, the other is a hidden list at the end of its model
// (MissingBackRelations.scala; unlike there the model keeps its place). It is
// called once by whoever builds a schema, before sharing it.
func (s *Schema) Complete() {
	for _, m := range s.Models {
		for _, f := range m.Fields {
			if f.IsRelation() {
				f.Relation.join(f)
			}
		}
	}
	for _, r := range s.Relations {
		if r.Link == nil {
			r.Link = LegacyLink(r.Name)
		}
		for _, side := range []Side{SideA, SideB} {
			if r.Field(side) != nil {
				continue
			}
			m := r.Model(side)
			f := &Field{Name: r.HiddenField(), Model: m, List: true, Hidden: true, Relation: r, Side: side}
			m.Fields = append(m.Fields, f)
			r.join(f)
		}
	}
	s.found = newLookup(s)
}

// join notes a field as that of its side, unless there is one.
func (r *Relation) join(f *Field) {
	switch {
	case f.Side == SideB && r.fieldB == nil:
		r.fieldB = f
	case f.Side == SideA && r.fieldA == nil:
		r.fieldA = f
	}
}
