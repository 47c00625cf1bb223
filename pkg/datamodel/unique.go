package datamodel

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// uniqueDirective is that of a field, and on a type that of several fields.
const uniqueDirective = "unique"

// uniqueName returns the name of a unique over fields that has none of its own.
func uniqueName(fields []string) string { return strings.Join(fields, "_") }

// listedFields returns the names in a directive of a type like
// @unique(fields: [a, b]), quoted or not, and whether there is such a list.
func listedFields(directive *ast.Directive) ([]string, bool) {
	arg := directive.Arguments.ForName("fields")
	if arg == nil || arg.Value.Kind != ast.ListValue {
		return nil, false
	}
	var names []string
	for _, child := range arg.Value.Children {
		if !isSingle(child.Value) {
			return nil, false
		}
		names = append(names, child.Value.Raw)
	}
	return names, true
}

// uniques returns what the directives of a type say about several of its fields.
func (in *inferrer) uniques(m *schema.Model, t *typeDef) {
	for _, directive := range t.directives.ForNames(uniqueDirective) {
		names, _ := listedFields(directive)
		u := &schema.Unique{Name: uniqueName(names)}
		if name := directive.Arguments.ForName("name"); name != nil {
			u.Name = name.Value.Raw
		}
		for _, name := range names {
			if f := m.Field(name); f != nil {
				u.Fields = append(u.Fields, f)
			}
		}
		m.Uniques = append(m.Uniques, u)
	}
}

var graphqlName = regexp.MustCompile(`^[A-Za-z][_0-9A-Za-z]*$`)

// typeUniques looks at @unique of types.
func (c *checker) typeUniques() {
	for _, t := range c.doc.types {
		directives := t.directives.ForNames(uniqueDirective)
		if len(directives) > 0 && !slices.Contains(c.rules.Features, schema.CompoundUnique) {
			c.typ(t, "The directive `@unique` of the type `%s` needs the feature `%s`. Please add it to `features` in prisma.yml.", t.name, schema.CompoundUnique)
			continue
		}
		names, sets := map[string]bool{}, map[string]bool{}
		for _, f := range t.fields {
			names[f.name] = true
		}
		for _, directive := range directives {
			c.typeUnique(t, directive, names, sets)
		}
	}
}

// typeUnique looks at one @unique of a type. names are those that selectors have
// already, sets the fields of earlier directives.
func (c *checker) typeUnique(t *typeDef, directive *ast.Directive, names, sets map[string]bool) {
	fields, ok := listedFields(directive)
	if !ok || len(fields) < 2 {
		c.typ(t, "The directive `@unique` of the type `%s` must name at least two fields: `@unique(fields: [a, b])`.", t.name)
		return
	}
	if t.isRelationTable() || t.isEmbedded() {
		c.typ(t, "The type `%s` is no model and cannot specify the directive `@unique`.", t.name)
		return
	}
	for i, name := range fields {
		c.uniqueField(t, name, slices.Contains(fields[:i], name))
	}
	sorted := strings.Join(slices.Sorted(slices.Values(fields)), " ")
	if sets[sorted] {
		c.typ(t, "The type `%s` says twice that the fields %s are unique together.", t.name, strings.Join(fields, ", "))
		return
	}
	sets[sorted] = true
	name := uniqueName(fields)
	if arg := directive.Arguments.ForName("name"); arg != nil {
		if name = arg.Value.Raw; !isString(arg.Value) || !graphqlName.MatchString(name) {
			c.typ(t, "The argument `name` of `@unique` of the type `%s` must be a String of letters, digits and underscores.", t.name)
			return
		}
	}
	if names[name] {
		c.typ(t, "The type `%s` has the name `%s` already, which `@unique` needs for a selector. Please give it another one: `@unique(fields: [%s], name: \"other\")`.",
			t.name, name, strings.Join(fields, ", "))
	}
	names[name] = true
}

func (c *checker) uniqueField(t *typeDef, name string, doubled bool) {
	i := slices.IndexFunc(t.fields, func(f *fieldDef) bool { return f.name == name })
	if i < 0 {
		c.typ(t, "The directive `@unique` of the type `%s` names the field `%s`, which is not there.", t.name, name)
		return
	}
	switch f := t.fields[i]; {
	case doubled:
		c.field(f, "The field `%s` stands twice in one directive `@unique` of its type.", f.name)
	case f.list || c.doc.isRelation(f):
		c.field(f, "The field `%s` cannot be unique together with others. Only fields that hold one scalar or enum value can.", f.name)
	case f.typeName == "Json":
		c.field(f, "The field `%s` is of type Json and cannot be unique.", f.name)
	}
}

// uniqueText is the directive of a unique over several fields.
func uniqueText(u *schema.Unique) string {
	var names []string
	for _, f := range u.Fields {
		names = append(names, f.Name)
	}
	text := "@unique(fields: [" + strings.Join(names, ", ") + "]"
	if u.Name != uniqueName(names) {
		text += ", name: " + quoted(u.Name)
	}
	return text + ")"
}
