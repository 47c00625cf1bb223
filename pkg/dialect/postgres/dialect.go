// Package postgres is what is different about PostgreSQL, and only that.
//
// A project has a schema of its own, and names of indexes are unique per schema.
package postgres

import (
	"strconv"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Dialect speaks PostgreSQL 9.6 and newer. Goroutines may share it.
type Dialect struct{}

var _ dialect.Dialect = Dialect{}

var facts = dialect.Facts{
	Name:      "postgres",
	Quote:     '"',
	MaxArgs:   65535,
	MaxFilter: 10_000,
	Fence:     " OFFSET 0",
	Returning: true,
	DDLInTx:   true,
	Blind:     true,
	DeepPage:  512,
	Windows:   true,
	RowLock:   "FOR NO KEY UPDATE",
	WideSums:  true,
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
	Match:    match,
	Among:    among,
	Rows:     rows,
	Keep:     keep,
	Kept:     kept,
}

// Facts returns the facts of PostgreSQL; nobody changes them.
func (Dialect) Facts() *dialect.Facts { return &facts }

// match escapes with the character that LIKE takes by itself: with ESCAPE a plan
// that is kept rewrites the pattern for each row.
func match(b *dialect.Builder, text string, before, after bool) {
	b.SQL("LIKE ").Guess(dialect.Pattern(escapes, text, "%", before, after), "text")
}

var escapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

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
		return timestamp(v.Int)
	case scalar.Float:
		return v.Number
	}
	return v.Text
}

// furthest is how far from 1970 a date may lie, in ms: pgx counts microseconds in
// 64 bits, and takes what is further away for another date.
const furthest = 9_000_000_000_000_000

// timestamp gives a date as pgx takes it, and one that is too far away as a text
// that PostgreSQL refuses, as it does with all dates that it does not know (SQLSTATE 22008).
func timestamp(ms int64) any {
	if ms > furthest || ms < -furthest {
		return "300000-01-01"
	}
	return time.UnixMilli(ms).UTC()
}
