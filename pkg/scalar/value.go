package scalar

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// A Value is one scalar value or null. The zero Value is null. Values compare
// with == and may be map keys; Json compares as text.
type Value struct {
	Type   Type
	Text   string  // String, ID, UUID (lower case), Enum; Json as JSON text; Decimal, Date
	Int    int64   // Int, Long; Boolean as 0 or 1; DateTime in ms since 1970, UTC
	Number float64 // Float
}

// Constructors, one per type.
func OfString(s string) Value   { return Value{Type: String, Text: s} }
func OfInt(n int64) Value       { return Value{Type: Int, Int: n} }
func OfLong(n int64) Value      { return Value{Type: Long, Int: n} }
func OfFloat(f float64) Value   { return Value{Type: Float, Number: f} }
func OfDateTime(ms int64) Value { return Value{Type: DateTime, Int: ms} }
func OfJSON(text string) Value  { return Value{Type: Json, Text: text} }
func OfID(id string) Value      { return Value{Type: ID, Text: id} }
func OfUUID(id string) Value    { return Value{Type: UUID, Text: strings.ToLower(id)} }
func OfEnum(name string) Value  { return Value{Type: Enum, Text: name} }

// OfBool returns a Boolean value.
func OfBool(b bool) Value {
	if b {
		return Value{Type: Boolean, Int: 1}
	}
	return Value{Type: Boolean}
}

// IsNull tells whether v is null.
func (v Value) IsNull() bool { return v.Type == Null }

// Bool returns a Boolean value as bool.
func (v Value) Bool() bool { return v.Int != 0 }

// String returns the value as messages of Prisma 1 print it: bare, without quotes.
func (v Value) String() string {
	switch v.Type {
	case Null:
		return "null"
	case Int, Long:
		return strconv.FormatInt(v.Int, 10)
	case Float:
		return string(AppendFloat(nil, v.Number))
	case Boolean:
		return strconv.FormatBool(v.Bool())
	case DateTime:
		return string(AppendDateTime(nil, v.Int))
	}
	return v.Text
}

// AppendJSON appends the value as it appears in answers of the data API.
func AppendJSON(b []byte, v Value) []byte {
	switch v.Type {
	case Null:
		return append(b, "null"...)
	case Int, Long:
		return strconv.AppendInt(b, v.Int, 10)
	case Float:
		return AppendFloat(b, v.Number)
	case Boolean:
		return strconv.AppendBool(b, v.Bool())
	case DateTime:
		b = append(b, '"')
		b = AppendDateTime(b, v.Int)
		return append(b, '"')
	case Json:
		return append(b, v.Text...)
	}
	return AppendQuoted(b, v.Text)
}

// AppendFloat appends f in plain notation without trailing zeros: 1.0 is 1,
// 1e21 is 1000000000000000000000 (play-json prints BigDecimals so). What is no
// number or infinite is null, for which JSON has no word: only foreign hands store it.
func AppendFloat(b []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// AppendPoint appends digits times ten to the power of exponent in plain
// notation. Where exponent is negative, digits do not end in 0.
func AppendPoint(b []byte, digits uint64, exponent int) []byte {
	start := len(b)
	b = strconv.AppendUint(b, digits, 10)
	if digits == 0 {
		return b
	}
	for range exponent {
		b = append(b, '0')
	}
	if exponent >= 0 {
		return b
	}
	for len(b)-start <= -exponent {
		b = slices.Insert(b, start, '0')
	}
	return slices.Insert(b, len(b)+exponent, '.')
}

// AppendDecimal appends the text of a decimal as a database prints it (digits,
// point, digits, perhaps an exponent) in the form of AppendFloat. Unlike a
// float64 it keeps every digit.
func AppendDecimal(b []byte, text string) []byte {
	if strings.ContainsAny(text, "eE") {
		f, _, err := big.ParseFloat(text, 10, 256, big.ToNearestEven)
		if err != nil {
			return append(b, text...)
		}
		return append(b, f.Text('f', -1)...)
	}
	if strings.Contains(text, ".") {
		text = strings.TrimRight(text, "0")
		text = strings.TrimSuffix(text, ".")
	}
	if text == "" || text == "-" || text == "-0" {
		return append(b, '0')
	}
	return append(b, text...)
}

const hex = "0123456789abcdef"

// AppendQuoted appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD; <, > and & stay as they are.
func AppendQuoted[T string | []byte](b []byte, s T) []byte {
	b = append(b, '"')
	start := 0
	for i := plain(s); i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < 0x80 {
			i++
			continue
		}
		if c < 0x80 {
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		size := runeSize(string(s[i:min(i+4, len(s))]))
		if size == 0 {
			b = append(b, s[start:i]...)
			b = append(b, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// plain returns how many bytes of s stand at least before one that is not written as
// it is. It looks at eight at a time: in each, the highest bit tells.
func plain[T string | []byte](s T) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, backslash := x^'"'*ones, x^'\\'*ones
		if (x|(x-' '*ones)|(quote-ones)|(backslash-ones))&high != 0 {
			return i
		}
	}
	return i
}
