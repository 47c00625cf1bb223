package datamodel

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// scalarType returns the scalar type of a scalar field. Prisma 1's scalars come
// first: a type or enum that is named like one is never met. Those that it had
// not give way to a type or enum of their name.
func (f *fieldDef) scalarType() (scalar.Type, bool) {
	if t, ok := scalar.Parse(f.typeName); ok {
		return t, true
	}
	t, ok := scalar.ParseAdded(f.typeName)
	if d := f.owner.doc; !ok || d.typeByName[f.typeName] != nil || d.enumByName[f.typeName] != nil {
		return scalar.Null, false
	}
	return t, true
}

// addedScalars refuses scalars that Prisma 1 had not where the service does not
// switch them on or the database cannot hold them.
func (c *checker) addedScalars(t *typeDef) {
	for _, f := range t.fields {
		added, _ := f.scalarType()
		switch {
		case added != scalar.Long && added != scalar.Decimal && added != scalar.Date:
		case !slices.Contains(c.rules.Features, schema.Scalars):
			c.field(f, "The field `%s` has the type `%s` but there's no type or enum declaration with that name. With the feature `%s` in prisma.yml it is a scalar.",
				f.name, f.typeText, schema.Scalars)
		case added == scalar.Decimal && !c.rules.Decimals:
			c.field(f, "The field `%s` has the type `%s`, but this database has no exact decimal numbers. Please use Float, or String.", f.name, f.typeText)
		}
	}
}
