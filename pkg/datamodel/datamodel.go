// Package datamodel turns the text of a datamodel into a schema and back, and says what is wrong with it.
//
//	text → Parse → *Document → Check → []Problem
//	                         → Infer → *schema.Schema → Render → text
//
// The language is Prisma 1's datamodel 1.1: GraphQL SDL with directives. After
// tells it from datamodel 1.0 (servers up to 1.30), which is read too.
package datamodel

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Problem is one mistake in a datamodel, or one thing to be warned of.
type Problem struct {
	Type         string // model, enum or relation table
	Field        string // "" when the problem is of the type
	Description  string // in Prisma 1's words where it had some
	Line, Column int    // 1-based, of the field, else of the type
}

// Rules are what a connector can, as far as it decides which datamodels are right.
type Rules struct {
	IntIDs    bool // ids of type Int
	UUIDs     bool // ids of type UUID
	Sequences bool // @id(strategy: SEQUENCE)

	Features []schema.Feature // that the service switches on
	Decimals bool             // exact decimal numbers

	FoldedNames bool // names of tables and columns that differ in case are the same
	Adopted     bool // tables are there already (noMigration): two models may share one

	Names      Names          // of tables and columns
	MaxColumns int            // of a table; 0 for any number
	Deployed   *schema.Schema // of the last deploy, nil for none: names that it has may stay
}

// A Document is a parsed datamodel. It does not change; goroutines may share it.
type Document struct {
	types []*typeDef // in the order of the text
	enums []*enumDef

	typeByName map[string]*typeDef // the first of a name
	enumByName map[string]*enumDef
	relations  []*fieldDef // of all models

	written *Document // as it stands in the text when that is datamodel 1.0, else nil
	adopts  bool      // says words of 1.0 for tables that were not made by a deploy
	last    *Document // the text of the last deploy, nil when there is none
}

// Parse reads the text of a datamodel. Interfaces, unions, inputs, scalars and
// extensions may stand in it and are not looked at, as in Prisma 1.
func Parse(text string) (*Document, *SyntaxError) {
	sdl, err := parser.ParseSchema(&ast.Source{Input: text})
	if err != nil {
		return nil, syntaxError(text, err)
	}
	if isEmpty(sdl) {
		return nil, emptyError(text)
	}
	d := &Document{typeByName: map[string]*typeDef{}, enumByName: map[string]*enumDef{}}
	for _, def := range sdl.Definitions {
		switch def.Kind {
		case ast.Object:
			d.addType(def)
		case ast.Enum:
			d.addEnum(def)
		}
	}
	d.relate()
	return d, nil
}

func isEmpty(sdl *ast.SchemaDocument) bool {
	return len(sdl.Definitions)+len(sdl.Extensions)+len(sdl.Schema)+len(sdl.SchemaExtension)+len(sdl.Directives) == 0
}

// A position is where something stands in the text, 1-based.
type position struct{ line, column int }

func positionOf(p *ast.Position) position {
	if p == nil {
		return position{1, 1}
	}
	return position{p.Line, p.Column}
}

// A typeDef is one type of the text: a model or the table of a relation.
type typeDef struct {
	doc        *Document
	name       string
	at         position
	start      int // of the name, in characters
	directives ast.DirectiveList
	fields     []*fieldDef

	relations []*fieldDef                 // of fields, those that lead to a type
	leading   map[relationEnd][]*fieldDef // relations by where they lead
}

// A relationEnd is where relation fields of a type lead.
type relationEnd struct {
	target string
	name   string // of the relation as the fields say it; "" for all that lead to target
}

// A fieldDef is one field of a type of the text.
type fieldDef struct {
	name       string
	owner      *typeDef
	at         position
	typeName   string // without modifiers
	typeText   string // as written: [Post!]!
	list       bool
	required   bool // never with list
	hidden     bool // not in the text: a field that every model of datamodel 1.0 has
	relation   bool // leads to a type of the text
	directives ast.DirectiveList
}

// An enumDef is one enum of the text.
type enumDef struct {
	name       string
	at         position
	directives ast.DirectiveList
	values     []string
}

func (d *Document) addType(def *ast.Definition) {
	t := &typeDef{doc: d, name: def.Name, at: positionOf(def.Position), start: def.Position.Start, directives: def.Directives}
	for _, f := range def.Fields {
		t.fields = append(t.fields, &fieldDef{
			name: f.Name, owner: t, at: positionOf(f.Position),
			typeName: f.Type.Name(), typeText: f.Type.String(),
			list: f.Type.Elem != nil, required: f.Type.Elem == nil && f.Type.NonNull,
			directives: f.Directives,
		})
	}
	d.types = append(d.types, t)
	if d.typeByName[t.name] == nil {
		d.typeByName[t.name] = t
	}
}

func (d *Document) addEnum(def *ast.Definition) {
	e := &enumDef{name: def.Name, at: positionOf(def.Position), directives: def.Directives}
	for _, v := range def.EnumValues {
		e.values = append(e.values, v.Name)
	}
	d.enums = append(d.enums, e)
	if d.enumByName[e.name] == nil {
		d.enumByName[e.name] = e
	}
}

// models returns the types that are stored as models, in the order of the text.
func (d *Document) models() []*typeDef {
	return slices.DeleteFunc(slices.Clone(d.types), (*typeDef).isRelationTable)
}

// relationTables returns the types that describe the table of a relation.
func (d *Document) relationTables() []*typeDef {
	return slices.DeleteFunc(slices.Clone(d.types), func(t *typeDef) bool { return !t.isRelationTable() })
}

// isRelationTable tells whether the type describes the table of a relation.
// @linkTable is what Prisma 1.30 called @relationTable while 1.1 was tried out.
func (t *typeDef) isRelationTable() bool {
	return t.directives.ForName("relationTable") != nil || t.directives.ForName("linkTable") != nil
}

func (t *typeDef) isEmbedded() bool { return t.directives.ForName("embedded") != nil }

// isEnum tells whether the field holds values of an enum.
func (d *Document) isEnum(f *fieldDef) bool {
	_, isScalar := f.scalarType()
	return !isScalar && d.enumByName[f.typeName] != nil
}

// relate finds the fields that lead to a type of the text, once all types are known.
func (d *Document) relate() {
	for _, t := range d.types {
		t.leading = map[relationEnd][]*fieldDef{}
		for _, f := range t.fields {
			_, isScalar := f.scalarType()
			f.relation = !isScalar && d.enumByName[f.typeName] == nil && d.typeByName[f.typeName] != nil
			if f.relation {
				t.relations = append(t.relations, f)
				end := relationEnd{f.typeName, ""}
				t.leading[end] = append(t.leading[end], f)
				if end.name = f.relationName(); end.name != "" {
					t.leading[end] = append(t.leading[end], f)
				}
			}
		}
	}
	d.adopts = d.adopts || d.names10Tables()
	for _, t := range d.models() {
		d.relations = append(d.relations, t.relations...)
	}
}

// isRelation tells whether the field leads to a type of the text.
func (d *Document) isRelation(f *fieldDef) bool { return f.relation }

// argument returns an argument's value as text, whatever its kind, and whether
// it is there: link: INLINE and link: "INLINE" are the same to Prisma 1.
func argument(directives ast.DirectiveList, directive, name string) (string, bool) {
	value := argumentValue(directives, directive, name)
	if value == nil || !isSingle(value) {
		return "", false
	}
	return value.Raw, true
}

func argumentValue(directives ast.DirectiveList, directive, name string) *ast.Value {
	found := directives.ForName(directive)
	if found == nil {
		return nil
	}
	arg := found.Arguments.ForName(name)
	if arg == nil {
		return nil
	}
	return arg.Value
}

func isSingle(value *ast.Value) bool {
	switch value.Kind {
	case ast.ListValue, ast.ObjectValue, ast.NullValue, ast.Variable:
		return false
	}
	return true
}

func isString(value *ast.Value) bool {
	return value.Kind == ast.StringValue || value.Kind == ast.BlockValue
}

// located returns a parser's message and the place it speaks of. Of a string of
// several lines the parser tells a column before the first.
func located(err error) (string, position) {
	if e, ok := err.(*gqlerror.Error); ok && len(e.Locations) > 0 {
		return e.Message, position{max(e.Locations[0].Line, 1), max(e.Locations[0].Column, 1)}
	}
	return err.Error(), position{1, 1}
}
