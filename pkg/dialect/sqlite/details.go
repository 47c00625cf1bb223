package sqlite

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Details returns what Inspect leaves out of a file. schema is not used.
func (Dialect) Details(ctx context.Context, db dialect.Querier, schema string) (*relational.Details, error) {
	in := &inspection{ctx: ctx, db: db, details: &relational.Details{Columns: make(map[[2]string]relational.ColumnDetails)}}
	return in.details, dialect.ReadParts(
		dialect.Part{Of: "defaults", Read: in.defaults},
		dialect.Part{Of: "views", Read: in.views},
		dialect.Part{Of: "wide foreign keys", Read: in.wideKeys},
	)
}

func (in *inspection) defaults() error {
	const query = `SELECT m.name AS "table", c.name, c.dflt_value
FROM pragma_table_info(m.name) AS c, ` + ownTables + `
AND c.dflt_value IS NOT NULL AND upper(c.dflt_value) <> 'NULL'
ORDER BY m.name, c.cid`
	return in.each(query, func(rows *sql.Rows) error {
		var table, column, value string
		if err := rows.Scan(&table, &column, &value); err != nil {
			return err
		}
		c := relational.ColumnDetails{Computed: value}
		if literal, ok := literalDefault(value); ok {
			c = relational.ColumnDetails{Default: &literal}
		}
		in.details.Columns[[2]string{table, column}] = c
		return nil
	})
}

// bareDefault is a literal without quotes. Defaults are kept as they were written.
var bareDefault = regexp.MustCompile(`(?i)^\(?([+-]?[\d.]+|true|false)\)?$`)

func literalDefault(text string) (string, bool) {
	if n := len(text); n > 1 && (text[0] == '\'' || text[0] == '"') && text[n-1] == text[0] {
		quote := text[:1]
		return strings.ReplaceAll(text[1:n-1], quote+quote, quote), true
	}
	if m := bareDefault.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	return "", false
}

func (in *inspection) views() error {
	const query = `SELECT m.name AS "view", c.name
FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
WHERE m.type = 'view'
ORDER BY m.name, c.cid`
	return in.each(query, func(rows *sql.Rows) error {
		var view, column string
		if err := rows.Scan(&view, &column); err != nil {
			return err
		}
		if n := len(in.details.Asides); n > 0 && in.details.Asides[n-1].Table == view {
			in.details.Asides[n-1].Detail = append(in.details.Asides[n-1].Detail, column)
			return nil
		}
		in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.View, Table: view, Detail: []string{column}})
		return nil
	})
}

// wideKeys reads the references of several columns.
func (in *inspection) wideKeys() error {
	const query = `SELECT m.name AS "of", f.id, f."from", f."table", coalesce(f."to", '') AS "to"
FROM pragma_foreign_key_list(m.name) AS f, ` + ownTables + `
AND (SELECT count(*) FROM pragma_foreign_key_list(m.name) AS g WHERE g.id = f.id) > 1
ORDER BY m.name, f.id DESC, f.seq`
	last, references := -1, []string{}
	return in.each(query, func(rows *sql.Rows) error {
		var table, column, target, reference string
		var id int
		if err := rows.Scan(&table, &id, &column, &target, &reference); err != nil {
			return err
		}
		n := len(in.details.Asides) - 1
		if id != last || in.details.Asides[n].Table != table {
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.WideKey, Table: table})
			n, last, references = n+1, id, nil
		}
		in.details.Asides[n].Detail = append(in.details.Asides[n].Detail, column)
		in.details.Asides[n].Target = target
		if reference != "" { // left unsaid it is the primary key
			references = append(references, reference)
			in.details.Asides[n].Target = target + " (" + strings.Join(references, ", ") + ")"
		}
		return nil
	})
}
