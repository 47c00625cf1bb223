package datamodel

import (
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// fullTextDirective is that of a type whose nodes are found by words.
const fullTextDirective = "fullText"

// fullText reads which fields of a type are searched for words.
func (in *inferrer) fullText(m *schema.Model, t *typeDef) {
	directive := t.directives.ForName(fullTextDirective)
	if directive == nil {
		return
	}
	names, _ := listedFields(directive)
	for _, name := range names {
		if f := m.Field(name); f != nil {
			m.FullText = append(m.FullText, f)
		}
	}
}

// fullTexts looks at @fullText of types.
func (c *checker) fullTexts() {
	for _, t := range c.doc.types {
		switch directives := t.directives.ForNames(fullTextDirective); {
		case len(directives) == 0:
		case !slices.Contains(c.rules.Features, schema.FullText):
			c.typ(t, "The directive `@fullText` of the type `%s` needs the feature `%s`. Please add it to `features` in prisma.yml.", t.name, schema.FullText)
		case t.isRelationTable() || t.isEmbedded():
			c.typ(t, "The type `%s` is no model and cannot specify the directive `@fullText`.", t.name)
		default:
			c.fullTextFields(t)
		}
	}
}

func (c *checker) fullTextFields(t *typeDef) {
	names, ok := listedFields(t.directives.ForName(fullTextDirective))
	if !ok || len(names) == 0 {
		c.typ(t, "The directive `@fullText` of the type `%s` must name fields: `@fullText(fields: [a, b])`.", t.name)
		return
	}
	for i, name := range names {
		c.fullTextField(t, name, slices.Contains(names[:i], name))
	}
	for _, f := range t.fields {
		if f.name == schema.FullTextFilter {
			c.field(f, "The field `%s` has the name of the filter that `@fullText` brings. Please give it another one.", f.name)
		}
	}
}

func (c *checker) fullTextField(t *typeDef, name string, doubled bool) {
	i := slices.IndexFunc(t.fields, func(f *fieldDef) bool { return f.name == name })
	if i < 0 {
		c.typ(t, "The directive `@fullText` of the type `%s` names the field `%s`, which is not there.", t.name, name)
		return
	}
	switch f := t.fields[i]; {
	case doubled:
		c.field(f, "The field `%s` stands twice in the directive `@fullText` of its type.", f.name)
	case f.list || f.typeName != "String":
		c.field(f, "The field `%s` cannot be searched for words. Only fields that hold one String can.", f.name)
	}
}

// fullTextText is the directive of a model whose nodes are found by words.
func fullTextText(m *schema.Model) string {
	var names []string
	for _, f := range m.FullText {
		names = append(names, f.Name)
	}
	return "@fullText(fields: [" + strings.Join(names, ", ") + "])"
}
