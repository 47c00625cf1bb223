package mysql

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Details returns what Inspect leaves out of a database.
func (Dialect) Details(ctx context.Context, db dialect.Querier, schema string) (*relational.Details, error) {
	in := &inspection{ctx: ctx, db: db, schema: schema, details: &relational.Details{Columns: make(map[[2]string]relational.ColumnDetails)}}
	return in.details, dialect.ReadParts(
		dialect.Part{Of: "defaults and comments", Read: in.columnDetails},
		dialect.Part{Of: "views", Read: in.otherTables},
		dialect.Part{Of: "wide foreign keys", Read: in.wideKeys},
	)
}

func (in *inspection) columnDetails() error {
	const query = `SELECT c.table_name, c.column_name, c.column_type, c.column_default, c.extra, c.column_comment,
  version() LIKE '%MariaDB%' AS maria
FROM information_schema.columns AS c
WHERE c.table_schema = coalesce(?, database())
ORDER BY c.table_name, c.ordinal_position`
	return in.each(query, func(rows *sql.Rows) error {
		var table, column, native, extra string
		var value sql.NullString
		var maria bool
		var c relational.ColumnDetails
		if err := rows.Scan(&table, &column, &native, &value, &extra, &c.Comment, &maria); err != nil {
			return err
		}
		c.Values = enumValues(native)
		if value.Valid {
			c.Default, c.Computed = readDefault(value.String, strings.ToUpper(extra), maria)
		}
		if c.Default != nil || c.Computed != "" || c.Comment != "" || c.Values != nil {
			in.details.Columns[[2]string{table, column}] = c
		}
		return nil
	})
}

// bareNumber is a literal that MariaDB prints without quotes.
var bareNumber = regexp.MustCompile(`^-?[\d.]+(e[+-]?\d+)?$`)

// currentTime is a default that MySQL 5.7 does not mark. MySQL prints
// CURRENT_TIMESTAMP and CURRENT_TIMESTAMP(3), MariaDB current_timestamp() and current_timestamp(3).
var currentTime = regexp.MustCompile(`(?i)^current_timestamp(\(\d*\))?$`)

// readDefault tells literals from expressions. MySQL prints literals bare and
// marks expressions in extra; MariaDB (10.2.7 and newer) quotes text instead.
func readDefault(text, extra string, maria bool) (literal *string, computed string) {
	switch {
	case maria && text == "NULL":
		return nil, ""
	case currentTime.MatchString(text):
		return nil, strings.TrimSuffix(strings.ToUpper(text), "()")
	case strings.Contains(extra, "DEFAULT_GENERATED"):
		return nil, text
	case !maria:
		bits := strings.TrimSuffix(strings.TrimPrefix(text, "b'"), "'")
		return &bits, ""
	case strings.HasPrefix(text, "'") && strings.HasSuffix(text, "'") && len(text) > 1:
		bare := strings.NewReplacer("''", "'", `\\`, `\`, `\'`, "'").Replace(text[1 : len(text)-1])
		return &bare, ""
	case strings.HasPrefix(text, "b'"):
		bits := strings.TrimSuffix(text[2:], "'")
		return &bits, ""
	case bareNumber.MatchString(text):
		return &text, ""
	}
	return nil, text
}

// enumValues takes enum('a','it”s') apart; nil for other types.
func enumValues(native string) []string {
	list, ok := strings.CutPrefix(native, "enum(")
	if !ok {
		return nil
	}
	list = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(list, "'"), ")"), "'")
	values := strings.Split(list, "','")
	for i, v := range values {
		values[i] = strings.ReplaceAll(v, "''", "'")
	}
	return values
}

// otherTables reads views and comments on tables.
func (in *inspection) otherTables() error {
	const query = `SELECT t.table_name, t.table_type, coalesce(t.table_comment, '') AS comment, group_concat(c.column_name ORDER BY c.ordinal_position SEPARATOR ', ') AS columns
FROM information_schema.tables AS t
JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
WHERE t.table_schema = coalesce(?, database())
GROUP BY t.table_name, t.table_type, t.table_comment
ORDER BY t.table_name`
	return in.each(query, func(rows *sql.Rows) error {
		var table, kind, comment, columns string
		if err := rows.Scan(&table, &kind, &comment, &columns); err != nil {
			return err
		}
		switch {
		case kind == "VIEW":
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.View, Table: table, Detail: strings.Split(columns, ", ")})
		case kind == "BASE TABLE" && comment != "":
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.TableComment, Table: table, Detail: []string{comment}})
		}
		return nil
	})
}

// wideKeys reads the references of several columns. Those to other databases
// are among the foreign keys of Inspect.
func (in *inspection) wideKeys() error {
	const query = `SELECT k.table_name, group_concat(k.column_name ORDER BY k.ordinal_position SEPARATOR ', ') AS columns,
  concat(max(k.referenced_table_name), ' (', group_concat(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', '), ')') AS target
FROM information_schema.key_column_usage AS k
WHERE k.table_schema = coalesce(?, database()) AND k.referenced_table_name IS NOT NULL
GROUP BY k.table_name, k.constraint_name
HAVING count(*) > 1
ORDER BY k.table_name, k.constraint_name`
	return in.each(query, func(rows *sql.Rows) error {
		var columns string
		a := relational.Aside{Kind: relational.WideKey}
		if err := rows.Scan(&a.Table, &columns, &a.Target); err != nil {
			return err
		}
		a.Detail = strings.Split(columns, ", ")
		in.details.Asides = append(in.details.Asides, a)
		return nil
	})
}
