package datamodel

import (
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// added holds the rules that Prisma 1 had not: what they refuse made it fail
// later, in the database, in the API schema or in the next deploy.
func (c *checker) added() {
	for _, t := range c.doc.types {
		c.name(t)
		c.secondID(t)
		c.relationTableTargets(t)
		if value := firstRename(t.directives); value != nil && !isString(value) {
			c.typ(t, "This argument must be a String.")
		}
		for _, f := range t.fields {
			if strings.HasPrefix(f.name, "__") {
				c.field(f, "The name of the field `%s` is invalid. Names that start with two underscores are reserved.", f.name)
			}
			if value := firstRename(f.directives); value != nil && !isString(value) {
				c.field(f, "This argument must be a String.")
			}
		}
	}
	for _, e := range c.doc.enums {
		c.enumName(e)
		c.doubledValues(e)
	}
}

func (c *checker) name(t *typeDef) {
	_, isScalar := scalar.Parse(t.name)
	switch {
	case strings.HasPrefix(t.name, "__"):
		c.typ(t, "The name of the type `%s` is invalid. Names that start with two underscores are reserved.", t.name)
	case isScalar:
		c.typ(t, "The type `%s` has the name of a scalar type. Please rename it.", t.name)
	case c.doc.enumByName[t.name] != nil:
		c.typ(t, "The name `%s` is used for a type and for an enum. Please rename one of them.", t.name)
	}
}

func (c *checker) enumName(e *enumDef) {
	_, isScalar := scalar.Parse(e.name)
	switch {
	case strings.HasPrefix(e.name, "__"):
		c.enum(e, "The name of the enum type `%s` is invalid. Names that start with two underscores are reserved.", e.name)
	case isScalar:
		c.enum(e, "The enum type `%s` has the name of a scalar type. Please rename it.", e.name)
	case slices.Contains(reservedTypes, e.name):
		c.enum(e, "The enum type `%s` is using a reserved type name. Please rename it.", e.name)
	}
}

func (c *checker) doubledValues(e *enumDef) {
	var doubled []string
	for i, value := range e.values {
		if quoted := "`" + value + "`"; slices.Contains(e.values[:i], value) && !slices.Contains(doubled, quoted) {
			doubled = append(doubled, quoted)
		}
	}
	if len(doubled) > 0 {
		c.enum(e, "The enum type `%s` contains values more than once: %s.", e.name, strings.Join(doubled, ", "))
	}
}

func (c *checker) secondID(t *typeDef) {
	var ids []*fieldDef
	for _, f := range t.fields {
		if f.directives.ForName("id") != nil {
			ids = append(ids, f)
		}
	}
	for _, f := range ids[min(1, len(ids)):] {
		c.field(f, "Only one field of the type `%s` can be marked as the id field with the `@id` directive; `%s` is marked already.", t.name, ids[0].name)
	}
}

func (c *checker) relationTableTargets(t *typeDef) {
	for _, f := range t.fields {
		_, isScalar := f.scalarType()
		switch {
		case c.doc.isRelation(f) && c.doc.typeByName[f.typeName].isRelationTable():
			c.field(f, "The field `%s` has the type `%s`, which is a link table and no model.", f.name, f.typeName)
		case t.isRelationTable() && !isScalar && !c.doc.isEnum(f) && !c.doc.isRelation(f):
			c.field(f, "The field `%s` has the type `%s` but there's no type or enum declaration with that name.", f.name, f.typeText)
		}
	}
}

// sameTables finds models, relations and lists that would share a table, and
// fields that would share a column.
func (c *checker) sameTables() {
	if c.rules.Adopted {
		return
	}
	s, err := Infer(c.doc, nil)
	if err != nil {
		return // a clash of relation names, which Infer reports by its own fault
	}
	for _, taken := range collisions(s, c.rules.FoldedNames) {
		t := c.doc.typeByName[taken.model]
		i := slices.IndexFunc(t.fields, func(f *fieldDef) bool { return f.name == taken.field })
		if i < 0 {
			c.typ(t, "The type `%s` needs the table `%s`, which %s has already.", t.name, taken.name, taken.owner)
			continue
		}
		c.field(t.fields[i], "The field `%s` needs the %s `%s`, which %s has already.", taken.field, taken.kind, taken.name, taken.owner)
	}
}
