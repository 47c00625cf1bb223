package datamodel

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// checkLegacy returns what is wrong with a datamodel 1.0, in the order of
// servers up to 1.30 (LegacyDataModelValidator.scala), then what they let pass
// and could not run.
func (d *Document) checkLegacy(rules Rules) []Problem {
	c := newChecker(d.written, rules)
	for _, rule := range []func(){
		c.reservedFields, c.allDuplicateFields, c.reservedNames, c.duplicateTypes, c.allMissingTypes,
		c.relations10, c.scalarFields10, c.directives10, c.enums, c.typeDirectives, c.crossRenames, c.added, c.fields10,
	} {
		rule()
	}
	if len(c.problems) == 0 {
		c.doc = d
		c.tables()
	}
	return c.problems
}

// fields10 refuses types without fields, because the hidden ones of 1.0 are in no
// API, and scalars that the service has not.
func (c *checker) fields10() {
	for _, t := range c.doc.types {
		c.addedScalars(t)
		if len(t.fields) == 0 {
			c.typ(t, "The type `%s` has no fields. It needs at least one.", t.name)
		}
	}
}

// A format is how a reserved field may be written.
type format struct {
	text     string
	typeName string
	unique   bool
}

func (f format) fits(def *fieldDef) bool {
	return def.required && def.typeName == f.typeName && (!f.unique || def.directives.ForName("unique") != nil)
}

// formats returns how the field of a reserved name may be written, nil for other names.
func (c *checker) formats(name string) []format {
	switch name {
	case idName:
		formats := []format{{"id: ID! @unique", scalar.ID.String(), true}, {"id: UUID! @unique", scalar.UUID.String(), true}}
		if c.doc.adopts {
			formats = append(formats, format{"id: Int! @unique", scalar.Int.String(), true})
		}
		return formats
	case createdAtName, updatedAtName:
		return []format{{name + ": DateTime!", scalar.DateTime.String(), false}}
	}
	return nil
}

func formatTexts(formats []format) string {
	var texts []string
	for _, f := range formats {
		texts = append(texts, f.text)
	}
	return strings.Join(texts, " or ")
}

func (c *checker) reservedFields() {
	for _, t := range c.doc.types {
		for _, f := range t.fields {
			formats := c.formats(f.name)
			if formats == nil || slices.ContainsFunc(formats, func(wanted format) bool { return wanted.fits(f) }) {
				continue
			}
			c.field(f, "The field `%s` is reserved and has to have the format: %s.", f.name, formatTexts(formats))
		}
	}
	if !c.doc.adopts {
		return
	}
	for _, t := range c.doc.types {
		if !slices.ContainsFunc(t.fields, func(f *fieldDef) bool { return f.name == idName }) {
			c.typ(t, "The required field `id` is missing and has to have the format: %s.", formatTexts(c.formats(idName)))
		}
	}
}

func (c *checker) allDuplicateFields() {
	for _, t := range c.doc.types {
		c.duplicateFields(t)
	}
}

func (c *checker) reservedNames() {
	for _, t := range c.doc.types {
		c.reservedName(t)
	}
}

func (c *checker) allMissingTypes() {
	for _, t := range c.doc.types {
		c.missingTypes(t)
	}
}

// relations10 looks at the relation fields. Names may be of any form; they only
// end up in the names of tables.
func (c *checker) relations10() {
	for _, t := range c.doc.types {
		c.ambiguousRelations(t)
	}
	c.oppositeTypes()
	c.namedOnOneSide()
	if !c.doc.adopts {
		return
	}
	for _, f := range c.doc.relations {
		if !c.doc.placed10(f) && !c.doc.placed10(c.doc.related(f)) {
			c.field(f, "The relation field `%s` must say where its links are: with `@pgRelation(column:)` or with "+
				"`@pgRelationTable(table:, relationColumn:, targetColumn:)`, on this field or on the opposite one.", f.name)
		}
	}
}

// placed10 tells whether a field says where the links of its relation are. f may be nil.
func (d *Document) placed10(f *fieldDef) bool {
	if f == nil {
		return false
	}
	_, column := f.inlineColumn10()
	_, table := argument(f.directives, "pgRelationTable", "table")
	return column || table
}

var listFormat = regexp.MustCompile(`^\[\w+!\]!?$`)

// scalarFields10 looks at lists of scalars. Lists of enums may be written in any
// form, as in Prisma 1.
func (c *checker) scalarFields10() {
	for _, t := range c.doc.types {
		for _, f := range t.fields {
			if _, isScalar := f.scalarType(); isScalar && f.list && !listFormat.MatchString(f.typeText) {
				c.field(f, "The scalar field `%s` has the wrong format: `%s` Possible Formats: `%[3]s`, `%[3]s!`, `[%[3]s!]` or `[%[3]s!]!`", f.name, f.typeText, f.typeName)
			}
		}
	}
}

// rules10 are the known directives of fields in 1.0.
var rules10 = map[string]fieldRule{
	"unique":  {},
	"default": {required: []argumentRule{{"value", singleValue}}, check: checkDefault10},
	"relation": {
		required: []argumentRule{{"name", stringValue}},
		optional: []argumentRule{{"onDelete", oneOf("not a valid value for onDelete", "CASCADE", "SET_NULL")}},
		check:    checkRelation,
	},
	"defaultValue": {check: func(c *checker, f *fieldDef, _ *ast.Directive) {
		c.field(f, "You are using a '@defaultValue' directive. Prisma uses '@default(value: \"Value as String\")' to declare default values.")
	}},
	"pgColumn":   {required: []argumentRule{{"name", stringValue}}},
	"pgRelation": {required: []argumentRule{{"column", stringValue}}},
	"pgRelationTable": {
		required: []argumentRule{{"table", stringValue}},
		optional: []argumentRule{{"relationColumn", stringValue}, {"targetColumn", stringValue}},
	},
}

func (c *checker) directives10() { c.eachDirective(rules10) }

func singleValue(value *ast.Value) string {
	if isSingle(value) {
		return ""
	}
	return "not a valid value for value"
}

func checkDefault10(c *checker, f *fieldDef, directive *ast.Directive) {
	given := directive.Arguments.ForName("value")
	if given == nil || !isSingle(given.Value) {
		return
	}
	t, isScalar := f.scalarType()
	literal := c.doc.default10(f, given.Value)
	switch {
	case f.list:
		c.field(f, "List fields cannot have defaultValues.")
	case c.doc.isRelation(f):
		c.field(f, "The `@default` directive must only be placed on scalar fields that are not lists.")
	case isScalar && t == scalar.String:
	case isScalar:
		if _, ok := parseDefault(t, literal); !ok {
			c.field(f, "Invalid value '%s' for type %s.", given.Value.Raw, t)
		}
	case c.doc.isEnum(f) && !slices.Contains(c.doc.enumByName[f.typeName].values, literal.Raw):
		c.field(f, "The defaultValue contains an invalid enumValue.")
	}
}
