package connector

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A postgresCell is one value as PostgreSQL sent it: binary where the driver
// knows the type, text otherwise. nil bytes are null.
type postgresCell struct {
	oid    uint32
	binary bool
	bytes  []byte // valid until the next row
}

// epoch is where PostgreSQL counts from, 2000-01-01, in microseconds since 1970.
const epoch = 946_684_800_000_000

// value returns the cell as a value of type t.
func (c postgresCell) value(t scalar.Type) (scalar.Value, error) {
	if c.bytes == nil {
		return scalar.Value{}, nil
	}
	switch t {
	case scalar.Int, scalar.Long, scalar.Boolean, scalar.DateTime:
		n, err := c.whole()
		return scalar.Value{Type: t, Int: n}, err
	case scalar.Float:
		n, err := c.number()
		return scalar.OfFloat(n), err
	}
	text, err := c.appendText(nil)
	return scalar.Value{Type: t, Text: string(text)}, err
}

// appendJSON appends the cell as the data API prints it.
func (c postgresCell) appendJSON(b []byte, t scalar.Type) ([]byte, error) {
	if c.bytes == nil {
		return append(b, "null"...), nil
	}
	switch t {
	case scalar.Int, scalar.Long, scalar.Boolean, scalar.DateTime:
		n, err := c.whole()
		return scalar.AppendJSON(b, scalar.Value{Type: t, Int: n}), err
	case scalar.Float:
		if c.binary && c.oid == pgtype.NumericOID {
			if text, ok := c.appendShort(b); ok {
				return text, nil
			}
		}
		n, err := c.number()
		return scalar.AppendFloat(b, n), err
	case scalar.Json:
		start := len(b)
		b, err := c.appendText(b)
		if err == nil && !json.Valid(b[start:]) {
			err = errors.New("stored value of type Json is no JSON")
		}
		return b, err
	}
	if c.isText() {
		return scalar.AppendQuoted(b, c.bytes), nil
	}
	text, err := c.appendText(nil)
	return scalar.AppendQuoted(b, text), err
}

// isText tells whether the bytes are the text of the value.
func (c postgresCell) isText() bool {
	if !c.binary {
		return true
	}
	switch c.oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.UnknownOID, pgtype.QCharOID, pgtype.XMLOID:
		return true
	}
	return false
}

// whole reads an integer, a truth value, or a time as ms since 1970.
func (c postgresCell) whole() (int64, error) {
	if !c.binary {
		return whole(string(c.bytes))
	}
	switch c.oid {
	case pgtype.Int2OID:
		return int64(int16(binary.BigEndian.Uint16(c.bytes))), nil
	case pgtype.Int4OID:
		return int64(int32(binary.BigEndian.Uint32(c.bytes))), nil
	case pgtype.Int8OID:
		return int64(binary.BigEndian.Uint64(c.bytes)), nil
	case pgtype.BoolOID:
		return int64(c.bytes[0]), nil
	case pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.DateOID:
		return floorDiv(c.microseconds(), 1000), nil
	case pgtype.Float4OID, pgtype.Float8OID:
		f, err := c.number()
		return int64(f), err
	case pgtype.NumericOID:
		if n, err := strconv.ParseInt(scalar.OfDecimal(string(c.decimalText())).Text, 10, 64); err == nil {
			return n, nil
		}
		f, err := c.number()
		return int64(f), err
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID:
		return whole(string(c.bytes))
	}
	return 0, fmt.Errorf("stored value of type %d is no whole number", c.oid)
}

// microseconds reads a moment or a day, since 1970.
func (c postgresCell) microseconds() int64 {
	if c.oid == pgtype.DateOID {
		return int64(int32(binary.BigEndian.Uint32(c.bytes)))*24*int64(time.Hour/time.Microsecond) + epoch
	}
	return int64(binary.BigEndian.Uint64(c.bytes)) + epoch
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

func (c postgresCell) number() (float64, error) {
	if !c.binary {
		return strconv.ParseFloat(string(c.bytes), 64)
	}
	switch c.oid {
	case pgtype.Float8OID:
		return math.Float64frombits(binary.BigEndian.Uint64(c.bytes)), nil
	case pgtype.Float4OID:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(c.bytes))), nil
	case pgtype.NumericOID:
		return c.decimal()
	}
	n, err := c.whole()
	return float64(n), err
}

// decimal reads a numeric.
func (c postgresCell) decimal() (float64, error) {
	text := c.decimalText()
	if text == nil {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(string(text), 64)
}

// appendShort appends a numeric of at most 15 digits as AppendFloat prints the
// float64 that is nearest to it, which is digit by digit the same. ok is false
// for others.
func (c postgresCell) appendShort(b []byte) (text []byte, ok bool) {
	const negative, notNumber, mostGroups, mostPlaces = 0x4000, 0xC000, 4, 60
	count := int(binary.BigEndian.Uint16(c.bytes))
	exponent := 4 * (int(int16(binary.BigEndian.Uint16(c.bytes[2:]))) - count + 1)
	sign := binary.BigEndian.Uint16(c.bytes[4:])
	if sign >= notNumber || count > mostGroups || exponent < -mostPlaces || exponent > mostPlaces {
		return b, false
	}
	var digits uint64
	for i := range count {
		digits = digits*10_000 + uint64(binary.BigEndian.Uint16(c.bytes[8+2*i:]))
	}
	for digits > 0 && digits%10 == 0 && exponent < 0 {
		digits, exponent = digits/10, exponent+1
	}
	if digits >= 1e15 {
		return b, false
	}
	if sign == negative {
		b = append(b, '-')
	}
	return scalar.AppendPoint(b, digits, exponent), true
}

// decimalText reads a numeric as digits with an exponent; nil where it is no
// number. It lies as digits to the base of 10,000, of which the first has a
// weight, sign and count of decimals.
func (c postgresCell) decimalText() []byte {
	const negative, notNumber = 0x4000, 0xC000
	count := int(binary.BigEndian.Uint16(c.bytes))
	weight := int(int16(binary.BigEndian.Uint16(c.bytes[2:])))
	sign := binary.BigEndian.Uint16(c.bytes[4:])
	if sign >= notNumber { // NaN, and the infinities of PostgreSQL 14
		return nil
	}
	text := make([]byte, 0, 4*count+8)
	if sign == negative {
		text = append(text, '-')
	}
	text = append(text, '0')
	for i := range count {
		digit := int(binary.BigEndian.Uint16(c.bytes[8+2*i:]))
		text = append(text, byte('0'+digit/1000), byte('0'+digit/100%10), byte('0'+digit/10%10), byte('0'+digit%10))
	}
	text = append(text, 'e')
	return strconv.AppendInt(text, int64(4*(weight-count+1)), 10)
}

// appendText appends the value as PostgreSQL prints it.
func (c postgresCell) appendText(b []byte) ([]byte, error) {
	if c.isText() {
		return append(b, c.bytes...), nil
	}
	switch c.oid {
	case pgtype.JSONBOID:
		return append(b, c.bytes[1:]...), nil // behind the version of the format
	case pgtype.UUIDOID:
		return appendUUID(b, c.bytes), nil
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		n, err := c.whole()
		return strconv.AppendInt(b, n, 10), err
	case pgtype.NumericOID:
		return scalar.AppendDecimal(b, string(c.decimalText())), nil
	case pgtype.DateOID:
		return time.UnixMicro(c.microseconds()).UTC().AppendFormat(b, time.DateOnly), nil
	}
	return b, fmt.Errorf("stored value of type %d is no text", c.oid)
}

func appendUUID(b, id []byte) []byte {
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
