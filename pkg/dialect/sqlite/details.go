package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Details returns what Inspect leaves out of a file. schema is not used.
func (Dialect) Details(ctx context.Context, db dialect.Querier, schema string) (*relational.Details, error) {
	in := &inspection{ctx: ctx, db: db}
	d := &relational.Details{Columns: make(map[[2]string]relational.ColumnDetails)}
	for _, part := range []struct {
		of   string
		read func(*relational.Details) error
	}{
		{"defaults", in.defaults},
		{"views", in.views},
		{"wide foreign keys", in.wideKeys},
	} {
		if err := part.read(d); err != nil {
			return nil, fmt.Errorf("inspect %s: %w", part.of, err)
		}
	}
	return d, nil
}

func (in *inspection) defaults(d *relational.Details) error {
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
		d.Columns[[2]string{table, column}] = c
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

func (in *inspection) views(d *relational.Details) error {
	const query = `SELECT m.name AS "view", c.name
FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
WHERE m.type = 'view'
ORDER BY m.name, c.cid`
	return in.each(query, func(rows *sql.Rows) error {
		var view, column string
		if err := rows.Scan(&view, &column); err != nil {
			return err
		}
		if n := len(d.Asides); n > 0 && d.Asides[n-1].Table == view {
			d.Asides[n-1].Detail = append(d.Asides[n-1].Detail, column)
			return nil
		}
		d.Asides = append(d.Asides, relational.Aside{Kind: relational.View, Table: view, Detail: []string{column}})
		return nil
	})
}

// wideKeys reads the references of several columns.
func (in *inspection) wideKeys(d *relational.Details) error {
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
		n := len(d.Asides) - 1
		if id != last || d.Asides[n].Table != table {
			d.Asides = append(d.Asides, relational.Aside{Kind: relational.WideKey, Table: table})
			n, last, references = n+1, id, nil
		}
		d.Asides[n].Detail = append(d.Asides[n].Detail, column)
		d.Asides[n].Target = target
		if reference != "" { // left unsaid it is the primary key
			references = append(references, reference)
			d.Asides[n].Target = target + " (" + strings.Join(references, ", ") + ")"
		}
		return nil
	})
}
