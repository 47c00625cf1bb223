package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A builder puts the definitions of an API together. Types that nothing leads
// to are not made, as in a schema printed by Prisma 1.
type builder struct {
	api          *API
	schema       *schema.Schema
	capabilities Capabilities
	doc          *ast.SchemaDocument
	known        map[string]bool // names of inputs that are made or being made
	scalars      map[string]bool // names of scalars and enums that fields have
	filters      map[*schema.Model]ast.FieldList
	clashed      *Clash // nil when all names are different
}

func newBuilder(api *API, s *schema.Schema, c Capabilities) *builder {
	return &builder{
		api: api, schema: s, capabilities: c, doc: &ast.SchemaDocument{},
		known: map[string]bool{}, scalars: map[string]bool{}, filters: map[*schema.Model]ast.FieldList{},
	}
}

func (b *builder) build() {
	b.roots()
	b.constants()
	for _, m := range b.schema.Models {
		if m.Embedded {
			continue
		}
		b.outputs(m)
		b.where(m)
		b.subscriptionWhere(m)
		b.orderBy(m)
		b.sort(m)
		b.whereUnique(m)
	}
	b.jsonConstants()
	for _, e := range b.schema.Enums {
		if b.scalars[e.Name] {
			b.enum(e.Name, e.Values)
		}
	}
	for name, description := range customScalars {
		if b.scalars[name] && b.schema.Enum(name) == nil {
			b.add(&ast.Definition{Kind: ast.Scalar, Name: name, Description: description})
		}
	}
}

// customScalars are the scalars beyond those of GraphQL, with their descriptions.
var customScalars = map[string]string{
	scalar.DateTime.String(): "",
	scalar.Json.String():     "Raw JSON value",
	scalar.UUID.String():     "A type 4 UUID according to IETF RFC 4122.",
	scalar.Decimal.String():  "An exact decimal number, given and answered as a String; numbers are taken too.",
	scalar.Date.String():     "A day without a time: 2020-02-29.",
	longType: "The `Long` scalar type represents non-fractional signed whole numeric values. " +
		"Long can represent values between -(2^63) and 2^63 - 1.",
}

// root adds a root field and what it means.
func (b *builder) root(fields *ast.FieldList, kind graphql.Kind, f *ast.FieldDefinition, action Action, m *schema.Model) {
	if other, there := b.api.roots[kind][f.Name]; there {
		b.clashingRoot(f.Name, m, other.Model)
	}
	*fields = append(*fields, f)
	b.api.roots[kind][f.Name] = Root{Action: action, Model: m}
}

func (b *builder) add(def *ast.Definition) {
	b.doc.Definitions = append(b.doc.Definitions, def)
}

func (b *builder) object(name, description string, fields ...*ast.FieldDefinition) {
	b.add(&ast.Definition{Kind: ast.Object, Name: name, Description: description, Fields: fields})
}

func (b *builder) enum(name string, values []string) {
	def := &ast.Definition{Kind: ast.Enum, Name: name}
	for _, v := range values {
		def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: v})
	}
	b.add(def)
}

// claim reports whether an input is not made yet, and marks it as being made.
// Inputs lead to each other in circles.
func (b *builder) claim(name string) bool {
	if b.known[name] {
		return false
	}
	b.known[name] = true
	return true
}

// define adds a claimed input.
func (b *builder) define(name string, fields ast.FieldList) {
	b.add(&ast.Definition{Kind: ast.InputObject, Name: name, Fields: fields})
}

// input adds an input once.
func (b *builder) input(name string, fields ast.FieldList) {
	if b.claim(name) {
		b.define(name, fields)
	}
}

func field(name, description string, t *ast.Type) *ast.FieldDefinition {
	return &ast.FieldDefinition{Name: name, Description: description, Type: t}
}

func argument(name string, t *ast.Type) *ast.ArgumentDefinition {
	return &ast.ArgumentDefinition{Name: name, Type: t}
}

// optional is T, required is T!, listOf is [T!].
func optional(name string) *ast.Type { return ast.NamedType(name, nil) }
func required(name string) *ast.Type { return ast.NonNullNamedType(name, nil) }
func listOf(name string) *ast.Type   { return ast.ListType(ast.NonNullNamedType(name, nil), nil) }
