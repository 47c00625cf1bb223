package datamodel

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Directives that tell one version of the language from the other. @unique,
// @default, @relation, @rename and @embedded are in both.
var (
	directives11 = []string{"id", "createdAt", "updatedAt", "scalarList", "sequence", "db", "relationTable", "linkTable"}
	directives10 = []string{"pgTable", "pgColumn", "pgRelation", "pgRelationTable"}
)

// After returns the document as it is to be read on top of the schema of the
// last deploy, nil for a new service: as datamodel 1.0 or as 1.1.
//
// A text with any mark of 1.1 is 1.1, and so is every text for a service that
// has models of 1.1. A text without one is 1.0 for a service that was deployed
// with 1.0, and for a new service when something in it can only be 1.0: an id
// written `id: ID! @unique`, or a directive for the tables of PostgreSQL.
// Prisma 1.34 knew 1.1 alone and asked for @id then.
func (d *Document) After(previous *schema.Schema) *Document {
	if d.says11() || previous != nil && !previous.Legacy && len(previous.Models) > 0 {
		return d
	}
	if previous != nil && previous.Legacy || d.says10() {
		return d.readAs10()
	}
	return d
}

// Legacy tells whether the document is read as datamodel 1.0.
func (d *Document) Legacy() bool { return d.written != nil }

// Unmarked tells whether no word of the text belongs to 1.1 alone. Read as 1.1
// every type of it lacks its id.
func (d *Document) Unmarked() bool { return len(d.types) > 0 && !d.says11() }

func (d *Document) says11() bool {
	return slices.ContainsFunc(d.enums, func(e *enumDef) bool { return carries(e.directives, directives11) }) ||
		slices.ContainsFunc(d.types, func(t *typeDef) bool {
			return carries(t.directives, directives11) || slices.ContainsFunc(t.fields, (*fieldDef).says11)
		})
}

func (f *fieldDef) says11() bool {
	return carries(f.directives, directives11) || argumentValue(f.directives, "relation", "link") != nil
}

func (d *Document) says10() bool {
	return slices.ContainsFunc(d.types, func(t *typeDef) bool {
		return carries(t.directives, directives10) || slices.ContainsFunc(t.fields, (*fieldDef).says10)
	})
}

func (f *fieldDef) says10() bool {
	return carries(f.directives, directives10) || f.isID10() && f.directives.ForName("unique") != nil
}

// isID10 tells whether the field is an id in datamodel 1.0.
func (f *fieldDef) isID10() bool {
	t, _ := f.scalarType()
	return f.name == "id" && f.required && (t == scalar.ID || t == scalar.UUID)
}

func carries(directives ast.DirectiveList, names []string) bool {
	return slices.ContainsFunc(directives, func(d *ast.Directive) bool { return slices.Contains(names, d.Name) })
}

// mixed finds directives of 1.0 in a text of 1.1. Prisma 1.34 passed over them
// and took other tables than they name.
func (c *checker) mixed() {
	for _, t := range c.doc.types {
		c.oldDirectives(t.directives, func(format string, args ...any) { c.typ(t, format, args...) })
		for _, f := range t.fields {
			c.oldDirectives(f.directives, func(format string, args ...any) { c.field(f, format, args...) })
		}
	}
}

func (c *checker) oldDirectives(directives ast.DirectiveList, report func(format string, args ...any)) {
	for _, directive := range directives {
		if slices.Contains(directives10, directive.Name) {
			report("The directive `@%s` belongs to datamodel 1.0, but this is datamodel 1.1. Use %s instead.",
				directive.Name, insteadOf[directive.Name])
		}
	}
}

var insteadOf = map[string]string{
	"pgTable":         "`@db(name:)`",
	"pgColumn":        "`@db(name:)`",
	"pgRelation":      "`@relation(link: INLINE)` with `@db(name:)`",
	"pgRelationTable": "a type with `@relationTable`",
}
