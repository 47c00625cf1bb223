package migration

import (
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// updateField looks at a change in four ways that add up: values that are
// wiped, nulls, duplicates, ids.
func (c *check) updateField(s UpdateField) error {
	before, after := s.fields(c.previous, c.next)
	if before == nil || after == nil {
		return nil
	}
	for _, look := range []func(before, after *schema.Field) error{
		c.wiped, c.becomesRequired, c.becomesUnique, c.changesID,
	} {
		if err := look(before, after); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) wiped(before, after *schema.Field) error {
	if before.List == after.List && before.TypeCode() == after.TypeCode() {
		return nil
	}
	rows, err := c.data.HasRows(c.ctx, before.Model)
	if !rows {
		return err
	}
	c.warn(before.Model.Name, before.Name, lossInField)
	if after.IsScalar() && after.Required {
		c.warn(before.Model.Name, before.Name, prefillChanged, valueText(prefill(after)))
	}
	return nil
}

func (c *check) becomesRequired(before, after *schema.Field) error {
	sameKind := before.IsScalar() && after.IsScalar() || before.IsRelation() && after.IsRelation()
	if before.Required || !after.Required || !sameKind {
		return nil
	}
	nulls, err := c.data.HasNulls(c.ctx, before)
	if !nulls {
		return err
	}
	model, name := before.Model.Name, before.Name
	switch {
	case after.Unique:
		c.refuse(model, name, becomesBoth, name, model)
	case after.IsRelation():
		c.refuse(model, name, becomesRequired, name, model)
	default:
		c.warn(model, name, prefillChanged, valueText(prefill(after)))
	}
	return nil
}

func (c *check) becomesUnique(before, after *schema.Field) error {
	if before.Unique || !after.Unique || !before.IsScalar() {
		return nil
	}
	duplicates, err := c.data.HasDuplicates(c.ctx, before)
	if duplicates {
		c.refuse(before.Model.Name, before.Name, becomesUnique, before.Name, before.Model.Name)
	}
	return err
}

// changesID refuses to change the ids of nodes. Prisma 1 let another field
// become the id, which left the table without a key; here it takes an empty model.
func (c *check) changesID(before, after *schema.Field) error {
	moves := !before.IsID() && after.IsID()
	if !moves && !(before.IsID() && after.IsID() && before.Type != after.Type) {
		return nil
	}
	rows, err := c.data.HasRows(c.ctx, before.Model)
	switch {
	case !rows:
	case moves:
		c.refuse(before.Model.Name, before.Name, idMoves, before.Name, before.Model.Name)
	default:
		c.refuse(before.Model.Name, before.Name, idChanges, before.Name, before.Model.Name)
	}
	return err
}
