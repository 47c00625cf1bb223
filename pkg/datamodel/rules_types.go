package datamodel

import (
	"slices"
	"strings"
)

// duplicateTypes compares names without case; the first of them is blamed.
func (c *checker) duplicateTypes() {
	first := map[string]*typeDef{}
	for _, t := range c.doc.types {
		key := strings.ToLower(t.name)
		if found := first[key]; found != nil {
			c.typ(found, "The name of the type `%s` occurs more than once. The detection of duplicates is performed case insensitive.", found.name)
			continue
		}
		first[key] = t
	}
}

// types looks at one model after the other. Relations with a name are a matter
// of the whole text; their problems come with those of the first model.
func (c *checker) types() {
	for i, t := range c.doc.models() {
		c.missingTypes(t)
		c.addedScalars(t)
		c.missingID(t)
		c.ambiguousRelations(t)
		if i == 0 {
			c.namedRelations()
		}
		c.duplicateFields(t)
		c.reservedName(t)
	}
}

func (c *checker) missingTypes(t *typeDef) {
	for _, f := range t.fields {
		_, isScalar := f.scalarType()
		if !isScalar && !c.doc.isEnum(f) && !c.doc.isRelation(f) {
			c.field(f, "The field `%s` has the type `%s` but there's no type or enum declaration with that name.", f.name, f.typeText)
		}
	}
}

func (c *checker) missingID(t *typeDef) {
	if t.isEmbedded() {
		return
	}
	if !slices.ContainsFunc(t.fields, func(f *fieldDef) bool { return f.directives.ForName("id") != nil }) {
		c.typ(t, "One field of the type `%s` must be marked as the id field with the `@id` directive.", t.name)
	}
}

func (c *checker) duplicateFields(t *typeDef) {
	count := map[string]int{}
	for _, f := range t.fields {
		count[strings.ToLower(f.name)]++
	}
	for _, f := range t.fields {
		if count[strings.ToLower(f.name)] > 1 {
			c.field(f, "The type `%s` has a duplicate fieldName. The detection of duplicates is performed case insensitive. ", t.name)
		}
	}
}

var reservedTypes = []string{"Mutation", "Query", "Subscription", "Node", "PageInfo", "BatchPayload"}

func (c *checker) reservedName(t *typeDef) {
	if slices.Contains(reservedTypes, t.name) {
		c.typ(t, "The type `%s` has is using a reserved type name. Please rename it.", t.name)
	}
}
