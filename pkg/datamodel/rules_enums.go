package datamodel

import (
	"regexp"
	"slices"
	"strings"
)

const maxEnumValue = 191

var enumValue = regexp.MustCompile(`^[A-Z][a-zA-Z0-9_]*$`)

// enums looks at the names of enums and of their values.
func (c *checker) enums() {
	for i, e := range c.doc.enums {
		if slices.ContainsFunc(c.doc.enums[:i], func(other *enumDef) bool { return other.name == e.name }) {
			c.enum(e, "The enum type `%s` is defined twice in the schema. Enum names must be unique.", e.name)
		}
		c.enumValues(e)
	}
}

func (c *checker) enumValues(e *enumDef) {
	startsLower := func(value string) bool { return value[0] >= 'a' && value[0] <= 'z' }
	if slices.ContainsFunc(e.values, startsLower) {
		c.enum(e, "The enum type `%s` contains invalid enum values. The first character of each value must be an uppercase letter.", e.name)
		return
	}
	var invalid []string
	for _, value := range e.values {
		if len(value) > maxEnumValue || !enumValue.MatchString(value) {
			invalid = append(invalid, "`"+value+"`")
		}
	}
	if len(invalid) > 0 {
		c.enum(e, "The enum type `%s` contains invalid enum values. Those are invalid: %s.", e.name, strings.Join(invalid, ", "))
	}
}

// typeRules are the known directives of types. Others are passed over.
var typeRules = map[string]func(*checker, *typeDef){
	"relationTable": func(*checker, *typeDef) {},
	"db": func(c *checker, t *typeDef) {
		if t.isEmbedded() {
			c.typ(t, "The type `%s` is specifies the `@db` directive. Embedded types must not specify this directive.", t.name)
		}
	},
	"embedded": func(c *checker, t *typeDef) {
		c.typ(t, "The type `%s` is marked as embedded but this connector does not support embedded types.", t.name)
	},
}

func (c *checker) typeDirectives() {
	for _, t := range c.doc.types {
		for _, directive := range t.directives {
			if rule, known := typeRules[directive.Name]; known {
				c.typeDirective(t, rule)
			}
		}
	}
}

func (c *checker) typeDirective(t *typeDef, rule func(*checker, *typeDef)) {
	if hasDoubled(t.directives) {
		c.typ(t, "The type `%s` specifies a directive more than once. Directives must appear exactly once on a type.", t.name)
	}
	rule(c, t)
}

// crossRenames finds types that take the name another one gives up in the same deploy.
func (c *checker) crossRenames() {
	for _, t := range c.doc.types {
		old := oldName(t.directives)
		if old == "" || old == t.name {
			continue
		}
		for _, other := range c.doc.types {
			if other != t && oldName(other.directives) == t.name {
				c.typ(t, "You renamed type `%s` to `%s`. But that is the old name of type `%s`. Please do this in two steps.", old, t.name, other.name)
			}
		}
	}
}
