// Package postgres is what is different about PostgreSQL, and only that.
//
// A project has a schema of its own, and names of indexes are unique per schema.
package postgres

import (
	"cmp"
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

// longestArray is the size in bytes of the longest list of ids that rows are
// compared with one by one, about seventy of our own.
const longestArray = 2 << 10

// among compares with the elements of an array, so that an index serves. Texts
// have the type of what they are compared with.
//
// A plan that is kept goes through the whole array for each row where it reads
// a table from end to end, as it does with small tables and with those that
// were not analyzed yet. Long lists of ids are therefore rows, which it hashes.
func among(b *dialect.Builder, t scalar.Type, list string, not bool) {
	cast, isCast := casts[t]
	if isID := t == scalar.ID || t == scalar.UUID || t == scalar.Int; isID && !not && len(list) > longestArray {
		b.SQL("IN (SELECT unnest(").Arg(array(list)).SQL("::").SQL(cmp.Or(cast, "text")).SQL("[]))")
		return
	}
	if not {
		b.SQL("<> ALL(")
	} else {
		b.SQL("= ANY(")
	}
	b.Arg(array(list))
	if isCast {
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
