// Package postgres is what is different about PostgreSQL, and only that.
//
// A project has a schema of its own, and names of indexes are unique per schema.
package postgres

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Dialect speaks PostgreSQL 12 and newer. Goroutines may share it.
type Dialect struct{}

var _ dialect.Dialect = Dialect{}

var facts = dialect.Facts{
	Name:      "postgres",
	Quote:     '"',
	MaxArgs:   65535,
	Returning: true,
	DDLInTx:   true,
	Lateral:   true,
	RowLocks:  true,
	UUIDs:     true,
	Names: datamodel.Names{
		Longest: 63, InBytes: true, SpaceAtEnd: true,
		Columns: []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"},
	},
	MaxColumns: 1600,
	Conflict:   dialect.OnConflictDoNothing,
	Explain:    dialect.Explain{Words: "EXPLAIN"},
	RowOrder:   "ctid",
	Placeholder: func(b []byte, n int) []byte {
		return strconv.AppendInt(append(b, '$'), int64(n), 10)
	},
	Fold:     [2]string{"LOWER(", ")"},
	Decimals: true,
	JSON:     jsonFacts,
	FullText: fullText,
	Arg:      arg,
	Among:    among,
}

// Facts returns the facts of PostgreSQL; nobody changes them.
func (Dialect) Facts() *dialect.Facts { return &facts }

// arg gives values as pgx takes them: dates as UTC time, a UUID and Json as text.
func arg(v scalar.Value) any {
	switch v.Type {
	case scalar.Null:
		return nil
	case scalar.Int, scalar.Long:
		return v.Int
	case scalar.Boolean:
		return v.Int != 0
	case scalar.DateTime:
		return time.UnixMilli(v.Int).UTC()
	case scalar.Float:
		return v.Number
	}
	return v.Text
}

// among compares with the elements of an array, so that an index serves. Texts
// have the type of what they are compared with.
func among(b *dialect.Builder, t scalar.Type, list string, not bool) {
	if not {
		b.SQL("<> ALL(")
	} else {
		b.SQL("= ANY(")
	}
	b.Arg(array(list))
	if cast, ok := casts[t]; ok {
		b.SQL("::").SQL(cast).SQL("[]")
	}
	b.SQL(")")
}

// array turns a JSON array of scalars into the text of an array: but for the
// brackets and the escapes inside texts they are the same.
func array(list string) string {
	if !strings.Contains(list, `\`) {
		return "{" + list[1:len(list)-1] + "}"
	}
	var members []json.RawMessage
	if json.Unmarshal([]byte(list), &members) != nil {
		return "{}"
	}
	b := []byte{'{'}
	for i, member := range members {
		if i > 0 {
			b = append(b, ',')
		}
		var text string
		if json.Unmarshal(member, &text) != nil {
			b = append(b, member...) // a number or a truth value
			continue
		}
		b = append(append(append(b, '"'), arrayEscapes.Replace(text)...), '"')
	}
	return string(append(b, '}'))
}

var arrayEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
