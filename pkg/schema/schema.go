// Package schema holds the meaning of a datamodel: models, fields, relations and enums, and how they lie in the database.
//
// A Schema does not change once it is built (Complete was called); goroutines may share it.
package schema

import (
	"slices"
)

// A Schema is the meaning of one datamodel.
type Schema struct {
	Models    []*Model    // in declaration order
	Relations []*Relation // in declaration order of their first field
	Enums     []*Enum
	Features  []Feature // that the service switched on, in the order of Features()

	// Legacy marks a schema that a server of Prisma 1.30 or older stored
	// (datamodel 1.0): behaviours follow from field names there.
	Legacy bool

	found *lookup // nil until Complete
}

func (s *Schema) lookup() *lookup {
	if s.found == nil {
		return &lookup{}
	}
	return s.found
}

// Model returns the model called name, or nil.
func (s *Schema) Model(name string) *Model {
	return find(s.lookup().models, s.Models, name, func(m *Model) string { return m.Name })
}

// Relation returns the relation called name, or nil.
func (s *Schema) Relation(name string) *Relation {
	return find(s.lookup().relations, s.Relations, name, func(r *Relation) string { return r.Name })
}

// Enum returns the enum called name, or nil.
func (s *Schema) Enum(name string) *Enum {
	return find(s.lookup().enums, s.Enums, name, func(e *Enum) string { return e.Name })
}

// Between returns the relations that connect a and b, in either order.
func (s *Schema) Between(a, b string) []*Relation {
	if s.found != nil {
		return s.found.between[pair(a, b)]
	}
	var found []*Relation
	for _, r := range s.Relations {
		if r.ModelA.Name == a && r.ModelB.Name == b || r.ModelA.Name == b && r.ModelB.Name == a {
			found = append(found, r)
		}
	}
	return found
}

// An Enum is a named list of values.
type Enum struct {
	Name   string
	Values []string // in declaration order
}

// A Model is a type whose nodes are stored.
type Model struct {
	Name     string
	StableID string // cuid, kept through renames; who the model is for relations that move
	DBName   string // name of the table when it differs from Name, "" otherwise
	Embedded bool   // only in stored schemas of document databases
	Fields   []*Field
	Uniques  []*Unique // over several fields, in declaration order
	FullText []*Field  // whose words are searched together, as declared

	fields map[string]*Field // nil until Complete
}

// Table returns the name of the model's table.
func (m *Model) Table() string {
	if m.DBName != "" {
		return m.DBName
	}
	return m.Name
}

// Field returns the field called name, hidden ones included, or nil.
func (m *Model) Field(name string) *Field {
	return find(m.fields, m.Fields, name, func(f *Field) string { return f.Name })
}

// ID returns the model's id field. Only an embedded or legacy model can be without.
func (m *Model) ID() *Field {
	i := slices.IndexFunc(m.Fields, (*Field).IsID)
	if i < 0 {
		return nil
	}
	return m.Fields[i]
}
