package datamodel

import (
	"maps"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// missingLinks asks one-to-one relations on which side their column is to be.
func (c *checker) missingLinks() {
	for _, f := range c.doc.relations {
		back := c.doc.related(f)
		if back == nil || f.list || back.list || f.link() != "" || back.link() != "" {
			continue
		}
		if c.doc.relationTable(c.doc.nameOfRelation(f)) == nil {
			c.field(f, "The field `%s` must provide a relation link mode. Either specify it on this field or the opposite field. "+
				"Valid values are: `@relation(link: TABLE)`,`@relation(link: INLINE)`", f.name)
		}
	}
}

func (c *checker) doubledLinks() {
	for _, f := range c.doc.relations {
		back := c.doc.related(f)
		if back != nil && f.link() != "" && back.link() != "" {
			c.field(f, "The `link` argument must be specified only on one side of a relation. "+
				"The field `%s` provides a link mode and the opposite field `%s` as well.}", f.name, back.name)
		}
	}
}

// inlineLists finds lists that want a column of their own table.
func (c *checker) inlineLists() {
	for _, f := range c.doc.relations {
		if !f.list || f.link() != linkInline {
			continue
		}
		const problem = "This connector does not support the `INLINE` strategy for list relation fields. "
		if back := c.doc.related(f); back != nil && !back.list {
			c.field(f, problem+"You could fix this by putting `link: INLINE` on the opposite field `%s` in the model `%s`.", back.name, f.typeName)
			continue
		}
		c.field(f, problem+"You could fix this by using the strategy `TABLE` instead.")
	}
}

// scalarLists asks lists where their values are to lie; scalars come before enums.
func (c *checker) scalarLists() {
	for _, t := range c.doc.models() {
		var scalars, enums []*fieldDef
		for _, f := range t.fields {
			strategy, _ := argument(f.directives, "scalarList", "strategy")
			if !f.list || strategy == "RELATION" {
				continue
			}
			if _, isScalar := f.scalarType(); isScalar {
				scalars = append(scalars, f)
			} else if c.doc.isEnum(f) {
				enums = append(enums, f)
			}
		}
		for _, f := range append(scalars, enums...) {
			c.field(f, scalarListStrategies)
		}
	}
}

// relationTables looks at the types that describe tables of relations.
func (c *checker) relationTables() {
	tables := c.doc.relationTables()
	before := len(c.problems)
	for _, t := range tables {
		if len(c.relationTableFields(t)) == 0 {
			c.typ(t, "The link table `%s` is not referenced in any relation field.", t.name)
		}
	}
	if len(c.problems) == before {
		for _, t := range tables {
			c.relationTableTypes(t)
		}
	}
	for _, t := range tables {
		c.relationTableShape(t)
	}
}

// relationTableFields returns the model fields of the relation a table belongs to.
func (c *checker) relationTableFields(t *typeDef) []*fieldDef {
	return c.named[t.name]
}

func (c *checker) relationTableTypes(t *typeDef) {
	wanted, found := map[string]bool{}, map[string]bool{}
	for _, f := range c.relationTableFields(t) {
		wanted[f.owner.name], wanted[f.typeName] = true, true
	}
	for _, f := range t.relations {
		found[f.typeName] = true
	}
	if !maps.Equal(wanted, found) {
		c.typ(t, "The link table `%s` is not referencing the right types.", t.name)
	}
}

func (c *checker) relationTableShape(t *typeDef) {
	if len(t.relations) != 2 {
		c.typ(t, "A link table must specify exactly two relation fields.")
	}
	for _, f := range t.fields {
		if c.doc.isRelation(f) {
			continue
		}
		switch scalarType, _ := f.scalarType(); {
		case f.directives.ForName("id") == nil:
			c.field(f, "A link table must not specify any additional scalar fields.")
		case scalarType != scalar.ID:
			c.field(f, "The id field of a link table must be of type `ID!`.")
		}
	}
}
