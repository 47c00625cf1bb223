package connector

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// raw runs on a connection of the pool. It is not given back after anything
// but a query or a change of rows, because settings may be left on it.
func (d *postgresSchema) raw(ctx context.Context, text string) ([]byte, error) {
	conn, release, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	wire := conn.Conn().PgConn()
	described, err := wire.Prepare(ctx, "", text, nil)
	if err != nil {
		return nil, err
	}
	formats := make([]int16, len(described.Fields))
	for i, f := range described.Fields {
		if rawBinary[f.DataTypeOID] {
			formats[i] = pgx.BinaryFormatCode
		}
	}
	found := wire.ExecPrepared(ctx, "", nil, nil, formats)
	json, err := appendPostgresRaw(nil, described.Fields, found, conn.Conn().TypeMap())
	tag, failed := found.Close()
	if !tag.Select() && !tag.Insert() && !tag.Update() && !tag.Delete() {
		conn.Conn().Close(context.WithoutCancel(ctx))
	}
	switch {
	case failed != nil:
		return nil, failed
	case len(described.Fields) == 0:
		return scalar.AppendJSON(nil, scalar.OfInt(tag.RowsAffected())), nil
	}
	return json, err
}

// rawBinary are the types of which executeRaw makes something else than the
// text that PostgreSQL prints.
var rawBinary = map[uint32]bool{
	pgtype.BoolOID: true,
	pgtype.Int2OID: true, pgtype.Int4OID: true, pgtype.Int8OID: true,
	pgtype.Float4OID: true, pgtype.Float8OID: true, pgtype.NumericOID: true,
	pgtype.TimestampOID: true, pgtype.TimestamptzOID: true, pgtype.DateOID: true,
}

func appendPostgresRaw(b []byte, fields []pgconn.FieldDescription, found *pgconn.ResultReader, types *pgtype.Map) ([]byte, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return appendRawTable(b, names, found.NextRow, func(b []byte, i int) ([]byte, error) {
		row := postgresRow{fields: found.FieldDescriptions(), cells: found.Values()}
		return row.cell(i).appendRaw(b, types)
	})
}

// appendRaw appends the value as executeRaw prints it. types knows the arrays.
func (c postgresCell) appendRaw(b []byte, types *pgtype.Map) ([]byte, error) {
	if c.bytes == nil {
		return append(b, "null"...), nil
	}
	if !c.binary {
		return appendRawText(b, c.oid, string(c.bytes), types), nil
	}
	switch c.oid {
	case pgtype.BoolOID:
		return c.appendJSON(b, scalar.Boolean)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return c.appendJSON(b, scalar.Int)
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		switch int64(binary.BigEndian.Uint64(c.bytes)) {
		case math.MaxInt64:
			return append(b, `"infinity"`...), nil
		case math.MinInt64:
			return append(b, `"-infinity"`...), nil
		}
		return appendJDBCTime(b, time.UnixMicro(c.microseconds())), nil
	case pgtype.DateOID:
		switch int32(binary.BigEndian.Uint32(c.bytes)) {
		case math.MaxInt32:
			return append(b, `"infinity"`...), nil
		case math.MinInt32:
			return append(b, `"-infinity"`...), nil
		}
		return scalar.AppendQuoted(b, time.UnixMicro(c.microseconds()).UTC().Format(time.DateOnly)), nil
	}
	return c.appendJSON(b, scalar.Float)
}

// appendRawText appends what PostgreSQL sent as text: an array as a list.
func appendRawText(b []byte, oid uint32, text string, types *pgtype.Map) []byte {
	if t, ok := types.TypeForOID(oid); ok {
		if array, ok := t.Codec.(*pgtype.ArrayCodec); ok {
			r := arrayReader{text: text, element: array.ElementType.OID, types: types}
			if list, ok := r.list(b); ok && r.i == len(text) {
				return list
			}
		}
	}
	switch oid {
	case pgtype.BoolOID:
		return strconv.AppendBool(b, text == "t")
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		return append(b, text...)
	case pgtype.Float4OID, pgtype.Float8OID, pgtype.NumericOID:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return scalar.AppendJSON(b, scalar.OfFloat(f))
		}
	}
	return scalar.AppendQuoted(b, text)
}

// An arrayReader reads an array as PostgreSQL prints it: {1,NULL} or
// {{"a b",c},{d,"\"e"}}, with the bounds [0:1]= before it where they are unusual.
type arrayReader struct {
	text    string
	i       int
	element uint32
	types   *pgtype.Map
}

// list appends the list that begins here. ok is false where there is none.
func (r *arrayReader) list(b []byte) (list []byte, ok bool) {
	if r.i == 0 && strings.HasPrefix(r.text, "[") {
		r.i = strings.IndexByte(r.text, '{')
	}
	if !r.take('{') {
		return b, false
	}
	b = append(b, '[')
	for first := true; !r.take('}'); first = false {
		if !first {
			if !r.take(',') {
				return b, false
			}
			b = append(b, ',')
		}
		if b, ok = r.member(b); !ok {
			return b, false
		}
	}
	return append(b, ']'), true
}

func (r *arrayReader) take(c byte) bool {
	if r.i < 0 || r.i >= len(r.text) || r.text[r.i] != c {
		return false
	}
	r.i++
	return true
}

func (r *arrayReader) member(b []byte) ([]byte, bool) {
	if r.i < len(r.text) && r.text[r.i] == '{' {
		return r.list(b)
	}
	if r.take('"') {
		text, ok := r.quoted()
		return appendRawText(b, r.element, text, r.types), ok
	}
	end := strings.IndexAny(r.text[r.i:], ",}")
	if end <= 0 {
		return b, false
	}
	text := r.text[r.i : r.i+end]
	r.i += end
	if text == "NULL" {
		return append(b, "null"...), true
	}
	return appendRawText(b, r.element, text, r.types), true
}

func (r *arrayReader) quoted() (string, bool) {
	var text strings.Builder
	for ; r.i < len(r.text); r.i++ {
		switch r.text[r.i] {
		case '"':
			r.i++
			return text.String(), true
		case '\\':
			r.i++
		}
		if r.i < len(r.text) {
			text.WriteByte(r.text[r.i])
		}
	}
	return "", false
}
