package datamodel

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// typeRules are the known directives of types. Others are passed over.
var typeRules = map[string]func(*checker, *typeDef){
	"relationTable": func(*checker, *typeDef) {},
	"db": func(c *checker, t *typeDef) {
		if t.isEmbedded() {
			c.typ(t, "The type `%s` is specifies the `@db` directive. Embedded types must not specify this directive.", t.name)
		}
	},
	fullTextDirective: func(*checker, *typeDef) {},
	"embedded": func(c *checker, t *typeDef) {
		c.typ(t, "The type `%s` is marked as embedded but this connector does not support embedded types.", t.name)
	},
}

func (c *checker) typeDirectives() {
	for _, t := range c.doc.types {
		once := slices.DeleteFunc(slices.Clone(t.directives), func(d *ast.Directive) bool { return d.Name == uniqueDirective })
		doubled := hasDoubled(once)
		for _, directive := range t.directives {
			if rule, known := typeRules[directive.Name]; known {
				c.typeDirective(t, rule, doubled)
			}
		}
	}
}

func (c *checker) typeDirective(t *typeDef, rule func(*checker, *typeDef), doubled bool) {
	if doubled {
		c.typ(t, "The type `%s` specifies a directive more than once. Directives must appear exactly once on a type.", t.name)
	}
	rule(c, t)
}

// crossRenames finds types that take the name another one gives up in the same deploy.
func (c *checker) crossRenames() {
	renamed := map[string][]*typeDef{} // by the old name
	for _, t := range c.doc.types {
		if old := oldName(t.directives); old != "" {
			renamed[old] = append(renamed[old], t)
		}
	}
	for _, t := range c.doc.types {
		old := oldName(t.directives)
		if old == "" || old == t.name {
			continue
		}
		for _, other := range renamed[t.name] {
			if other != t {
				c.typ(t, "You renamed type `%s` to `%s`. But that is the old name of type `%s`. Please do this in two steps.", old, t.name, other.name)
			}
		}
	}
}
