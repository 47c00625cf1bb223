package datamodel

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// defaultValue returns the value of @default, null when there is none.
func (f *fieldDef) defaultValue(field *schema.Field) scalar.Value {
	literal := argumentValue(f.directives, "default", "value")
	if literal == nil || field.List {
		return scalar.Value{}
	}
	if field.Enum != nil {
		if literal.Kind != ast.EnumValue || !slices.Contains(field.Enum.Values, literal.Raw) {
			return scalar.Value{}
		}
		return scalar.OfEnum(literal.Raw)
	}
	value, ok := parseDefault(field.Type, literal)
	if !ok {
		return scalar.Value{}
	}
	return value
}

// parseDefault reads a literal as a value of a type; false when it is none.
// Dates, JSON and the range of Int are looked into, where Prisma 1 failed later
// or wrapped the number.
func parseDefault(t scalar.Type, literal *ast.Value) (scalar.Value, bool) {
	switch {
	case t == scalar.String && isString(literal):
		return scalar.OfString(literal.Raw), true
	case t == scalar.Int && literal.Kind == ast.IntValue:
		n, err := strconv.ParseInt(literal.Raw, 10, 32)
		return scalar.OfInt(n), err == nil
	case t == scalar.Long && literal.Kind == ast.IntValue:
		n, err := strconv.ParseInt(literal.Raw, 10, 64)
		return scalar.OfLong(n), err == nil
	case t == scalar.Decimal && (isString(literal) || literal.Kind == ast.IntValue || literal.Kind == ast.FloatValue):
		v, err := scalar.ParseDecimal(literal.Raw)
		return v, err == nil
	case t == scalar.Date && isString(literal):
		v, err := scalar.ParseDate(literal.Raw)
		return v, err == nil
	case t == scalar.Float && (literal.Kind == ast.IntValue || literal.Kind == ast.FloatValue):
		n, err := strconv.ParseFloat(literal.Raw, 64)
		return scalar.OfFloat(n), err == nil
	case t == scalar.Boolean && literal.Kind == ast.BooleanValue:
		return scalar.OfBool(literal.Raw == "true"), true
	case t == scalar.DateTime && isString(literal):
		ms, err := scalar.ParseDateTime(literal.Raw)
		return scalar.OfDateTime(ms), err == nil
	case t == scalar.Json && isString(literal):
		var compact bytes.Buffer
		err := json.Compact(&compact, []byte(literal.Raw))
		return scalar.OfJSON(compact.String()), err == nil
	}
	return scalar.Value{}, false
}

func intArgument(directives ast.DirectiveList, directive, name string) (int64, bool) {
	literal := argumentValue(directives, directive, name)
	if literal == nil || literal.Kind != ast.IntValue {
		return 0, false
	}
	n, err := strconv.ParseInt(literal.Raw, 10, 64)
	return n, err == nil
}

// literalText returns a literal as SDL text.
func literalText(v *ast.Value) string {
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		return string(scalar.AppendQuoted(nil, v.Raw))
	case ast.ListValue:
		var items []string
		for _, child := range v.Children {
			items = append(items, literalText(child.Value))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case ast.ObjectValue:
		var fields []string
		for _, child := range v.Children {
			fields = append(fields, child.Name+": "+literalText(child.Value))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case ast.Variable:
		return "$" + v.Raw
	}
	return v.Raw
}
