package connector

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

func appendRawRows(b []byte, found *sql.Rows, columns []*sql.ColumnType) ([]byte, error) {
	rows, err := newCells(found, func(error) {})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name()
	}
	b, err = appendRawTable(b, names, rows.next, func(b []byte, i int) ([]byte, error) {
		return appendRaw(b, rows.row[i], columns[i].DatabaseTypeName())
	})
	if err != nil {
		return nil, errors.Join(err, rows.close())
	}
	return b, rows.close()
}

// appendRawTable writes rows as JSON objects. cell appends cell i of the
// current row; of columns with one label the last counts.
func appendRawTable(b []byte, columns []string, next func() bool, cell func(b []byte, i int) ([]byte, error)) ([]byte, error) {
	last := make(map[string]int, len(columns))
	for i, name := range columns {
		last[name] = i
	}
	var err error
	b = append(b, '[')
	for n := 0; next(); n++ {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		first := true
		for i, name := range columns {
			if last[name] != i {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(scalar.AppendQuoted(b, name), ':')
			if b, err = cell(b, i); err != nil {
				return nil, fmt.Errorf("column %s: %w", name, err)
			}
		}
		b = append(b, '}')
	}
	return append(b, ']'), nil
}

func appendRaw(b []byte, cell any, native string) ([]byte, error) {
	switch cell := cell.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return scalar.AppendJSON(b, scalar.OfBool(cell)), nil
	case int64:
		if strings.HasPrefix(strings.ToLower(native), "datetime") {
			return appendJDBCTime(b, time.UnixMilli(cell)), nil
		}
		return scalar.AppendJSON(b, scalar.OfInt(cell)), nil
	case float64:
		return scalar.AppendFloat(b, cell), nil
	case string:
		return scalar.AppendQuoted(b, cell), nil
	case float32:
		return scalar.AppendFloat(b, float64(cell)), nil
	case uint64: // which may be too big for a number of JSON's readers
		return scalar.AppendQuoted(b, strconv.FormatUint(cell, 10)), nil
	case []byte:
		if native == "DECIMAL" {
			n, err := strconv.ParseFloat(string(cell), 64)
			return scalar.AppendFloat(b, n), err
		}
		return scalar.AppendQuoted(b, string(cell)), nil
	case time.Time:
		if native == "DATE" {
			return scalar.AppendQuoted(b, cell.Format(time.DateOnly)), nil
		}
		return appendJDBCTime(b, cell), nil
	}
	return nil, fmt.Errorf("a value of type %T cannot be shown", cell)
}

func appendJDBCTime(b []byte, t time.Time) []byte {
	text := t.UTC().Format("2006-01-02 15:04:05.000000000")
	for strings.HasSuffix(text, "0") && !strings.HasSuffix(text, ".0") {
		text = text[:len(text)-1]
	}
	return scalar.AppendQuoted(b, text)
}
