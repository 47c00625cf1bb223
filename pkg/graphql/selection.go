package graphql

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// A Selection is an operation with its variables: what a request asks for.
type Selection struct {
	Kind     Kind
	TypeName string // of the root type

	schema    *Schema
	limits    Limits
	text      string // of the document
	variables map[string]Input
	set       ast.SelectionSet
	allowance *Allowance // nil until something is asked about the schema
}

// Allow makes the selection share what a request may get about the schema.
func (s *Selection) Allow(a *Allowance) { s.allowance = a }

// allowed returns what may still be answered about the schema.
func (s *Selection) allowed() *Allowance {
	if s.allowance == nil {
		s.allowance = NewAllowance(s.limits.Introspection)
	}
	return s.allowance
}

// Copy returns a selection that its caller may keep: forget makes it forget
// the variables, which may be large.
func (s *Selection) Copy() (copied *Selection, forget func()) {
	c := *s
	return &c, func() { c.variables, c.allowance = nil, nil }
}

// Fields returns the root fields in the order of the text: fragments are spread,
// @skip and @include are applied, fields of one key are merged.
func (s *Selection) Fields() []Field { return s.collect([]ast.SelectionSet{s.set}, s.TypeName) }

// A Field is one field of an answer. Where the text has it several times, it
// stands at the first place and selects what all of them select.
type Field struct {
	Key    string    // in the answer: the alias, or the name
	Name   string    // in the schema; also __typename, __schema and __type
	Type   *ast.Type // as the schema declares it
	Line   int       // 1-based
	Column int       // 1-based

	selection *Selection
	node      *ast.Field
	sets      []ast.SelectionSet
}

// Argument returns the value of an argument: the given one, the default, or the
// zero Input.
func (f Field) Argument(name string) Input {
	if f.node.Definition == nil {
		return Input{}
	}
	definition := f.node.Definition.Arguments.ForName(name)
	if definition == nil {
		return Input{}
	}
	c := coercion{schema: f.selection.schema, variables: f.selection.variables, maxDepth: f.selection.limits.ValueDepth}
	if given := f.node.Arguments.ForName(name); given != nil {
		if value := c.literal(given.Value, definition.Type); value.Given() {
			return value
		}
	}
	if definition.DefaultValue != nil {
		return c.literal(definition.DefaultValue, definition.Type)
	}
	return Input{}
}

// Fields returns what the field selects of a node of an object type.
func (f Field) Fields(typeName string) []Field {
	return f.selection.collect(f.sets, typeName)
}

// HasSelection tells whether the field selects fields, that is, whether its type
// is an object, an interface or a union.
func (f Field) HasSelection() bool { return len(f.sets) > 0 }

// collect merges selection sets for nodes of one type.
func (s *Selection) collect(sets []ast.SelectionSet, typeName string) []Field {
	c := collector{selection: s, typeName: typeName}
	for _, set := range sets {
		c.add(set)
	}
	return c.fields
}

// A collector gathers the fields of one answer object.
type collector struct {
	selection *Selection
	typeName  string
	fields    []Field
	index     map[string]int // position by key, once there are many fields
	seen      []string       // fragments already spread
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if c.included(selection.Directives) {
				c.field(selection)
			}
		case *ast.InlineFragment:
			if c.included(selection.Directives) && c.selection.schema.applies(selection.TypeCondition, c.typeName) {
				c.add(selection.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.included(selection.Directives) {
				c.spread(selection)
			}
		}
	}
}

func (c *collector) spread(spread *ast.FragmentSpread) {
	if slices.Contains(c.seen, spread.Name) {
		return
	}
	c.seen = append(c.seen, spread.Name)
	if c.selection.schema.applies(spread.Definition.TypeCondition, c.typeName) {
		c.add(spread.Definition.SelectionSet)
	}
}

func (c *collector) field(node *ast.Field) {
	if i := c.find(node.Alias); i >= 0 {
		if node.SelectionSet != nil {
			f := &c.fields[i]
			f.sets = append(f.sets, node.SelectionSet)
		}
		return
	}
	f := Field{Key: node.Alias, Name: node.Name, Line: node.Position.Line, Column: node.Position.Column, selection: c.selection, node: node}
	if node.Definition != nil {
		f.Type = node.Definition.Type
	}
	if node.SelectionSet != nil {
		f.sets = []ast.SelectionSet{node.SelectionSet}
	}
	if c.index != nil {
		c.index[f.Key] = len(c.fields)
	}
	c.fields = append(c.fields, f)
}

// find returns the position of a key, -1 when it is new.
func (c *collector) find(key string) int {
	if c.index == nil && len(c.fields) >= 16 {
		c.index = make(map[string]int, 2*len(c.fields))
		for i := range c.fields {
			c.index[c.fields[i].Key] = i
		}
	}
	if c.index != nil {
		if i, ok := c.index[key]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(c.fields, func(f Field) bool { return f.Key == key })
}

// included applies @skip and @include.
func (c *collector) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		condition := d.Arguments.ForName("if")
		if condition == nil {
			continue
		}
		co := coercion{schema: c.selection.schema, variables: c.selection.variables}
		value := co.literal(condition.Value, ast.NonNullNamedType("Boolean", nil)).Value.Bool()
		if value == (d.Name == "skip") {
			return false
		}
	}
	return true
}
