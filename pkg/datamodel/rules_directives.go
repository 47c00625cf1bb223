package datamodel

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A fieldRule is what is known of one directive of fields. Other directives are passed over.
type fieldRule struct {
	required []argumentRule
	optional []argumentRule
	check    func(*checker, *fieldDef, *ast.Directive) // may be nil
}

// An argumentRule looks at a given argument and returns what is wrong with it, "" when nothing is.
type argumentRule struct {
	name  string
	check func(*ast.Value) string
}

var fieldRules = map[string]fieldRule{
	"db":        {check: checkDB},
	"unique":    {check: checkUnique},
	"id":        {check: checkID},
	"createdAt": {check: checkCreatedAt},
	"updatedAt": {check: checkUpdatedAt},
	"default": {
		required: []argumentRule{{"value", anyValue}},
		check:    checkDefault,
	},
	"relation": {
		optional: []argumentRule{
			{"name", stringValue},
			{"link", oneOf("Valid values for the argument `link` are: INLINE,TABLE.", linkInline, linkTable)},
			{"onDelete", oneOf("Valid values for the argument `onDelete` are: CASCADE,SET_NULL.", "CASCADE", "SET_NULL")},
		},
		check: checkRelation,
	},
	"sequence": {
		required: []argumentRule{{"name", stringValue}, {"initialValue", intValue}, {"allocationSize", intValue}},
		check:    checkSequence,
	},
	"scalarList": {
		optional: []argumentRule{{"strategy", oneOf(scalarListStrategies, "RELATION")}},
		check:    checkScalarList,
	},
}

const scalarListStrategies = "Valid values for the strategy argument of `@scalarList` are: RELATION."

// fieldDirectives looks at the directives of all fields, those of relation tables too.
func (c *checker) fieldDirectives() {
	c.eachDirective(fieldRules)
}

// eachDirective looks at the directives of all fields that rules know.
func (c *checker) eachDirective(rules map[string]fieldRule) {
	for _, t := range c.doc.types {
		for _, f := range t.fields {
			doubled := hasDoubled(f.directives)
			for _, directive := range f.directives {
				if rule, known := rules[directive.Name]; known {
					c.fieldDirective(f, directive, rule, doubled)
				}
			}
		}
	}
}

func (c *checker) fieldDirective(f *fieldDef, directive *ast.Directive, rule fieldRule, doubled bool) {
	if doubled {
		c.field(f, "The field `%s` specifies a directive more than once. Directives must appear exactly once on a field.", f.name)
	}
	for _, arg := range rule.required {
		given := directive.Arguments.ForName(arg.name)
		if given == nil {
			c.field(f, "The field `%s` specifies the directive `@%s` but it's missing the required argument `%s`.", f.name, directive.Name, arg.name)
			continue
		}
		c.argument(f, arg, given.Value)
	}
	for _, arg := range rule.optional {
		if given := directive.Arguments.ForName(arg.name); given != nil {
			c.argument(f, arg, given.Value)
		}
	}
	if rule.check != nil {
		rule.check(c, f, directive)
	}
}

func (c *checker) argument(f *fieldDef, rule argumentRule, value *ast.Value) {
	if wrong := rule.check(value); wrong != "" {
		c.field(f, "%s", wrong)
	}
}

func hasDoubled(directives ast.DirectiveList) bool {
	if len(directives) < 2 {
		return false
	}
	names := map[string]bool{}
	return slices.ContainsFunc(directives, func(d *ast.Directive) bool {
		found := names[d.Name]
		names[d.Name] = true
		return found
	})
}

func anyValue(*ast.Value) string { return "" }

func stringValue(value *ast.Value) string {
	if isString(value) {
		return ""
	}
	return "This argument must be a String."
}

func intValue(value *ast.Value) string {
	if value.Kind == ast.IntValue {
		return ""
	}
	return "This argument must be an Int."
}

func oneOf(message string, values ...string) func(*ast.Value) string {
	return func(value *ast.Value) string {
		if isSingle(value) && slices.Contains(values, value.Raw) {
			return ""
		}
		return message
	}
}

// checkDB refuses a column name where the relation has no column in the model's table.
func checkDB(c *checker, f *fieldDef, _ *ast.Directive) {
	if c.doc.isRelation(f) && f.list && f.link() != linkInline {
		c.field(f, "The field `%s` specifies the `@db` directive. Relation fields must not specify this directive.", f.name)
	}
}

func checkUnique(c *checker, f *fieldDef, _ *ast.Directive) {
	if f.owner.isEmbedded() {
		c.field(f, "The field `%s` is marked as unique but its type `%s` is embedded. This is disallowed.", f.name, f.owner.name)
	}
}

func checkRelation(c *checker, f *fieldDef, _ *ast.Directive) {
	if _, isScalar := f.scalarType(); isScalar {
		c.field(f, "The field `%s` is a scalar field and cannot specify the `@relation` directive.", f.name)
	}
}

func checkID(c *checker, f *fieldDef, directive *ast.Directive) {
	t, _ := f.scalarType()
	switch {
	case !f.required:
		c.field(f, "Fields that are marked as id must be required.")
	case !slices.Contains(c.idTypes(), t):
		c.field(f, "The field `%s` is marked as id must have one of the following types: %s.", f.name, quotedTypes(c.idTypes()))
	}
	strategies := []string{"AUTO", "NONE"}
	if c.rules.Sequences {
		strategies = append(strategies, "SEQUENCE")
	}
	strategy := directive.Arguments.ForName("strategy")
	if strategy != nil && oneOf("wrong", strategies...)(strategy.Value) != "" {
		c.field(f, "Valid values for the strategy argument of `@id` are: %s.", strings.Join(strategies, ", "))
	}
}

func (c *checker) idTypes() []scalar.Type {
	types := []scalar.Type{scalar.ID}
	if c.rules.UUIDs {
		types = append(types, scalar.UUID)
	}
	if c.rules.IntIDs {
		types = append(types, scalar.Int)
	}
	return types
}

func quotedTypes(types []scalar.Type) string {
	var quoted []string
	for _, t := range types {
		quoted = append(quoted, "`"+t.String()+"!`")
	}
	return strings.Join(quoted, ",")
}

func checkCreatedAt(c *checker, f *fieldDef, _ *ast.Directive) {
	if f.list || f.typeName != scalar.DateTime.String() {
		c.field(f, "Fields that are marked as `@createdAt` must be of type `DateTime!` or `DateTime`.")
	}
	if f.directives.ForName("updatedAt") != nil {
		c.field(f, "Fields cannot be marked simultaneously with `@createdAt` and `@updatedAt`.")
	}
}

func checkUpdatedAt(c *checker, f *fieldDef, _ *ast.Directive) {
	if f.list || f.typeName != scalar.DateTime.String() {
		c.field(f, "Fields that are marked as @updatedAt must be of type `DateTime!` or `DateTime`.")
	}
}

func checkSequence(c *checker, f *fieldDef, _ *ast.Directive) {
	strategy, _ := argument(f.directives, "id", "strategy")
	if strategy != "SEQUENCE" || f.typeName != scalar.Int.String() {
		c.field(f, "The directive `@sequence` must only be specified for fields that are marked as id, are of type `Int` and use the sequence strategy. "+
			"E.g. `id: Int! @id(strategy: SEQUENCE)`.")
	}
}

func checkScalarList(c *checker, f *fieldDef, _ *ast.Directive) {
	if !f.list {
		c.field(f, "Fields that are marked as `@scalarList` must be lists, e.g. `[%s]`.", f.typeName)
	}
}

// checkDefault compares a default with its field. A default of a relation field
// made Prisma 1 stop; it is told what lists are told.
func checkDefault(c *checker, f *fieldDef, directive *ast.Directive) {
	t, isScalar := f.scalarType()
	if c.doc.isRelation(f) || isScalar && f.list {
		c.field(f, "The `@default` directive must only be placed on scalar fields that are not lists.")
	}
	value := directive.Arguments.ForName("value")
	switch {
	case value == nil:
	case isScalar:
		if _, ok := parseDefault(t, value.Value); !ok {
			c.wrongDefault(f, value.Value, t)
		}
	case c.doc.isEnum(f):
		c.enumDefault(f, c.doc.enumByName[f.typeName], value.Value)
	}
}

func (c *checker) enumDefault(f *fieldDef, e *enumDef, value *ast.Value) {
	switch {
	case value.Kind != ast.EnumValue:
		c.wrongDefault(f, value, scalar.Enum)
	case !slices.Contains(e.values, value.Raw):
		c.field(f, "The default value is invalid for this enum. Valid values are: %s.", strings.Join(e.values, ", "))
	}
}

func (c *checker) wrongDefault(f *fieldDef, value *ast.Value, t scalar.Type) {
	c.field(f, "The value %s is not a valid default for fields of type %s.", literalText(value), t.Code())
}
