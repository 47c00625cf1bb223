package postgres

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// kinds are the violations by SQLSTATE (appendix A of PostgreSQL's manual).
var kinds = map[string]dialect.ViolationKind{
	"23505": dialect.UniqueViolation,
	"23502": dialect.NotNullViolation,
	"23503": dialect.ForeignKeyViolation,
	"22001": dialect.TooLongViolation,
	"22021": dialect.TextViolation, // U+0000
	"22008": dialect.DateViolation,
	"22007": dialect.DateViolation, // in a list, where a year before 0 is none,
	"22009": dialect.DateViolation, // or a time zone
	"40P01": dialect.Deadlock,
	"40001": dialect.Deadlock, // could not serialize
	"55P03": dialect.Deadlock, // lock not available
}

// Classify tells what a failed statement ran into, by its SQLSTATE. Only the
// column of a unique index comes from the text.
func (Dialect) Classify(err error) dialect.Violation {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || kinds[e.Code] == dialect.NoViolation {
		return dialect.Violation{}
	}
	v := dialect.Violation{Kind: kinds[e.Code], Table: e.TableName, Column: e.ColumnName}
	if v.Kind == dialect.UniqueViolation {
		v.Index = e.ConstraintName
		v.Column = strings.Join(keyColumns(e.Detail), "_")
	}
	return v
}

// keyColumns reads the columns from a detail like
//
//	Key ("theName", other)=(a, b) already exists.
//
// The words depend on the server's language, the brackets do not.
func keyColumns(detail string) []string {
	_, rest, _ := strings.Cut(detail, "(")
	var columns []string
	for {
		var column string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			column, rest = unquote(quoted)
		} else {
			end := strings.IndexAny(rest, ",)")
			if end < 0 {
				return columns
			}
			column, rest = rest[:end], rest[end:]
		}
		columns = append(columns, column)
		next, ok := strings.CutPrefix(rest, ", ")
		if !ok {
			return columns
		}
		rest = next
	}
}

// unquote returns the identifier whose first quote is gone, and what stands behind its last one.
func unquote(text string) (identifier, rest string) {
	var name strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			i++
			if i == len(text) || text[i] != '"' {
				return name.String(), text[i:]
			}
		}
		name.WriteByte(text[i])
	}
	return name.String(), ""
}

// Report returns the sentence of PostgreSQL. Its errors have no number; Prisma 1
// said 0, what its driver gives for all of them, and where in the statement.
func (Dialect) Report(err error) (number int, sentence string, ok bool) {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return 0, "", false
	}
	sentence = e.Severity + ": " + e.Message
	if e.Position > 0 {
		sentence += fmt.Sprintf("\n  Position: %d", e.Position)
	}
	return 0, sentence, true
}
