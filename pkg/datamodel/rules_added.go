package datamodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// added holds the rules that Prisma 1 had not: what they refuse made it fail
// later, in the database, in the API schema or in the next deploy.
func (c *checker) added() {
	for _, t := range c.doc.types {
		c.name(t)
		c.secondID(t)
		c.relationTableTargets(t)
		if directive, name := doubledArgument(t.directives); name != "" {
			c.typ(t, "The directive `@%s` of the type `%s` has the argument `%s` more than once.", directive, t.name, name)
		}
		for _, f := range t.fields {
			if directive, name := doubledArgument(f.directives); name != "" {
				c.field(f, "The directive `@%s` of the field `%s` has the argument `%s` more than once.", directive, f.name, name)
			}
			if strings.HasPrefix(f.name, "__") {
				c.field(f, "The name of the field `%s` is invalid. Names that start with two underscores are reserved.", f.name)
			}
		}
	}
	for _, e := range c.doc.enums {
		c.enumName(e)
		c.values(e)
	}
	c.oldNames()
}

// doubledArgument returns an argument that stands twice in one directive; name is
// "" when there is none. Prisma 1 read one of them.
func doubledArgument(directives ast.DirectiveList) (directive, name string) {
	for _, d := range directives {
		for i, arg := range d.Arguments {
			if d.Arguments.ForName(arg.Name) != d.Arguments[i] {
				return d.Name, arg.Name
			}
		}
	}
	return "", ""
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

func (c *checker) values(e *enumDef) {
	if len(e.values) == 0 {
		c.enum(e, "The enum type `%s` has no values. It needs at least one.", e.name)
	}
	var doubled []string
	count := map[string]int{}
	for _, value := range e.values {
		if count[value]++; count[value] == 2 {
			doubled = append(doubled, "`"+value+"`")
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

// oldNames looks at @rename: each old name can be given to one type, enum or
// field, and to none while something of the text still has it.
func (c *checker) oldNames() {
	var types, enums []renamed
	for _, t := range c.doc.types {
		types = append(types, renamed{t.name, t.directives, func(problem string) { c.typ(t, "%s", problem) }})
		var fields []renamed
		for _, f := range t.fields {
			fields = append(fields, renamed{f.name, f.directives, func(problem string) { c.field(f, "%s", problem) }})
		}
		checkOldNames(fields)
	}
	for _, e := range c.doc.enums {
		enums = append(enums, renamed{e.name, e.directives, func(problem string) { c.enum(e, "%s", problem) }})
	}
	checkOldNames(types)
	checkOldNames(enums)
}

// renamed is a type, enum or field that may carry @rename.
type renamed struct {
	name       string
	directives ast.DirectiveList
	report     func(problem string)
}

func checkOldNames(all []renamed) {
	owner := map[string]string{} // who has an old name: still, or by its own @rename
	for _, r := range all {
		if oldName(r.directives) == "" {
			owner[r.name] = r.name
		}
	}
	for _, r := range all {
		old := oldName(r.directives)
		if value := firstRename(r.directives); value != nil && !isString(value) {
			r.report("This argument must be a String.")
		}
		if old == "" || old == r.name {
			continue
		}
		if other, taken := owner[old]; taken && other != r.name {
			r.report(fmt.Sprintf("`%s` cannot be the old name of `%s`, because `%s` has it. Remove `@rename` when the rename was deployed.", old, r.name, other))
			continue
		}
		owner[old] = r.name
	}
}

// tables finds names of tables and columns that the database does not take, and
// what would share one.
func (c *checker) tables() {
	if c.rules.Adopted {
		return
	}
	s, err := Infer(c.doc, nil)
	if err != nil {
		return // a clash of relation names, which Infer reports by its own fault
	}
	there := c.deployed()
	fields := map[*typeDef]map[string]*fieldDef{}
	for _, m := range misfits(s, c.rules) {
		t := c.doc.typeByName[m.model]
		if isLinks := m.kind == column && m.field == ""; isLinks && (t == nil || !t.isRelationTable()) {
			f := visible(s.Relation(m.model)) // a table that a field of 1.0 describes
			m.field, t = f.Name, c.doc.typeByName[f.Model.Name]
		}
		if there[misfit{kind: m.kind, name: m.name, why: m.why}] {
			continue
		}
		if fields[t] == nil {
			fields[t] = byName(t.fields)
		}
		name := strings.Trim(strconv.QuoteToGraphic(m.name), `"`)
		if f := fields[t][m.field]; f != nil {
			c.field(f, "The field `%s` needs the %s `%s`%s.", m.field, m.kind, name, m.why)
			continue
		}
		c.typ(t, "The type `%s` needs the %s `%s`%s.", t.name, m.kind, name, m.why)
	}
}

// deployed returns what should not be, but is there: tables that Prisma 1 made
// under a name that is longer than the database keeps.
func (c *checker) deployed() map[misfit]bool {
	there := map[misfit]bool{}
	if c.rules.Deployed != nil {
		for _, m := range misfits(c.rules.Deployed, c.rules) {
			there[misfit{kind: m.kind, name: m.name, why: m.why}] = true
		}
	}
	return there
}

// byName returns the first field of each name.
func byName(fields []*fieldDef) map[string]*fieldDef {
	found := make(map[string]*fieldDef, len(fields))
	for _, f := range slices.Backward(fields) {
		found[f.name] = f
	}
	return found
}
