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
	for _, e := range c.doc.enums {
		if c.doc.enumByName[e.name] != e {
			c.enum(e, "The enum type `%s` is defined twice in the schema. Enum names must be unique.", e.name)
		}
		c.enumValues(e)
	}
}

// enumValues looks at the values of an enum. In tables that are there already they may begin small.
func (c *checker) enumValues(e *enumDef) {
	startsLower := func(value string) bool { return value[0] >= 'a' && value[0] <= 'z' }
	if slices.ContainsFunc(e.values, startsLower) && !c.rules.Adopted {
		c.enum(e, "The enum type `%s` contains invalid enum values. The first character of each value must be an uppercase letter.", e.name)
		return
	}
	var invalid []string
	for _, value := range e.values {
		if len(value) > maxEnumValue || !enumValue.MatchString(value) && !(c.rules.Adopted && startsLower(value)) {
			invalid = append(invalid, "`"+value+"`")
		}
	}
	if len(invalid) > 0 {
		c.enum(e, "The enum type `%s` contains invalid enum values. Those are invalid: %s.", e.name, strings.Join(invalid, ", "))
	}
}
