// Package mysql is what is different about MySQL and MariaDB, and only that.
//
// It speaks for a database that holds one project: its name qualifies tables,
// names of indexes are unique per table.
package mysql

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Dialect speaks MySQL 5.7 and newer, MariaDB 10.2 and newer. The zero value is for
// a server with window functions. Goroutines may share it.
type Dialect struct{ windowless bool }

var _ dialect.Dialect = Dialect{}

var facts = dialect.Facts{
	Name:        "mysql",
	Quote:       '`',
	MaxArgs:     65535,
	MaxFilter:   10_000,
	NullsFirst:  true,
	WideSums:    true,
	FoldedNames: true,
	Names:       datamodel.Names{Longest: 64, LongestTable: 64 - len("_ibfk_99"), BasicPlane: true}, // foreign keys are called so
	MaxColumns:  1017,
	SizesLate:   15 * time.Second, // InnoDB counts a table again after ten seconds at the earliest
	Conflict:    dialect.InsertIgnore,
	Windows:     true,
	KeysFirst:   true,
	RowLock:     "FOR UPDATE",
	Explain:     dialect.Explain{Words: "EXPLAIN FORMAT=JSON"},
	Placeholder: func(b []byte, _ int) []byte { return append(b, '?') },
	Fold:        [2]string{"LOWER(CONVERT(", " USING utf8mb4)) COLLATE utf8mb4_bin"},
	Decimal:     [2]string{"CAST(", " AS DECIMAL(65,30))"}, // else MySQL compares both as floating-point numbers
	Decimals:    true,
	JSON:        jsonFacts,
	FullText:    fullText,
	Arg:         arg,
	Match:       match,
	Among:       among,
}

// windowless are the facts of a server without window functions.
var windowless = func() dialect.Facts {
	f := facts
	f.Windows = false
	return f
}()

// Of returns the dialect of a server, by what its version() says: MySQL has
// window functions from 8.0 on, MariaDB from 10.2 on.
func Of(version string) Dialect {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return Dialect{windowless: err == nil && n < 8}
}

// Facts returns the facts of MySQL; nobody changes them. Text is compared as
// the collation of its column says, also by LIKE: a is A, as in Prisma 1.
func (d Dialect) Facts() *dialect.Facts {
	if d.windowless {
		return &windowless
	}
	return &facts
}

// escapeCharacters are tried from the first to the last.
const escapeCharacters = "!|~^#&$*+-/:;<=>?@{}[]()\x01\x02\x03\x04"

// match escapes with a character that text does not have: MySQL 5.7 does not
// find an escaped escape character behind % where a Unicode collation compares.
func match(b *dialect.Builder, text string, before, after bool) {
	escape := "!"
	if i := strings.IndexFunc(escapeCharacters, func(c rune) bool { return !strings.ContainsRune(text, c) }); i > 0 {
		escape = escapeCharacters[i : i+1]
	}
	escapes := strings.NewReplacer(escape, escape+escape, "%", escape+"%", "_", escape+"_")
	b.SQL("LIKE ").Arg(dialect.Pattern(escapes, text, "%", before, after)).SQL(" ESCAPE '" + escape + "'")
}

// arg gives whole numbers and truth values (0, 1) as int64 and dates as text in
// UTC, which no time zone of a session changes.
func arg(v scalar.Value) any {
	switch v.Type {
	case scalar.Null:
		return nil
	case scalar.Int, scalar.Long, scalar.Boolean:
		return v.Int
	case scalar.Float:
		return v.Number
	case scalar.DateTime:
		return datetime(v.Int)
	}
	return v.Text
}

func datetime(ms int64) any {
	text := string(scalar.AppendDateTime(nil, ms)) // 2017-01-01T00:00:00.057Z
	if len(text) != len("2017-01-01T00:00:00.057Z") {
		return farDate{}
	}
	return strings.Replace(strings.TrimSuffix(text, "Z"), "T", " ", 1)
}

// A farDate is an argument that no statement takes: a date before the year 0 or
// after 9999. MariaDB would compare its digits as text.
type farDate struct{}

var errFarDate = errors.New("DATETIME has no such year")

func (farDate) Value() (driver.Value, error) { return nil, errFarDate }

// among writes the members themselves. MySQL takes constants into the character
// set of the column and looks them up in its index. With JSON_TABLE, which MySQL 5.7 does not have, it
// would read the whole table for each UPDATE and DELETE.
func among(b *dialect.Builder, t scalar.Type, list string, not bool) {
	if not {
		b.SQL("NOT ")
	}
	b.SQL("IN (")
	members(b, t, list)
	b.SQL(")")
}

func members(b *dialect.Builder, t scalar.Type, list string) {
	d := json.NewDecoder(bytes.NewReader([]byte(list)))
	d.UseNumber()
	var values []any
	if d.Decode(&values) != nil || len(values) == 0 {
		b.SQL("NULL")
		return
	}
	for i, v := range values {
		if i > 0 {
			b.SQL(", ")
		}
		if n, ok := v.(json.Number); ok {
			v = numeral(n)
		}
		if text, ok := v.(string); ok && t == scalar.Decimal {
			b.Value(scalar.OfDecimal(text))
			continue
		}
		b.Arg(v)
	}
}

func numeral(n json.Number) any {
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n.String()
}
