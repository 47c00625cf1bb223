package migration

import (
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Infer returns the steps from one schema to the next, in the order in which
// they are to be done: what goes, what changes, what comes. Within a kind the
// order is that of the schemas. It returns fault.RelationAmbiguity when it
// cannot tell which relation became which.
//
// What counts as a change is Prisma 1's (MigrationStepsInferrer.scala): a new
// default or another enum at a field updates the model alone, a new onDelete
// nothing.
func Infer(previous, next *schema.Schema, r datamodel.Renames) ([]Step, error) {
	in := &inference{previous: previous, next: next, names: newNames(r)}
	if err := in.relate(); err != nil {
		return nil, err
	}
	var steps []Step
	for _, group := range [][]Step{
		in.deletedRelations, in.deletedFields(), in.deletedModels(), in.deletedEnums(),
		in.updatedEnums(), in.updatedFields(), in.updatedModels(), in.updatedRelations(),
		in.createdEnums(), in.createdModels(), in.createdFields(), in.createdRelations,
	} {
		steps = append(steps, group...)
	}
	return steps, nil
}

// inference compares two schemas.
type inference struct {
	previous, next *schema.Schema
	names          names

	createdRelations, deletedRelations []Step
	deleted                            map[*schema.Relation]bool
}

// before returns what a model of the next schema was, or nil.
func (in *inference) before(m *schema.Model) *schema.Model {
	return in.previous.Model(in.names.previousModel(m.Name))
}

// after returns what a model of the previous schema becomes, or nil.
func (in *inference) after(m *schema.Model) *schema.Model {
	return in.next.Model(in.names.nextModel(m.Name))
}

// pairs calls visit with the models that are on both sides.
func (in *inference) pairs(visit func(before, after *schema.Model)) {
	for _, m := range in.next.Models {
		if before := in.before(m); before != nil {
			visit(before, m)
		}
	}
}

func (in *inference) createdModels() (steps []Step) {
	for _, m := range in.next.Models {
		if in.before(m) == nil {
			steps = append(steps, CreateModel{m.Name})
		}
	}
	return steps
}

func (in *inference) deletedModels() (steps []Step) {
	for _, m := range in.previous.Models {
		if in.after(m) == nil {
			steps = append(steps, DeleteModel{m.Name})
		}
	}
	return steps
}

func (in *inference) updatedModels() (steps []Step) {
	upgrades := in.previous.Legacy && !in.next.Legacy
	in.pairs(func(before, after *schema.Model) {
		if upgrades {
			before = unhide(before, after)
		}
		if !sameModel(before, after) {
			steps = append(steps, UpdateModel{Model: before.Name, NewName: after.Name})
		}
	})
	return steps
}

func (in *inference) createdFields() (steps []Step) {
	for _, m := range in.next.Models {
		before := in.before(m)
		for _, f := range m.Fields {
			if isBackField(f) || before != nil && before.Field(in.names.previousField(m.Name, f.Name)) != nil {
				continue
			}
			steps = append(steps, CreateField{Model: m.Name, Field: f.Name})
		}
	}
	return steps
}

func (in *inference) deletedFields() (steps []Step) {
	for _, m := range in.previous.Models {
		after := in.after(m)
		if after == nil {
			continue
		}
		for _, f := range m.Fields {
			if !isBackField(f) && after.Field(in.names.nextField(after.Name, f.Name)) == nil {
				steps = append(steps, DeleteField{Model: m.Name, Field: f.Name})
			}
		}
	}
	return steps
}

// isBackField tells whether the server made the field up for a relation. Unlike
// those, the hidden fields of legacy schemas have columns.
func isBackField(f *schema.Field) bool { return f.Hidden && f.IsRelation() }

func (in *inference) updatedFields() (steps []Step) {
	in.pairs(func(before, after *schema.Model) {
		for _, f := range after.Fields {
			old := before.Field(in.names.previousField(after.Name, f.Name))
			if old == nil || sameField(old, f) {
				continue
			}
			steps = append(steps, UpdateField{
				Model: before.Name, Field: old.Name, NewModel: after.Name, NewName: renamed(old.Name, f.Name),
			})
		}
	})
	return steps
}

func (in *inference) createdEnums() (steps []Step) {
	for _, e := range in.next.Enums {
		if in.previous.Enum(in.names.previousEnum(e.Name)) == nil {
			steps = append(steps, CreateEnum{e.Name})
		}
	}
	return steps
}

func (in *inference) deletedEnums() (steps []Step) {
	for _, e := range in.previous.Enums {
		if in.next.Enum(in.names.nextEnum(e.Name)) == nil {
			steps = append(steps, DeleteEnum{e.Name})
		}
	}
	return steps
}

func (in *inference) updatedEnums() (steps []Step) {
	for _, e := range in.next.Enums {
		old := in.previous.Enum(in.names.previousEnum(e.Name))
		if old != nil && !sameEnum(old, e) {
			steps = append(steps, UpdateEnum{Enum: old.Name, NewName: renamed(old.Name, e.Name)})
		}
	}
	return steps
}
