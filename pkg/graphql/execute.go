package graphql

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A Resolver answers the fields of one object of an answer.
//
// Field returns nil for null, a string (also for enums), bool, int, int64,
// float64, scalar.Value, json.RawMessage, Resolver, []string, or []any of these.
// __typename, __schema and __type are not asked for.
type Resolver interface {
	TypeName() string
	Field(ctx context.Context, f Field) (any, error)
}

// A Record is a Resolver whose values are known beforehand, by field name. A
// field without value is null.
type Record struct {
	Type   string
	Values map[string]any
}

// TypeName returns the record's type.
func (r Record) TypeName() string { return r.Type }

// Field returns the record's value.
func (r Record) Field(_ context.Context, f Field) (any, error) { return r.Values[f.Name], nil }

// Functions is a Resolver with a function per field; it serves as root.
type Functions struct {
	Type   string
	Fields map[string]func(ctx context.Context, f Field) (any, error)
}

// TypeName returns the object's type.
func (r Functions) TypeName() string { return r.Type }

// Field calls the function of the field.
func (r Functions) Field(ctx context.Context, f Field) (any, error) {
	resolve := r.Fields[f.Name]
	if resolve == nil {
		return nil, fmt.Errorf("no resolver for field %s.%s", r.Type, f.Name)
	}
	return resolve(ctx, f)
}

// ListOf turns a slice into the list a Field returns.
func ListOf[T any](items []T, value func(T) any) []any {
	list := make([]any, len(items))
	for i, item := range items {
		list[i] = value(item)
	}
	return list
}

// Execute answers a selection field by field, in the order of the text. A null
// where the schema wants a value makes the surrounding object null; the fields
// after it are not asked then, which is what mutations need. failure turns the
// error of a field into an entry of errors; its place is filled in here. data is
// nil when it is null.
//
// It is meant for schemas with few fields; nothing is batched.
func Execute(ctx context.Context, s *Selection, root Resolver, failure func(error) *Error) (data []byte, errs Errors) {
	x := &execution{ctx: ctx, schema: s.schema, failure: failure, root: s.Kind == Query}
	data, ok := x.fields(nil, root, s.Fields())
	if !ok {
		return nil, x.errs
	}
	return data, x.errs
}

type execution struct {
	ctx     context.Context
	schema  *Schema
	failure func(error) *Error
	root    bool // the object at hand is the query root
	path    Path
	errs    Errors
	most    int // bytes after which the answer is given up, 0 for no bound
	full    bool
	known   map[selected][]Field // selections met before; lists ask for the same one again and again
}

// selected is a field's selection for a type.
type selected struct {
	node     *ast.Field
	typeName string
}

// below returns what f selects of a type.
func (x *execution) below(f Field, typeName string) []Field {
	if len(f.sets) != 1 { // merged fields: the node alone does not tell which
		return f.Fields(typeName)
	}
	key := selected{f.node, typeName}
	fields, ok := x.known[key]
	if !ok {
		fields = f.Fields(typeName)
		if x.known == nil {
			x.known = map[selected][]Field{}
		}
		x.known[key] = fields
	}
	return fields
}

// fields appends an object; ok is false when it must be null.
func (x *execution) fields(b []byte, o Resolver, fields []Field) ([]byte, bool) {
	root := x.root
	x.root = false
	b = append(b, '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = scalar.AppendQuoted(b, f.Key)
		b = append(b, ':')
		x.path.Key(f.Key)
		var ok bool
		b, ok = x.field(b, o, f, root)
		x.path.Back()
		x.full = x.full || x.most > 0 && len(b) > x.most
		if !ok || x.full {
			return b, false
		}
	}
	return append(b, '}'), true
}

func (x *execution) field(b []byte, o Resolver, f Field, root bool) ([]byte, bool) {
	switch {
	case f.Name == "__typename":
		return scalar.AppendQuoted(b, o.TypeName()), true
	case root && (f.Name == "__schema" || f.Name == "__type"):
		answer, err := x.schema.Introspect(f)
		if err != nil {
			return x.null(b, f, f.Type, err)
		}
		return append(b, answer...), true
	}
	value, err := o.Field(x.ctx, f)
	if err != nil {
		return x.null(b, f, f.Type, err)
	}
	return x.value(b, f, f.Type, value)
}

// null appends null, or reports that the surrounding object must be null.
func (x *execution) null(b []byte, f Field, t *ast.Type, err error) ([]byte, bool) {
	if err == nil && t.NonNull {
		err = fmt.Errorf("null for field %s of type %s", f.Name, t)
	}
	if err != nil {
		e := x.failure(err)
		e.Path, e.Line, e.Column = x.path.Copy(), f.Line, f.Column
		x.errs = append(x.errs, e)
	}
	return append(b, "null"...), !t.NonNull
}

func (x *execution) value(b []byte, f Field, t *ast.Type, value any) ([]byte, bool) {
	switch value := value.(type) {
	case nil:
		return x.null(b, f, t, nil)
	case []string:
		return x.list(b, f, t, ListOf(value, func(s string) any { return s }))
	case []any:
		return x.list(b, f, t, value)
	case Resolver:
		start := len(b)
		b, ok := x.fields(b, value, x.below(f, value.TypeName()))
		if x.full {
			return b, false
		}
		if !ok {
			return append(b[:start], "null"...), !t.NonNull
		}
		return b, true
	case scalar.Value:
		if value.IsNull() {
			return x.null(b, f, t, nil)
		}
		return scalar.AppendJSON(b, value), true
	}
	b, err := appendScalar(b, value)
	if err != nil {
		return x.null(b, f, t, err)
	}
	return b, true
}

// largeAnswer is the size in bytes from which the room for an answer is doubled.
const largeAnswer = 1 << 20

// room doubles the room of a large answer when it gets scarce, up to its bound.
// A quarter at a time, as append does, would leave four times as much behind.
func (x *execution) room(b []byte) []byte {
	if len(b) < largeAnswer || cap(b)-len(b) > largeAnswer/8 {
		return b
	}
	more := len(b)
	if x.most > 0 {
		more = min(more, max(x.most-len(b), 0)+largeAnswer/4)
	}
	return slices.Grow(b, more)
}

func (x *execution) list(b []byte, f Field, t *ast.Type, items []any) ([]byte, bool) {
	if t.Elem == nil {
		return x.null(b, f, t, fmt.Errorf("a list for field %s of type %s", f.Name, t))
	}
	start := len(b)
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = x.room(b)
		x.path.Index(i)
		var ok bool
		b, ok = x.value(b, f, t.Elem, item)
		x.path.Back()
		if x.full {
			return b, false
		}
		if !ok {
			return append(b[:start], "null"...), !t.NonNull
		}
	}
	return append(b, ']'), true
}

func appendScalar(b []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case string:
		return scalar.AppendQuoted(b, value), nil
	case bool:
		return strconv.AppendBool(b, value), nil
	case int:
		return strconv.AppendInt(b, int64(value), 10), nil
	case int64:
		return strconv.AppendInt(b, value, 10), nil
	case float64:
		return scalar.AppendFloat(b, value), nil
	case json.RawMessage:
		return append(b, value...), nil
	}
	return b, fmt.Errorf("no value of an answer: %T", value)
}
