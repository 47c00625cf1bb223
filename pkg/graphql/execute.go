package graphql

import (
	"context"
	"encoding/json"
	"fmt"
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
	if !x.fields(root, s.Fields()) {
		return nil, x.errs
	}
	return x.json.Bytes(), x.errs
}

type execution struct {
	ctx     context.Context
	schema  *Schema
	failure func(error) *Error
	json    Sheets
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

func (x *execution) text(text string) { x.json.Sheet = append(x.json.Sheet, text...) }

// fields writes an object; false when it must be null.
func (x *execution) fields(o Resolver, fields []Field) bool {
	root := x.root
	x.root = false
	x.text("{")
	for i, f := range fields {
		if i > 0 {
			x.text(",")
		}
		x.json.Sheet = append(scalar.AppendQuoted(x.json.Sheet, f.Key), ':')
		x.path.Key(f.Key)
		ok := x.field(o, f, root)
		x.path.Back()
		x.full = x.full || x.most > 0 && x.json.Len() > x.most
		if !ok || x.full {
			return false
		}
	}
	x.text("}")
	return true
}

func (x *execution) field(o Resolver, f Field, root bool) bool {
	switch {
	case f.Name == "__typename":
		x.json.Sheet = scalar.AppendQuoted(x.json.Sheet, o.TypeName())
		return true
	case root && (f.Name == "__schema" || f.Name == "__type"):
		answer, err := x.schema.Introspect(f)
		if err != nil {
			return x.null(f, f.Type, err)
		}
		x.json.Append(answer)
		return true
	}
	value, err := o.Field(x.ctx, f)
	if err != nil {
		return x.null(f, f.Type, err)
	}
	return x.value(f, f.Type, value)
}

// null writes null, or reports that the surrounding object must be null.
func (x *execution) null(f Field, t *ast.Type, err error) bool {
	if err == nil && t.NonNull {
		err = fmt.Errorf("null for field %s of type %s", f.Name, t)
	}
	if err != nil {
		e := x.failure(err)
		e.Path, e.Line, e.Column = x.path.Copy(), f.Line, f.Column
		x.errs = append(x.errs, e)
	}
	x.text("null")
	return !t.NonNull
}

// nullSince writes null over what stands behind a mark.
func (x *execution) nullSince(start SheetMark, t *ast.Type) bool {
	if !x.full {
		x.json.Back(start)
		x.text("null")
	}
	return !t.NonNull && !x.full
}

func (x *execution) value(f Field, t *ast.Type, value any) bool {
	switch value := value.(type) {
	case nil:
		return x.null(f, t, nil)
	case []string:
		return x.list(f, t, ListOf(value, func(s string) any { return s }))
	case []any:
		return x.list(f, t, value)
	case Resolver:
		start := x.json.Mark()
		return x.fields(value, x.below(f, value.TypeName())) || x.nullSince(start, t)
	case scalar.Value:
		if value.IsNull() {
			return x.null(f, t, nil)
		}
		x.json.Sheet = scalar.AppendJSON(x.json.Sheet, value)
		return true
	}
	var err error
	if x.json.Sheet, err = appendScalar(x.json.Sheet, value); err != nil {
		return x.null(f, t, err)
	}
	return true
}

func (x *execution) list(f Field, t *ast.Type, items []any) bool {
	if t.Elem == nil {
		return x.null(f, t, fmt.Errorf("a list for field %s of type %s", f.Name, t))
	}
	start := x.json.Mark()
	x.text("[")
	for i, item := range items {
		if i > 0 {
			x.text(",")
		}
		x.json.Turn()
		x.path.Index(i)
		ok := x.value(f, t.Elem, item)
		x.path.Back()
		if !ok || x.full {
			return x.nullSince(start, t)
		}
	}
	x.text("]")
	return true
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
