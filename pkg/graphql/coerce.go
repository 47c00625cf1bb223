package graphql

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// A violation is one reason for which a value does not fit its type.
type violation struct {
	path   string          // a.b[0].c inside the value, "" for the value itself
	reason string          // in the words of Sangria, which clients match on
	at     []*ast.Position // of the value and of the members that lead to the mistake; nil in JSON
}

// String is the violation as messages give it.
func (v violation) String() string {
	if v.path == "" {
		return v.reason
	}
	return "'" + v.path + "' " + v.reason
}

// code is that of the limit which the value exceeds, 0 when it exceeds none.
func (v violation) code() fault.Code {
	if v.reason == reasonTooDeep {
		return fault.ValueTooDeep
	}
	return 0
}

// A coercion turns one value into Input and collects what is wrong with it.
// Literals and JSON take the same way; they differ in how a node is read.
type coercion struct {
	schema     *Schema
	variables  map[string]Input // nil while a document is checked
	maxDepth   int
	depth      int
	values     int // that were read from JSON
	mostValues int
	path       []string
	at         []*ast.Position
	violations []violation
}

const (
	reasonNull    = "Expected non-null value, found null."
	reasonTooDeep = "Value is nested too deeply."
)

func (c *coercion) fail(reason string) Input {
	if len(c.violations) == mostErrors {
		return Input{}
	}
	at := make([]*ast.Position, len(c.at))
	copy(at, c.at)
	c.violations = append(c.violations, violation{path: strings.Join(c.path, ""), reason: reason, at: at})
	return Input{}
}

// inside calls f with one more part of the path.
func (c *coercion) inside(part string, f func()) {
	if part != "[0]" && len(c.path) > 0 {
		part = "." + part
	}
	c.path = append(c.path, part)
	f()
	c.path = c.path[:len(c.path)-1]
}

// descend reports whether the value may go one level deeper; ascend follows then.
func (c *coercion) descend() bool {
	if c.depth >= c.maxDepth {
		c.fail(reasonTooDeep)
		return false
	}
	c.depth++
	return true
}

// literal coerces a value of a query text.
func (c *coercion) literal(v *ast.Value, t *ast.Type) Input {
	if v.Kind == ast.Variable {
		return c.variables[v.Raw]
	}
	if len(c.at) == 0 && v.Position != nil {
		c.at = append(c.at, v.Position)
	}
	switch {
	case v.Kind == ast.NullValue && t.NonNull:
		return c.fail(reasonNull)
	case v.Kind == ast.NullValue:
		return Input{Kind: NullInput}
	case t.Elem != nil:
		return c.literalList(v, t.Elem)
	}
	def := c.schema.types.Types[t.NamedType]
	switch {
	case def == nil:
		return c.fail("Unknown type '" + t.NamedType + "'.")
	case def.Kind == ast.InputObject:
		return c.literalObject(v, def)
	}
	value, reason := literalLeaf(def, v)
	if reason != "" {
		return c.fail(reason)
	}
	return Input{Kind: Leaf, Value: value}
}

func (c *coercion) literalList(v *ast.Value, elem *ast.Type) Input {
	if v.Kind != ast.ListValue {
		return Input{Kind: List, Items: []Input{c.literal(v, elem)}}
	}
	if !c.descend() {
		return Input{}
	}
	list := Input{Kind: List, Items: make([]Input, 0, len(v.Children))}
	for _, child := range v.Children {
		c.inside("[0]", func() { list.Items = append(list.Items, c.item(c.literal(child.Value, elem), elem)) })
	}
	c.depth--
	return list
}

// item makes null of a variable without value inside a list.
func (c *coercion) item(i Input, elem *ast.Type) Input {
	if i.Kind != Absent || c.variables == nil {
		return i
	}
	if elem.NonNull {
		return c.fail(reasonNull)
	}
	return Input{Kind: NullInput}
}

func (c *coercion) literalObject(v *ast.Value, def *ast.Definition) Input {
	if v.Kind != ast.ObjectValue {
		return c.fail(notAnObject(def))
	}
	if !c.descend() {
		return Input{}
	}
	object := objectInput{c: c, def: def}
	for _, child := range v.Children {
		if child.Position != nil {
			c.at = append(c.at, child.Position)
		}
		object.member(child.Name, func(t *ast.Type) Input { return c.literal(child.Value, t) }, child.Value.Kind == ast.Variable)
		if child.Position != nil {
			c.at = c.at[:len(c.at)-1]
		}
	}
	c.depth--
	return object.finish()
}

// errTooMany ends the reading of JSON that has more values than it may.
var errTooMany = errors.New("too many values")

// enough ends the reading once there are too many values.
func (c *coercion) enough() error {
	if c.values > c.mostValues {
		return errTooMany
	}
	return nil
}

// another counts a value inside a list or an object of JSON.
func (c *coercion) another() error {
	c.values++
	return c.enough()
}

// json coerces the next value of a JSON text.
func (c *coercion) json(r *jsonReader, t *ast.Type) Input {
	null := r.peek() == 'n'
	switch {
	case null && t.NonNull:
		r.raw()
		return c.fail(reasonNull)
	case null:
		r.raw()
		return Input{Kind: NullInput}
	case t.Elem != nil:
		return c.jsonList(r, t.Elem)
	}
	def := c.schema.types.Types[t.NamedType]
	switch {
	case def == nil:
		r.raw()
		return c.fail("Unknown type '" + t.NamedType + "'.")
	case def.Kind == ast.InputObject:
		return c.jsonObject(r, def)
	}
	value, reason := jsonLeaf(def, r)
	if reason != "" {
		return c.fail(reason)
	}
	return Input{Kind: Leaf, Value: value}
}

// countedDepth is how deep lists are counted before they are read, so that a
// large one is not copied to grow. Further down that would take too long.
const countedDepth = 4

func (c *coercion) jsonList(r *jsonReader, elem *ast.Type) Input {
	if r.peek() != '[' {
		return Input{Kind: List, Items: []Input{c.json(r, elem)}}
	}
	if !c.descend() {
		r.raw()
		return Input{}
	}
	list := Input{Kind: List, Items: []Input{}}
	if c.depth <= countedDepth {
		left := c.mostValues - c.values
		if def := c.schema.types.Types[elem.Name()]; def != nil && def.Kind == ast.InputObject {
			left /= 2 // with a member each
		}
		list.Items = make([]Input, 0, min(r.items(), left))
	}
	_ = r.array(func() error {
		if err := c.another(); err != nil {
			return err
		}
		c.inside("[0]", func() { list.Items = append(list.Items, c.json(r, elem)) })
		return c.enough()
	})
	c.depth--
	return list
}

func (c *coercion) jsonObject(r *jsonReader, def *ast.Definition) Input {
	if r.peek() != '{' {
		r.raw()
		return c.fail(notAnObject(def))
	}
	if !c.descend() {
		r.raw()
		return Input{}
	}
	object := objectInput{c: c, def: def}
	_ = r.object(func(key string) error {
		if err := c.another(); err != nil {
			return err
		}
		read := false
		object.member(key, func(t *ast.Type) Input { read = true; return c.json(r, t) }, false)
		if !read {
			r.raw()
		}
		return c.enough()
	})
	c.depth--
	return object.finish()
}

func notAnObject(def *ast.Definition) string {
	return "Expected '" + def.Name + "', found not an object."
}

// An objectInput collects the members of one input object.
type objectInput struct {
	c       *coercion
	def     *ast.Definition
	members []InputField
}

// member adds a member; a variable without value leaves it out. A repeated key
// (possible in JSON) replaces the earlier one.
func (o *objectInput) member(name string, value func(*ast.Type) Input, variable bool) {
	field := o.def.Fields.ForName(name)
	o.c.inside(name, func() {
		if field == nil {
			o.c.fail("Field '" + name + "' is not defined in the input type '" + o.def.Name + "'.")
			return
		}
		input := value(field.Type)
		if variable && input.Kind == Absent && o.c.variables != nil {
			return
		}
		for i := range o.members {
			if o.members[i].Name == name {
				o.members[i].Value = input
				return
			}
		}
		o.members = append(o.members, InputField{Name: name, Value: input})
	})
}

// finish adds defaults and reports required members that are missing.
func (o *objectInput) finish() Input {
	object := Input{Kind: Object, Fields: o.members}
	for _, field := range o.def.Fields {
		if field.DefaultValue == nil && !field.Type.NonNull || o.has(field.Name) {
			continue
		}
		o.c.inside(field.Name, func() {
			if field.DefaultValue == nil {
				o.c.fail(reasonNull)
				return
			}
			value := o.c.literal(field.DefaultValue, field.Type)
			object.Fields = append(object.Fields, InputField{Name: field.Name, Value: value})
		})
	}
	return object
}

func (o *objectInput) has(name string) bool {
	for i := range o.members {
		if o.members[i].Name == name {
			return true
		}
	}
	return false
}
