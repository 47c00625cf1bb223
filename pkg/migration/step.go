// Package migration leads a service from one schema to the next: the steps between them, what they would lose, the table changes they take, and the record that is kept.
package migration

import (
	"cmp"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Step is one logical change between two schemas. The set is closed: Prisma
// clients and the migration history know these names. A step only names things;
// their details are looked up in the previous and next schema.
type Step interface{ step() }

type (
	CreateModel struct{ Model string }
	DeleteModel struct{ Model string }
	UpdateModel struct {
		Model   string // previous name
		NewName string // the same when the name stays
	}
	CreateField struct{ Model, Field string }
	DeleteField struct{ Model, Field string }
	UpdateField struct {
		Model, Field string // previous names
		NewModel     string // the same as Model when the model keeps its name
		NewName      string // "" when the name stays
	}
	CreateEnum struct{ Enum string }
	DeleteEnum struct{ Enum string }
	UpdateEnum struct {
		Enum    string // previous name
		NewName string // "" when the name stays
	}
	CreateRelation struct{ Relation string }
	DeleteRelation struct{ Relation string }
	UpdateRelation struct {
		Relation string // previous name
		NewName  string // "" when the name stays
	}
	// UpdateSecrets is no step between schemas; a deploy that changes the
	// secrets puts it at the end.
	UpdateSecrets struct{ Secrets []string }
)

func (CreateModel) step()    {}
func (DeleteModel) step()    {}
func (UpdateModel) step()    {}
func (CreateField) step()    {}
func (DeleteField) step()    {}
func (UpdateField) step()    {}
func (CreateEnum) step()     {}
func (DeleteEnum) step()     {}
func (UpdateEnum) step()     {}
func (CreateRelation) step() {}
func (DeleteRelation) step() {}
func (UpdateRelation) step() {}
func (UpdateSecrets) step()  {}

// Next returns the name of the field afterwards.
func (s UpdateField) Next() string { return cmp.Or(s.NewName, s.Field) }

// Next returns the name of the enum afterwards.
func (s UpdateEnum) Next() string { return cmp.Or(s.NewName, s.Enum) }

// Next returns the name of the relation afterwards.
func (s UpdateRelation) Next() string { return cmp.Or(s.NewName, s.Relation) }

// fields returns the field before and after the step.
func (s UpdateField) fields(previous, next *schema.Schema) (before, after *schema.Field) {
	return field(previous, s.Model, s.Field), field(next, s.NewModel, s.Next())
}

// field returns a field by names, or nil.
func field(s *schema.Schema, model, name string) *schema.Field {
	if m := s.Model(model); m != nil {
		return m.Field(name)
	}
	return nil
}

// renamed returns next when it differs from previous, "" otherwise.
func renamed(previous, next string) string {
	if next == previous {
		return ""
	}
	return next
}
