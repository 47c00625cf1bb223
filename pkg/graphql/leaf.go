package graphql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

const notJSON = "Not valid JSON"

// JSONValue is the scalar of what can stand at a leaf of JSON: a string, a number or a Boolean.
const JSONValue = "PrismaJsonValue"

// literalLeaf coerces a literal to a scalar or enum; reason is "" when it fits.
// A scalar that is not known here takes strings.
func literalLeaf(def *ast.Definition, v *ast.Value) (value scalar.Value, reason string) {
	if def.Kind == ast.Enum {
		if v.Kind != ast.EnumValue {
			return value, "Enum value expected"
		}
		return enumValue(def, v.Raw)
	}
	text := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	switch def.Name {
	case "Int":
		if v.Kind != ast.IntValue {
			return value, "Int value expected"
		}
		return intValue(v.Raw, 32)
	case "Long":
		if v.Kind != ast.IntValue {
			return value, "Long value expected"
		}
		return long(intValue(v.Raw, 64))
	case "Decimal":
		if !text && v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
			return value, decimalExpected
		}
		return decimalValue(v.Raw)
	case "Float":
		if v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
			return value, "Float or Int value expected"
		}
		return floatValue(v.Raw)
	case "Boolean":
		if v.Kind != ast.BooleanValue {
			return value, "Boolean value expected"
		}
		return scalar.OfBool(v.Raw == "true"), ""
	case "ID":
		if !text && v.Kind != ast.IntValue {
			return value, "String or Int value expected"
		}
		return scalar.OfID(v.Raw), ""
	case "Json":
		if !text {
			return value, notJSON
		}
		return jsonValue([]byte(v.Raw))
	case JSONValue:
		switch v.Kind {
		case ast.BooleanValue:
			return scalar.OfBool(v.Raw == "true"), ""
		case ast.IntValue, ast.FloatValue:
			return floatValue(v.Raw)
		}
	}
	return textValue(def.Name, v.Raw, text)
}

// jsonLeaf coerces the next value of a JSON text.
func jsonLeaf(def *ast.Definition, r *jsonReader) (value scalar.Value, reason string) {
	first := r.peek()
	text, number := first == '"', first == '-' || first >= '0' && first <= '9'
	if def.Kind == ast.Enum {
		if !text {
			r.raw()
			return value, "Enum value expected"
		}
		return enumValue(def, r.shared())
	}
	switch def.Name {
	case "Int", "Long":
		raw := asString(r.raw())
		if !number {
			return value, def.Name + " value expected"
		}
		if def.Name == "Long" {
			return long(integralValue(raw, 64))
		}
		return integralValue(raw, 32)
	case "Decimal":
		if text {
			return decimalValue(r.shared())
		}
		raw := asString(r.raw())
		if !number {
			return value, decimalExpected
		}
		return decimalValue(raw)
	case "Float":
		raw := asString(r.raw())
		if !number {
			return value, "Float or Int value expected"
		}
		return floatValue(raw)
	case "Boolean":
		r.raw()
		if first != 't' && first != 'f' {
			return value, "Boolean value expected"
		}
		return scalar.OfBool(first == 't'), ""
	case "ID":
		if text {
			return scalar.OfID(r.shared()), ""
		}
		raw := asString(r.raw())
		if !number || strings.ContainsAny(raw, ".eE") {
			return value, "String or Int value expected"
		}
		return scalar.OfID(raw), ""
	case "Json":
		if first != '{' && first != '[' {
			r.raw()
			return value, notJSON
		}
		return jsonValue(r.raw())
	case JSONValue:
		switch {
		case first == 't' || first == 'f':
			r.raw()
			return scalar.OfBool(first == 't'), ""
		case number:
			return floatValue(asString(r.raw()))
		}
	}
	if !text {
		r.raw()
		return textValue(def.Name, "", false)
	}
	return textValue(def.Name, r.shared(), true)
}

func enumValue(def *ast.Definition, name string) (scalar.Value, string) {
	if def.EnumValues.ForName(name) != nil {
		return scalar.OfEnum(name), ""
	}
	known := make([]string, len(def.EnumValues))
	for i, v := range def.EnumValues {
		known[i] = v.Name
	}
	return scalar.Value{}, fmt.Sprintf("Enum value '%s' is undefined in enum type '%s'. Known values are: %s.",
		name, def.Name, strings.Join(known, ", "))
}

func intValue(text string, bits int) (scalar.Value, string) {
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return scalar.Value{}, "Value is too big to fit in Int"
	}
	return scalar.OfInt(n), ""
}

// integralValue reads a JSON number without fraction; 1.0 and 1e3 have none.
func integralValue(text string, bits int) (scalar.Value, string) {
	if !strings.ContainsAny(text, ".eE") {
		return intValue(text, bits)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) {
		return scalar.Value{}, "Int value expected"
	}
	if math.Abs(f) >= math.Ldexp(1, bits-1) {
		return scalar.Value{}, "Value is too big to fit in Int"
	}
	return scalar.OfInt(int64(f)), ""
}

// long makes an Int of 64 bits a Long.
func long(v scalar.Value, reason string) (scalar.Value, string) {
	if reason != "" {
		return v, "Value is too big to fit in Long"
	}
	return scalar.OfLong(v.Int), ""
}

const decimalExpected = "Decimal value expected, a number or a String with one"

func decimalValue(text string) (scalar.Value, string) {
	v, err := scalar.ParseDecimal(text)
	if err != nil {
		return v, decimalExpected + ": " + err.Error()
	}
	return v, ""
}

func floatValue(text string) (scalar.Value, string) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return scalar.Value{}, "Float or Int value is too big to fit in double"
	}
	return scalar.OfFloat(f), ""
}

// jsonValue reads JSON whose root is an object or a list; Prisma 1 could store
// nothing else.
func jsonValue(text []byte) (scalar.Value, string) {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil || b.Len() == 0 || b.Bytes()[0] != '{' && b.Bytes()[0] != '[' {
		return scalar.Value{}, notJSON
	}
	return scalar.OfJSON(b.String()), ""
}

// textValue reads the scalars that are written as strings.
func textValue(scalarName, text string, isText bool) (scalar.Value, string) {
	switch scalarName {
	case "DateTime":
		ms, err := scalar.ParseDateTime(text)
		if !isText || err != nil {
			return scalar.Value{}, "Date value expected"
		}
		return scalar.OfDateTime(ms), ""
	case "Date":
		day, err := scalar.ParseDate(text)
		if !isText || err != nil {
			return scalar.Value{}, "Date value expected: a Date is written as 2020-02-29"
		}
		return day, ""
	case "UUID":
		id, ok := parseUUID(text)
		if !isText || !ok {
			return scalar.Value{}, "This is not a valid type 4 UUID."
		}
		return scalar.OfUUID(id), ""
	}
	if !isText && scalarName == JSONValue {
		return scalar.Value{}, "String, number or Boolean value expected"
	}
	if !isText {
		return scalar.Value{}, "String value expected"
	}
	return scalar.OfString(text), ""
}

// parseUUID reads what java.util.UUID.fromString reads: five hexadecimal parts,
// each perhaps short of leading zeros. The version is not checked.
func parseUUID(text string) (string, bool) {
	parts := strings.Split(text, "-")
	if len(parts) != 5 {
		return "", false
	}
	widths := [...]int{8, 4, 4, 4, 12}
	for i, part := range parts {
		if part == "" || len(part) > widths[i] {
			return "", false
		}
		n, err := strconv.ParseUint(part, 16, 64)
		if err != nil {
			return "", false
		}
		parts[i] = fmt.Sprintf("%0*x", widths[i], n)
	}
	return strings.Join(parts, "-"), true
}
