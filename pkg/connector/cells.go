package connector

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// cells are the rows of database/sql.
type cells struct {
	rows     *sql.Rows
	row      []any
	pointers []any
	err      error
	ended    func(error) // called when the rows are closed
}

func newCells(found *sql.Rows, ended func(error)) (*cells, error) {
	columns, err := found.Columns()
	if err != nil {
		found.Close()
		return nil, err
	}
	c := &cells{rows: found, ended: ended, row: make([]any, len(columns)), pointers: make([]any, len(columns))}
	for i := range c.row {
		c.pointers[i] = &c.row[i]
	}
	return c, nil
}

func (c *cells) next() bool {
	if c.err != nil || !c.rows.Next() {
		return false
	}
	c.err = c.rows.Scan(c.pointers...)
	return c.err == nil
}

func (c *cells) close() error {
	closed := c.rows.Close()
	err := cmp.Or(c.err, c.rows.Err(), closed)
	c.ended(err)
	return err
}

// value returns cell i as a value of type t.
func (c *cells) value(i int, t scalar.Type) (scalar.Value, error) {
	cell := c.row[i]
	if cell == nil {
		return scalar.Value{}, nil
	}
	switch t {
	case scalar.Int, scalar.Long, scalar.Boolean, scalar.DateTime:
		n, err := whole(cell)
		return scalar.Value{Type: t, Int: n}, err
	case scalar.Float:
		n, err := number(cell)
		return scalar.OfFloat(n), err
	}
	if day, ok := cell.(time.Time); ok && t == scalar.Date {
		return scalar.OfDate(day), nil
	}
	text, err := plain(cell)
	if t == scalar.Decimal && err == nil {
		return scalar.OfDecimal(text), nil
	}
	return scalar.Value{Type: t, Text: text}, err
}

// appendJSON appends cell i as the data API prints it.
func (c *cells) appendJSON(b []byte, i int, t scalar.Type) ([]byte, error) {
	if text, ok := c.row[i].(string); ok && t.IsText() && t != scalar.Json {
		return scalar.AppendQuoted(b, text), nil
	}
	v, err := c.value(i, t)
	switch {
	case err != nil:
		return b, err
	case v.Type == scalar.Json && !json.Valid([]byte(v.Text)):
		return b, errors.New("stored value of type Json is no JSON")
	case v.Type == scalar.Float && (math.IsInf(v.Number, 0) || math.IsNaN(v.Number)):
		return append(b, "null"...), nil // only foreign hands can store these; JSON has no word for them
	}
	return scalar.AppendJSON(b, v), nil
}

// whole reads an integer, a truth value, or a time as ms since 1970.
func whole(cell any) (int64, error) {
	switch cell := cell.(type) {
	case int64:
		return cell, nil
	case bool:
		if cell {
			return 1, nil
		}
		return 0, nil
	case float64:
		return int64(cell), nil
	case time.Time:
		return cell.UnixMilli(), nil
	case uint64:
		return int64(cell), nil
	case []byte:
		return whole(string(cell))
	case string:
		if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return n, nil
		}
		return scalar.ParseDateTime(cell)
	}
	return 0, fmt.Errorf("stored value of type %T is no whole number", cell)
}

func number(cell any) (float64, error) {
	switch cell := cell.(type) {
	case float64:
		return cell, nil
	case int64:
		return float64(cell), nil
	case float32:
		return float64(cell), nil
	case []byte:
		return strconv.ParseFloat(string(cell), 64)
	case string:
		return strconv.ParseFloat(cell, 64)
	}
	return 0, fmt.Errorf("stored value of type %T is no number", cell)
}

func plain(cell any) (string, error) {
	switch cell := cell.(type) {
	case string:
		return cell, nil
	case []byte:
		return string(cell), nil
	case int64:
		return strconv.FormatInt(cell, 10), nil
	case float64:
		return strconv.FormatFloat(cell, 'g', -1, 64), nil
	}
	return "", fmt.Errorf("stored value of type %T is no text", cell)
}
