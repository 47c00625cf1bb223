package graphql

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// Introspect answers __schema or __type at the root of a query; it returns JSON
// on which the caller does not write. What does not depend on variables is kept:
// playgrounds ask every other second, for megabytes. Returns the fault
// LargeIntrospection when the request has used up its Allowance: types lead to
// types, so a short text could ask for any amount.
func (s *Schema) Introspect(f Field) (Sheets, error) {
	a := f.selection.allowed()
	a.mu.Lock()
	defer a.mu.Unlock()
	key, fixed := s.answerKey(f)
	answer, found := s.answers.find(key)
	if !found {
		var whole bool
		if answer, whole = s.introspect(f, a.left); !whole {
			a.left = 0
			return Sheets{}, fault.LargeIntrospection(a.most)
		}
		if fixed {
			s.answers.keep(key, answer)
		}
	}
	if answer.Len() > a.left {
		a.left = 0
		return Sheets{}, fault.LargeIntrospection(a.most)
	}
	a.left -= answer.Len()
	return answer, nil
}

// An Allowance is how many bytes about the schema one request may still get,
// all operations of a batch together. They take turns.
type Allowance struct {
	mu   sync.Mutex
	most int
	left int
}

// NewAllowance returns an allowance of so many bytes.
func NewAllowance(most int) *Allowance { return &Allowance{most: most, left: most} }

// introspect makes an answer of at most so many bytes; whole tells whether they were enough.
func (s *Schema) introspect(f Field, most int) (answer Sheets, whole bool) {
	x := &execution{ctx: context.Background(), schema: s, most: most, failure: func(err error) *Error { return &Error{Message: err.Error()} }}
	var object Resolver = schemaObject{s.types}
	if f.Name == "__type" {
		def := s.types.Types[f.Argument("name").Value.Text]
		if def == nil {
			return SheetsOf([]byte("null")), true
		}
		object = typeObject{s.types, ast.NamedType(def.Name, nil)}
	}
	if most <= 0 {
		return Sheets{}, false
	}
	whole = x.fields(object, f.Fields(object.TypeName()))
	return x.json, whole
}

// schemaObject answers __Schema.
type schemaObject struct{ types *ast.Schema }

func (schemaObject) TypeName() string { return "__Schema" }

func (o schemaObject) Field(_ context.Context, f Field) (any, error) {
	switch f.Name {
	case "description":
		return text(o.types.Description), nil
	case "types":
		names := slices.Sorted(maps.Keys(o.types.Types))
		return ListOf(names, func(name string) any { return typeObject{o.types, ast.NamedType(name, nil)} }), nil
	case "queryType":
		return o.root(o.types.Query), nil
	case "mutationType":
		return o.root(o.types.Mutation), nil
	case "subscriptionType":
		return o.root(o.types.Subscription), nil
	case "directives":
		names := slices.Sorted(maps.Keys(o.types.Directives))
		return ListOf(names, func(name string) any { return directiveObject{o.types, o.types.Directives[name]} }), nil
	}
	return nil, nil
}

func (o schemaObject) root(def *ast.Definition) any {
	if def == nil {
		return nil
	}
	return typeObject{o.types, ast.NamedType(def.Name, nil)}
}

// text is null for a description that is not there.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// typeObject answers __Type: a named type, or one wrapped in lists and non-null.
type typeObject struct {
	types *ast.Schema
	t     *ast.Type
}

func (typeObject) TypeName() string { return "__Type" }

func (o typeObject) Field(_ context.Context, f Field) (any, error) {
	if o.t.NonNull {
		return o.wrapper(f.Name, "NON_NULL", &ast.Type{NamedType: o.t.NamedType, Elem: o.t.Elem}), nil
	}
	if o.t.Elem != nil {
		return o.wrapper(f.Name, "LIST", o.t.Elem), nil
	}
	def := o.types.Types[o.t.NamedType]
	switch f.Name {
	case "kind":
		return string(def.Kind), nil
	case "name":
		return def.Name, nil
	case "description":
		return text(def.Description), nil
	case "fields":
		return o.fields(def, f), nil
	case "interfaces":
		return o.interfaces(def), nil
	case "possibleTypes":
		return o.possibleTypes(def), nil
	case "enumValues":
		return o.enumValues(def, f), nil
	case "inputFields":
		return o.inputFields(def, f), nil
	case "specifiedByURL":
		return specifiedBy(def), nil
	case "isOneOf":
		if def.Kind == ast.InputObject {
			return def.Directives.ForName("oneOf") != nil, nil
		}
	}
	return nil, nil
}

func (o typeObject) wrapper(field, kind string, of *ast.Type) any {
	switch field {
	case "kind":
		return kind
	case "ofType":
		return typeObject{o.types, of}
	}
	return nil
}

func (o typeObject) fields(def *ast.Definition, f Field) any {
	if def.Kind != ast.Object && def.Kind != ast.Interface {
		return nil
	}
	list := []any{}
	for _, field := range def.Fields {
		if !strings.HasPrefix(field.Name, "__") && visible(f, field.Directives) {
			list = append(list, fieldObject{o.types, field})
		}
	}
	return list
}

func (o typeObject) interfaces(def *ast.Definition) any {
	if def.Kind != ast.Object && def.Kind != ast.Interface {
		return nil
	}
	return ListOf(def.Interfaces, func(name string) any { return typeObject{o.types, ast.NamedType(name, nil)} })
}

func (o typeObject) possibleTypes(def *ast.Definition) any {
	if !def.IsAbstractType() {
		return nil
	}
	return ListOf(o.types.PossibleTypes[def.Name], func(d *ast.Definition) any { return typeObject{o.types, ast.NamedType(d.Name, nil)} })
}

func (o typeObject) enumValues(def *ast.Definition, f Field) any {
	if def.Kind != ast.Enum {
		return nil
	}
	list := []any{}
	for _, value := range def.EnumValues {
		if visible(f, value.Directives) {
			list = append(list, member("__EnumValue", value.Name, value.Description, value.Directives))
		}
	}
	return list
}

func (o typeObject) inputFields(def *ast.Definition, f Field) any {
	if def.Kind != ast.InputObject {
		return nil
	}
	list := []any{}
	for _, field := range def.Fields {
		if visible(f, field.Directives) {
			list = append(list, inputValue(o.types, field.Name, field.Description, field.Type, field.DefaultValue, field.Directives))
		}
	}
	return list
}

// visible tells whether a part is listed: deprecated ones only on demand.
func visible(f Field, directives ast.DirectiveList) bool {
	return directives.ForName("deprecated") == nil || f.Argument("includeDeprecated").Value.Bool()
}

func specifiedBy(def *ast.Definition) any {
	if d := def.Directives.ForName("specifiedBy"); d != nil {
		if url := d.Arguments.ForName("url"); url != nil {
			return url.Value.Raw
		}
	}
	return nil
}

// fieldObject answers __Field.
type fieldObject struct {
	types *ast.Schema
	field *ast.FieldDefinition
}

func (fieldObject) TypeName() string { return "__Field" }

func (o fieldObject) Field(ctx context.Context, f Field) (any, error) {
	switch f.Name {
	case "type":
		return typeObject{o.types, o.field.Type}, nil
	case "args":
		return arguments(o.types, o.field.Arguments, f), nil
	}
	return member("__Field", o.field.Name, o.field.Description, o.field.Directives).Field(ctx, f)
}

// directiveObject answers __Directive.
type directiveObject struct {
	types     *ast.Schema
	directive *ast.DirectiveDefinition
}

func (directiveObject) TypeName() string { return "__Directive" }

func (o directiveObject) Field(_ context.Context, f Field) (any, error) {
	switch f.Name {
	case "name":
		return o.directive.Name, nil
	case "description":
		return text(o.directive.Description), nil
	case "locations":
		return ListOf(o.directive.Locations, func(l ast.DirectiveLocation) any { return string(l) }), nil
	case "args":
		return arguments(o.types, o.directive.Arguments, f), nil
	case "isRepeatable":
		return o.directive.IsRepeatable, nil
	case "isDeprecated":
		return false, nil
	case "onOperation", "onFragment", "onField":
		return false, nil
	}
	return nil, nil
}

func arguments(types *ast.Schema, list ast.ArgumentDefinitionList, f Field) any {
	values := []any{}
	for _, a := range list {
		if visible(f, a.Directives) {
			values = append(values, inputValue(types, a.Name, a.Description, a.Type, a.DefaultValue, a.Directives))
		}
	}
	return values
}

// inputValue is an __InputValue.
func inputValue(types *ast.Schema, name, description string, t *ast.Type, defaultValue *ast.Value, directives ast.DirectiveList) any {
	m := member("__InputValue", name, description, directives)
	m.types, m.t, m.defaultValue = types, t, defaultValue
	return m
}

// memberObject answers __EnumValue and __InputValue, and what __Field has in common with them.
type memberObject struct {
	typeName, name, description string
	directives                  ast.DirectiveList

	types        *ast.Schema
	t            *ast.Type  // of an input value, nil otherwise
	defaultValue *ast.Value // of an input value, nil when it has none
}

func member(typeName, name, description string, directives ast.DirectiveList) *memberObject {
	return &memberObject{typeName: typeName, name: name, description: description, directives: directives}
}

func (o *memberObject) TypeName() string { return o.typeName }

func (o *memberObject) Field(_ context.Context, f Field) (any, error) {
	switch f.Name {
	case "name":
		return o.name, nil
	case "description":
		return text(o.description), nil
	case "isDeprecated":
		return o.directives.ForName("deprecated") != nil, nil
	case "deprecationReason":
		return deprecation(o.directives), nil
	case "type":
		return typeObject{o.types, o.t}, nil
	case "defaultValue":
		if o.defaultValue != nil {
			return render(o.defaultValue), nil
		}
	}
	return nil, nil
}

func deprecation(directives ast.DirectiveList) any {
	d := directives.ForName("deprecated")
	if d == nil {
		return nil
	}
	if reason := d.Arguments.ForName("reason"); reason != nil {
		return reason.Value.Raw
	}
	return "No longer supported"
}
