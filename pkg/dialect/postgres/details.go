package postgres

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Details returns what Inspect leaves out of a schema.
func (Dialect) Details(ctx context.Context, db dialect.Querier, schema string) (*relational.Details, error) {
	in := &inspection{ctx: ctx, db: db, schema: schema, details: &relational.Details{Columns: make(map[[2]string]relational.ColumnDetails)}}
	return in.details, dialect.ReadParts(
		dialect.Part{Of: "defaults and comments", Read: in.columnDetails},
		dialect.Part{Of: "enum types", Read: in.enumValues},
		dialect.Part{Of: "views and partitions", Read: in.otherTables},
		dialect.Part{Of: "wide foreign keys", Read: in.wideKeys},
	)
}

func (in *inspection) columnDetails() error {
	const query = `SELECT t.relname::text, c.attname::text,
  coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS "default", coalesce(col_description(t.oid, c.attnum), '') AS comment
FROM (SELECT t.oid, t.relname FROM ` + ownTables + `) AS t
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = c.attnum
ORDER BY t.relname, c.attnum`
	return in.each(query, func(rows *sql.Rows) error {
		var table, column, value string
		var c relational.ColumnDetails
		if err := rows.Scan(&table, &column, &value, &c.Comment); err != nil {
			return err
		}
		if literal, ok := literalDefault(value); ok {
			c.Default = &literal
		} else if value != nullDefault && !strings.HasPrefix(value, "nextval(") {
			c.Computed = value
		}
		if c.Default != nil || c.Computed != "" || c.Comment != "" {
			in.details.Columns[[2]string{table, column}] = c
		}
		return nil
	})
}

const nullDefault = "NULL"

// quotedDefault and bareDefault are how PostgreSQL prints literals: 'it”s'::text, 1, '-1'::integer, true.
var (
	quotedDefault = regexp.MustCompile(`^'((?:[^']|'')*)'(?:::(?:"[^"]+"|[\w .\[\](),])+)?$`)
	bareDefault   = regexp.MustCompile(`^\(?(-?[\d.]+|true|false)\)?(?:::[\w ."(),]+)?$`)
)

func literalDefault(text string) (string, bool) {
	if m := quotedDefault.FindStringSubmatch(text); m != nil {
		return strings.ReplaceAll(m[1], "''", "'"), true
	}
	if m := bareDefault.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	return "", false
}

func (in *inspection) enumValues() error {
	const query = `SELECT t.relname::text, c.attname::text, y.typname::text, e.enumlabel::text
FROM (SELECT t.oid, t.relname FROM ` + ownTables + `) AS t
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
JOIN pg_type AS y ON y.oid = c.atttypid
JOIN pg_enum AS e ON e.enumtypid = y.oid
ORDER BY t.relname, c.attnum, e.enumsortorder`
	return in.each(query, func(rows *sql.Rows) error {
		var table, column, name, value string
		if err := rows.Scan(&table, &column, &name, &value); err != nil {
			return err
		}
		c := in.details.Detail(table, column)
		c.Enum, c.Values = name, append(c.Values, value)
		in.details.Columns[[2]string{table, column}] = c
		return nil
	})
}

// otherTables reads views, partitions (new in PostgreSQL 10) and comments on tables.
func (in *inspection) otherTables() error {
	const query = `SELECT t.relname::text, t.relkind::text, coalesce((to_jsonb(t)->>'relispartition')::boolean, false) AS part, coalesce(obj_description(t.oid, 'pg_class'), '') AS comment,
  (SELECT string_agg(c.attname::text, ', ' ORDER BY c.attnum) FROM pg_attribute AS c
    WHERE c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped) AS columns
FROM pg_class AS t
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY t.relname::text COLLATE "C"`
	return in.each(query, func(rows *sql.Rows) error {
		var table, kind, comment string
		var part bool
		var columns sql.NullString
		if err := rows.Scan(&table, &kind, &part, &comment, &columns); err != nil {
			return err
		}
		switch {
		case part:
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.Partition, Table: table})
		case kind != "r" && kind != "p":
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.View, Table: table, Detail: strings.Split(columns.String, ", ")})
		case comment != "":
			in.details.Asides = append(in.details.Asides, relational.Aside{Kind: relational.TableComment, Table: table, Detail: []string{comment}})
		}
		return nil
	})
}

// wideKeys reads the references that foreignKeys leaves out.
func (in *inspection) wideKeys() error {
	const query = `SELECT t.relname::text,
  (SELECT string_agg(c.attname::text, ', ' ORDER BY a.place) FROM unnest(k.conkey) WITH ORDINALITY AS a (number, place)
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = a.number) AS columns,
  CASE WHEN o.relnamespace = t.relnamespace THEN '' ELSE q.nspname || '.' END || o.relname || ' (' || (SELECT string_agg(c.attname::text, ', ' ORDER BY a.place)
    FROM unnest(k.confkey) WITH ORDINALITY AS a (number, place)
    JOIN pg_attribute AS c ON c.attrelid = k.confrelid AND c.attnum = a.number) || ')' AS target
FROM (SELECT t.oid, t.relname, t.relnamespace FROM ` + ownTables + `) AS t
JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'f'
JOIN pg_class AS o ON o.oid = k.confrelid
JOIN pg_namespace AS q ON q.oid = o.relnamespace
WHERE cardinality(k.conkey) > 1 OR o.relnamespace <> t.relnamespace
ORDER BY t.relname, k.conname`
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
