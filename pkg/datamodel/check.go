package datamodel

import (
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Check returns everything that is wrong with a document, in Prisma 1's order
// (DataModelValidatorImpl.scala): types and relation fields, directives of
// fields, enums, directives of types, renames. What relations and lists need of
// the database is looked at only when nothing else is wrong.
//
// Where Prisma 1 stopped with an unknown error, or took what it could not run
// later, Check has a description of its own; those rules stand in rules_added.go.
func (d *Document) Check(rules Rules) []Problem {
	if d.Legacy() {
		return d.checkLegacy(rules)
	}
	c := newChecker(d, rules)
	for _, rule := range []func(){
		c.duplicateTypes, c.types, c.fieldDirectives, c.enums, c.typeDirectives, c.typeUniques, c.fullTexts, c.crossRenames, c.added, c.mixed,
	} {
		rule()
	}
	if len(c.problems) > 0 {
		return c.problems
	}
	for _, rule := range []func(){
		c.missingLinks, c.doubledLinks, c.inlineLists, c.scalarLists, c.relationTables, c.tables,
	} {
		rule()
	}
	return c.problems
}

// Warnings returns what is right but should not be begun; each stops a deploy
// that is not forced. previous may be nil. Prisma 1 warned in every deploy, also
// of the column that a table has from datamodel 1.0.
func (d *Document) Warnings(previous *schema.Schema) []Problem {
	c := newChecker(d, Rules{})
	for _, t := range d.relationTables() {
		for _, f := range t.fields {
			if f.directives.ForName("id") != nil && !hasLinkID(previous, t.name, f.column()) {
				c.field(f, "Id fields on link tables are deprecated and will soon loose support. "+
					"Please remove it from your datamodel to remove the underlying column.")
			}
		}
	}
	return c.problems
}

// hasLinkID tells whether the table of a relation had an id column already.
func hasLinkID(s *schema.Schema, relation, column string) bool {
	if s == nil || s.Relation(relation) == nil {
		return false
	}
	link, ok := s.Relation(relation).Link.(*schema.LinkTable)
	return ok && link.ID == column
}

// checker collects the problems of one document.
type checker struct {
	doc      *Document
	rules    Rules
	problems []Problem
	noted    map[Problem]bool // problems, without their place

	uses      map[use]int            // of the names that relations had
	unnamed   map[use]bool           // whether a field leads to the type of that name without saying one
	named     map[string][]*fieldDef // relation fields by the name they say
	connected map[connection]int     // how many fields say that they are of a relation
}

func newChecker(d *Document, rules Rules) *checker {
	c := &checker{doc: d, rules: rules, noted: map[Problem]bool{}}
	c.countNames()
	return c
}

// field notes a problem of a field.
func (c *checker) field(f *fieldDef, format string, args ...any) {
	c.note(Problem{Type: f.owner.name, Field: f.name, Line: f.at.line, Column: f.at.column}, format, args)
}

// typ notes a problem of a type.
func (c *checker) typ(t *typeDef, format string, args ...any) {
	c.note(Problem{Type: t.name, Line: t.at.line, Column: t.at.column}, format, args)
}

// enum notes a problem of an enum.
func (c *checker) enum(e *enumDef, format string, args ...any) {
	c.note(Problem{Type: e.name, Line: e.at.line, Column: e.at.column}, format, args)
}

// note adds a problem. One that was noted before is left out: several rules
// look at the same field from both ends of a relation.
func (c *checker) note(p Problem, format string, args []any) {
	p.Description = format
	if len(args) > 0 {
		p.Description = fmt.Sprintf(format, args...)
	}
	key := Problem{Type: p.Type, Field: p.Field, Description: p.Description}
	if !c.noted[key] {
		c.noted[key] = true
		c.problems = append(c.problems, p)
	}
}
