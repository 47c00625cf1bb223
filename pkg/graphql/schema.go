package graphql

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// A Schema is a checked GraphQL schema. It does not change; goroutines may share it.
type Schema struct {
	types   *ast.Schema
	answers *Introspections // nil keeps nothing
}

// prelude is what every schema has: built-in scalars, the introspection types,
// and the directives of the GraphQL that Prisma 1 spoke.
var prelude = sync.OnceValue(func() *ast.SchemaDocument {
	doc := validator.PreludeDocument()
	doc.Directives = slices.DeleteFunc(doc.Directives, func(d *ast.DirectiveDefinition) bool {
		return d.Name != "include" && d.Name != "skip" && d.Name != "deprecated"
	})
	return doc
})

// NewSchema checks a schema that was put together by a program. doc holds no
// built-in types; it belongs to the schema afterwards.
func NewSchema(doc *ast.SchemaDocument) (*Schema, error) {
	builtin := prelude()
	whole := &ast.SchemaDocument{
		Schema:      doc.Schema,
		Directives:  slices.Concat(builtin.Directives, doc.Directives),
		Definitions: slices.Concat(builtin.Definitions, doc.Definitions),
		Extensions:  doc.Extensions,
	}
	types, err := validator.ValidateSchemaDocument(whole)
	if err != nil {
		return nil, fmt.Errorf("check schema: %w", err)
	}
	return &Schema{types: types}, nil
}

// ParseSchema reads a schema from text; name stands in errors.
func ParseSchema(name, sdl string) (*Schema, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: name, Input: sdl})
	if err != nil {
		return nil, fmt.Errorf("parse schema: %w", err)
	}
	return NewSchema(doc)
}

// SDL prints the schema as text, types sorted by name, without what every schema has.
func (s *Schema) SDL() string {
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(s.types)
	return b.String()
}

// Type returns the definition of a type, or nil. The caller does not change it.
func (s *Schema) Type(name string) *ast.Definition { return s.types.Types[name] }

// applies tells whether a fragment on condition takes part for nodes of a type.
func (s *Schema) applies(condition, typeName string) bool {
	if condition == "" || condition == typeName {
		return true
	}
	return slices.ContainsFunc(s.types.PossibleTypes[condition], func(d *ast.Definition) bool { return d.Name == typeName })
}

// root returns the root type of a kind of operation, or nil.
func (s *Schema) root(kind Kind) *ast.Definition {
	switch kind {
	case Mutation:
		return s.types.Mutation
	case Subscription:
		return s.types.Subscription
	}
	return s.types.Query
}
