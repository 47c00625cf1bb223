package migration

import (
	"context"
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Warning is a possible loss of data. A deploy goes on when it is forced.
type Warning struct {
	Type         string // model or relation, "Global"
	Field        string // "" when it is not about a field
	Description  string
	Line, Column int // 1-based, in the datamodel; 0 when nothing in it is meant
}

// A Problem is a change that the stored data does not allow, forced or not.
type Problem Warning

const (
	lossOfNodes = "You already have nodes for this model. This change will result in data loss."
	lossInField = "You already have nodes for this model. This change may result in data loss."
	lossOfLinks = "You already have nodes for this relation. This change will result in data loss."

	prefillNew     = "You are creating a required field but there are already nodes present that would violate that constraint.The fields will be pre-filled with the value `%s`."
	prefillChanged = "You are changing the type of a required field. The fields will be pre-filled with the value: `%s`."

	newRequiredUnique = "You are creating a new required unique field `%s`. There are already nodes for the model `%s` that would violate that constraint."
	singularBackField = "You are adding a singular backrelation field to a type but there are already pairs in the relation that would violate that constraint."
	becomesRequired   = "You are updating the field `%s` to be required. But there are already nodes for the model `%s` that would violate that constraint."
	becomesBoth       = "You are updating the field `%s` to be required and unique. But there are already nodes for the model `%s` that would violate that constraint."
	becomesUnique     = "You are updating the field `%s` to be unique. But there are already nodes for the model `%s` that would violate that constraint."
	idChanges         = "You are changing the type of the id field `%[1]s`. But there are already nodes for this model. This would require to regenerate IDs for all nodes which is not possible. You have to remove all nodes for this type by either running `prisma reset` or through a `deleteMany%[2]ss` mutation."
	idMoves           = "You are making the field `%[1]s` the id field. But there are already nodes for this model. This would require to regenerate IDs for all nodes which is not possible. You have to remove all nodes for this type by either running `prisma reset` or through a `deleteMany%[2]ss` mutation."
	valueInUse        = "You are deleting the value '%s' of the enum '%s', but that value is in use."
	valueWithoutEnum  = "You are changing the enum of the field `%s` to `%s`, which does not have the value '%s'. But that value is in use."
	requiredRelation  = "You are creating a required relation, but there are already nodes that would violate that constraint."
	linkTableID       = "Adding an id field to an existing link table is forbidden."
)

// Warnings asks the data what the steps would lose. Results stand in the order
// of the steps, what concerns createdAt and updatedAt behind them
// (DestructiveChanges.scala). Where there is a problem the warnings do not matter.
func Warnings(ctx context.Context, steps []Step, previous, next *schema.Schema, data Data) ([]Warning, []Problem, error) {
	c := &check{ctx: ctx, previous: previous, next: next, data: data, was: newOrigins(steps)}
	for _, step := range steps {
		if err := c.step(step); err != nil {
			return nil, nil, err
		}
	}
	c.times(steps)
	return c.warnings, c.problems, nil
}

// check collects what it finds.
type check struct {
	ctx            context.Context
	previous, next *schema.Schema
	data           Data
	was            origins

	warnings []Warning
	problems []Problem
}

func (c *check) warn(model, field, text string, args ...any) {
	c.warnings = append(c.warnings, Warning{Type: model, Field: field, Description: sentence(text, args)})
}

func (c *check) refuse(model, field, text string, args ...any) {
	c.problems = append(c.problems, Problem{Type: model, Field: field, Description: sentence(text, args)})
}

func sentence(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// before returns the previous model of a next name, or nil.
func (c *check) before(model string) *schema.Model { return c.previous.Model(c.was.model(model)) }

func (c *check) step(step Step) error {
	switch s := step.(type) {
	case DeleteModel:
		return c.deleteModel(s)
	case CreateField:
		return c.createField(s)
	case DeleteField:
		return c.deleteField(s)
	case UpdateField:
		return c.updateField(s)
	case UpdateEnum:
		return c.updateEnum(s)
	case CreateRelation:
		return c.createRelation(s)
	case DeleteRelation:
		return c.lostLinks(c.previous.Relation(s.Relation))
	case UpdateRelation:
		return c.updateRelation(s)
	case UpdateModel:
		return c.updateModel(s)
	case CreateModel, CreateEnum, DeleteEnum, UpdateSecrets:
		return nil
	}
	return fmt.Errorf("check step %T", step)
}

func (c *check) deleteModel(s DeleteModel) error {
	rows, err := c.data.HasRows(c.ctx, c.previous.Model(s.Model))
	if rows {
		c.warn(s.Model, "", lossOfNodes)
	}
	return err
}

func (c *check) createField(s CreateField) error {
	f, before := field(c.next, s.Model, s.Field), c.before(s.Model)
	switch {
	case f == nil || before == nil || f.List:
		return nil
	case f.IsRelation():
		return c.createSingle(s, f)
	case !f.Required:
		return nil
	}
	rows, err := c.data.HasRows(c.ctx, before)
	switch {
	case !rows:
	case f.IsID():
		c.refuse(s.Model, s.Field, idMoves, s.Field, before.Name)
	case f.Unique:
		c.refuse(s.Model, s.Field, newRequiredUnique, s.Field, s.Model)
	default:
		c.warn(s.Model, s.Field, prefillNew, valueText(prefill(f)))
	}
	return err
}

// createSingle looks at a field that makes one end of an existing relation single.
func (c *check) createSingle(s CreateField, f *schema.Field) error {
	old := c.previous.Relation(c.was.relation(f.Relation.Name))
	if old == nil {
		return nil
	}
	back := old.Field(f.Side)
	if back == nil || !back.List || back.Model != c.before(s.Model) {
		return nil
	}
	many, err := c.data.HasDuplicates(c.ctx, back)
	if many {
		c.refuse(s.Model, s.Field, singularBackField)
	}
	return err
}

func (c *check) deleteField(s DeleteField) error {
	f := field(c.previous, s.Model, s.Field)
	if f == nil || f.IsRelation() {
		return nil
	}
	rows, err := c.data.HasRows(c.ctx, f.Model)
	if rows {
		c.warn(s.Model, s.Field, lossInField)
	}
	return err
}

// updateEnum refuses to drop values that a node has.
func (c *check) updateEnum(s UpdateEnum) error {
	before, after := c.previous.Enum(s.Enum), c.next.Enum(s.Next())
	if before == nil || after == nil {
		return nil
	}
	for _, value := range before.Values {
		if slices.Contains(after.Values, value) {
			continue
		}
		used, err := c.usesValue(before, value)
		if err != nil {
			return err
		}
		if used {
			c.refuse("Global", "", valueInUse, value, s.Enum)
		}
	}
	return nil
}

func (c *check) usesValue(e *schema.Enum, value string) (bool, error) {
	for _, m := range c.previous.Models {
		for _, f := range m.Fields {
			if f.Enum == nil || f.Enum.Name != e.Name {
				continue
			}
			if used, err := c.data.UsesValue(c.ctx, f, value); used || err != nil {
				return used, err
			}
		}
	}
	return false, nil
}

// updateModel refuses to give a field another enum that lacks values its nodes
// have. Prisma 1 let it happen and could not read those nodes any more.
func (c *check) updateModel(s UpdateModel) error {
	before, after := c.previous.Model(s.Model), c.next.Model(s.NewName)
	for _, f := range after.Fields {
		old := before.Field(c.was.field(after.Name, f.Name))
		if old == nil || old.Enum == nil || f.Enum == nil || old.List != f.List || old.Enum.Name == c.was.enum(f.Enum.Name) {
			continue
		}
		for _, value := range old.Enum.Values {
			if slices.Contains(f.Enum.Values, value) {
				continue
			}
			used, err := c.data.UsesValue(c.ctx, old, value)
			if err != nil {
				return err
			}
			if used {
				c.refuse(before.Name, old.Name, valueWithoutEnum, old.Name, f.Enum.Name, value)
			}
		}
	}
	return c.uniques(before, after)
}

// createRelation refuses a required end on a model that has nodes.
func (c *check) createRelation(s CreateRelation) error {
	r := c.next.Relation(s.Relation)
	if r == nil {
		return nil
	}
	for _, side := range []schema.Side{schema.SideA, schema.SideB} {
		f := r.Field(side)
		if f == nil || !f.Required {
			continue
		}
		before := c.before(f.Model.Name)
		if before == nil {
			continue
		}
		rows, err := c.data.HasRows(c.ctx, before)
		if err != nil {
			return err
		}
		if rows {
			c.refuse(f.Model.Name, "", requiredRelation)
		}
	}
	return nil
}

func (c *check) updateRelation(s UpdateRelation) error {
	before, after := c.previous.Relation(s.Relation), c.next.Relation(s.Next())
	if before == nil || after == nil {
		return nil
	}
	if keepsLinks(before, after) {
		return nil
	}
	old, oldTable := before.Link.(*schema.LinkTable)
	now, nowTable := after.Link.(*schema.LinkTable)
	if oldTable && nowTable {
		if old.ID == "" && now.ID != "" {
			c.refuse(s.Relation, now.ID, linkTableID)
		}
		return nil
	}
	return c.lostLinks(before)
}

func (c *check) lostLinks(r *schema.Relation) error {
	if r == nil {
		return nil
	}
	links, err := c.data.HasLinks(c.ctx, r)
	if links {
		c.warn(r.Name, "", lossOfLinks)
	}
	return err
}

// keepsLinks tells whether the links of a relation lie where they can stay: in a
// link table without a new id column, or in a column of the same model.
func keepsLinks(before, after *schema.Relation) bool {
	switch old := before.Link.(type) {
	case *schema.LinkTable:
		now, ok := after.Link.(*schema.LinkTable)
		return ok && (old.ID != "" || now.ID == "")
	case *schema.Inline:
		now, ok := after.Link.(*schema.Inline)
		return ok && old.Model.StableID == now.Model.StableID && before.Owner() == after.Owner()
	}
	return false
}
