// Package postgres is what is different about PostgreSQL, and only that.
//
// A project has a schema of its own, and names of indexes are unique per schema.
package postgres

import (
	"strconv"
	"time"

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
	Conflict:  dialect.OnConflictDoNothing,
	RowOrder:  "ctid",
	Placeholder: func(b []byte, n int) []byte {
		return strconv.AppendInt(append(b, '$'), int64(n), 10)
	},
	Arg:     arg,
	Members: members,
}

// Facts returns the facts of PostgreSQL; nobody changes them.
func (Dialect) Facts() *dialect.Facts { return &facts }

// arg gives values as pgx takes them: dates as UTC time, a UUID and Json as text.
func arg(v scalar.Value) any {
	switch v.Type {
	case scalar.Null:
		return nil
	case scalar.Int:
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

// members casts each member to the column's type: a comparison with text would
// be an error, and no index would serve it.
func members(b *dialect.Builder, t scalar.Type, list string) {
	b.SQL("SELECT value")
	if cast, ok := casts[t]; ok {
		b.SQL("::").SQL(cast)
	}
	b.SQL(" FROM json_array_elements_text(").Arg(list).SQL("::json)")
}
