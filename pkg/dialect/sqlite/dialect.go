// Package sqlite is what is different about SQLite, and only that.
//
// It speaks for a file that holds one project: there is no schema to qualify
// names with, and names of indexes are unique per file.
package sqlite

import (
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Dialect speaks SQLite 3.38 and newer. Goroutines may share it.
type Dialect struct{}

var _ dialect.Dialect = Dialect{}

var facts = dialect.Facts{
	Name:        "sqlite",
	Quote:       '"',
	MaxArgs:     32766,
	MaxFilter:   900, // an expression may be 1,000 deep, and time grows with the square of subselects
	Returning:   true,
	DDLInTx:     true,
	Windows:     true,
	DeepPage:    -1, // what is passed over is not looked up
	NullsFirst:  true,
	UUIDs:       true,
	FoldedNames: true,
	Names:       datamodel.Names{SpaceAtEnd: true, TablesBegin: []string{"sqlite_", rebuilt}},
	MaxColumns:  2000,
	Conflict:    dialect.OnConflictDoNothing,
	Explain:     dialect.Explain{Words: "EXPLAIN QUERY PLAN", Column: 3},
	RowOrder:    "rowid",
	Placeholder: func(b []byte, _ int) []byte { return append(b, '?') },
	Fold:        [2]string{foldFunction + "(", ")"},
	JSON:        jsonFacts,
	FullText:    fullText,
	Arg:         arg,
	Match:       match,
	Among:       among,
}

// Facts returns the facts of SQLite; nobody changes them.
func (Dialect) Facts() *dialect.Facts { return &facts }

// arg gives whole numbers, truth values (0, 1) and dates (ms since 1970) as int64.
func arg(v scalar.Value) any {
	switch v.Type {
	case scalar.Null:
		return nil
	case scalar.Int, scalar.Long, scalar.Boolean, scalar.DateTime:
		return v.Int
	case scalar.Float:
		return v.Number
	}
	return v.Text
}

var globEscapes = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// match uses GLOB: unlike LIKE it tells a from A, as the other databases do.
func match(b *dialect.Builder, text string, before, after bool) {
	b.SQL("GLOB ")
	if strings.Contains(text, "\x00") {
		b.Arg(endless{})
		return
	}
	b.Arg(dialect.Pattern(globEscapes, text, "*", before, after))
}

// An endless is an argument that no statement takes: a pattern with U+0000,
// where patterns of SQLite end. Cut there it would match more.
type endless struct{}

var errEndless = errors.New("GLOB ends at U+0000")

func (endless) Value() (driver.Value, error) { return nil, errEndless }

func among(b *dialect.Builder, _ scalar.Type, list string, not bool) {
	if not {
		b.SQL("NOT ")
	}
	b.SQL("IN (SELECT value FROM json_each(").Arg(list).SQL("))")
}
