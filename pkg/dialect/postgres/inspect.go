package postgres

import (
	"context"
	"database/sql"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Inspect returns the tables of a schema, by name.
//
// It is the inverse of Statements, but for Json and Enum, which are text and
// come back as String. Read is PostgreSQL's own catalog: information_schema
// hides what belongs to another role, and is slow.
func (Dialect) Inspect(ctx context.Context, db dialect.Querier, schema string) ([]*relational.Table, error) {
	in := &inspection{ctx: ctx, db: db, schema: schema, byName: make(map[string]*relational.Table)}
	err := dialect.ReadParts(
		dialect.Part{Of: "tables", Read: in.readTables},
		dialect.Part{Of: "columns", Read: in.columns},
		dialect.Part{Of: "indexes", Read: in.indexes},
		dialect.Part{Of: "full-text indexes", Read: in.fullTextIndexes},
		dialect.Part{Of: "foreign keys", Read: in.foreignKeys},
	)
	if err != nil {
		return nil, err
	}
	return in.tables, nil
}

// inspection gathers the tables of one schema.
type inspection struct {
	ctx    context.Context
	db     dialect.Querier
	schema string
	tables []*relational.Table
	byName map[string]*relational.Table

	details *relational.Details // of Details, nil for Inspect
}

// ownTables are the tables of the schema, partitioned ones among them, with alias t.
const ownTables = `pg_class AS t
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relkind IN ('r', 'p')`

func (in *inspection) readTables() error {
	const query = `SELECT t.relname::text
FROM ` + ownTables + `
ORDER BY t.relname::text COLLATE "C"`
	return in.each(query, func(rows *sql.Rows) error {
		t := &relational.Table{}
		if err := rows.Scan(&t.Name); err != nil {
			return err
		}
		in.byName[t.Name] = t
		in.tables = append(in.tables, t)
		return nil
	})
}

// columns reads columns with the sequences that fill them: by a default or,
// in databases of others, as identity. pg_sequence is new in PostgreSQL 10, and
// the function tells nothing about sequences that the role may not use.
func (in *inspection) columns() error {
	const query = `SELECT t.relname::text, c.attname::text, format_type(c.atttypid, c.atttypmod) AS native, y.typtype = 'e' AS is_enum,
  NOT c.attnotnull AS nullable, s.name::text AS sequence, s.start, s.increment
FROM (SELECT t.oid, t.relname FROM ` + ownTables + `) AS t
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
JOIN pg_type AS y ON y.oid = c.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = c.attnum
LEFT JOIN LATERAL (
  SELECT q.relname AS name, p.start_value AS start, p.increment
  FROM pg_depend AS x
  JOIN pg_class AS q ON q.relkind = 'S'
    AND (x.classid = 'pg_attrdef'::regclass AND x.objid = d.oid AND x.refclassid = 'pg_class'::regclass AND x.refobjid = q.oid
      OR x.classid = 'pg_class'::regclass AND x.objid = q.oid AND x.deptype = 'i'
        AND x.refclassid = 'pg_class'::regclass AND x.refobjid = t.oid AND x.refobjsubid = c.attnum)
  CROSS JOIN LATERAL pg_sequence_parameters(q.oid) AS p
  WHERE CASE WHEN q.relkind = 'S' THEN has_sequence_privilege(q.oid, 'USAGE, SELECT, UPDATE') END
  LIMIT 1
) AS s ON true
ORDER BY t.relname, c.attnum`
	return in.each(query, func(rows *sql.Rows) error {
		var table string
		var isEnum bool
		var c relational.Column
		var name sql.NullString
		var start, increment sql.NullInt64
		err := rows.Scan(&table, &c.Name, &c.Native, &isEnum, &c.Nullable, &name, &start, &increment)
		if err != nil {
			return err
		}
		c.Type = typeOf(c.Native)
		if isEnum {
			c.Type = scalar.Enum
		}
		if name.Valid && c.Type == scalar.Int {
			c.Generated = true
			c.Sequence = &schema.Sequence{Name: name.String, InitialValue: start.Int64, AllocationSize: increment.Int64}
		}
		t := in.byName[table]
		t.Columns = append(t.Columns, c)
		return nil
	})
}

// indexes reads keys and indexes over whole columns and all rows; others are none of ours.
// Before PostgreSQL 11 all columns of an index are of its key.
func (in *inspection) indexes() error {
	const query = `SELECT t.relname::text, i.relname::text AS index, x.indisprimary, x.indisunique, c.attname::text
FROM (SELECT t.oid, t.relname FROM ` + ownTables + `) AS t
JOIN pg_index AS x ON x.indrelid = t.oid AND x.indpred IS NULL AND x.indexprs IS NULL AND x.indisvalid
JOIN pg_class AS i ON i.oid = x.indexrelid
CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.number
WHERE k.place <= coalesce((to_jsonb(x)->>'indnkeyatts')::int, x.indnatts)
ORDER BY t.relname, x.indexrelid, k.place`
	return in.each(query, func(rows *sql.Rows) error {
		var table, name, column string
		var primary, unique bool
		if err := rows.Scan(&table, &name, &primary, &unique, &column); err != nil {
			return err
		}
		t := in.byName[table]
		if primary {
			t.PrimaryKey = append(t.PrimaryKey, column)
			return nil
		}
		t.AddToIndex(relational.Index{Name: name, Columns: []string{column}, Unique: unique})
		return nil
	})
}

// ownWords is how the expression of an index of words begins when it was made as ours are.
const ownWords = `to_tsvector('simple'::regconfig, "left"(translate(`

// fullTextIndexes reads indexes of words. Their expressions are compared here:
// a condition on them PostgreSQL asks of all indexes of the database, also of
// those whose tables somebody else changes at this moment.
func (in *inspection) fullTextIndexes() error {
	const query = `SELECT t.relname::text, i.relname::text AS index, c.attname::text, coalesce(pg_get_expr(x.indexprs, x.indrelid), '') AS words
FROM (SELECT t.oid, t.relname FROM ` + ownTables + `) AS t
JOIN pg_index AS x ON x.indrelid = t.oid AND x.indpred IS NULL AND x.indisvalid AND x.indnatts = 1 AND x.indexprs IS NOT NULL
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_attribute AS c ON c.attrelid = t.oid AND EXISTS (
  SELECT 1 FROM pg_depend AS d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = i.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid = c.attnum)
ORDER BY t.relname, x.indexrelid, c.attname::text COLLATE "C"`
	return in.each(query, func(rows *sql.Rows) error {
		var table, name, column, words string
		if err := rows.Scan(&table, &name, &column, &words); err != nil {
			return err
		}
		if strings.HasPrefix(words, ownWords) {
			in.byName[table].AddToIndex(relational.Index{Name: name, Columns: []string{column}, FullText: true})
		}
		return nil
	})
}

// actions are what pg_constraint calls the ends of a reference that are ours.
var actions = map[string]relational.OnDelete{"n": relational.SetNull, "c": relational.Cascade}

// foreignKeys reads references of one column to a table of the schema; others are none of ours.
func (in *inspection) foreignKeys() error {
	const query = `SELECT t.relname::text, k.conname::text, c.attname::text, o.relname::text AS other, r.attname::text AS reference, k.confdeltype::text AS action
FROM (SELECT t.oid, t.relname, t.relnamespace FROM ` + ownTables + `) AS t
JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'f' AND cardinality(k.conkey) = 1
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.conkey[1]
JOIN pg_class AS o ON o.oid = k.confrelid AND o.relnamespace = t.relnamespace
JOIN pg_attribute AS r ON r.attrelid = o.oid AND r.attnum = k.confkey[1]
ORDER BY t.relname, k.oid`
	return in.each(query, func(rows *sql.Rows) error {
		var table, action string
		var key relational.ForeignKey
		if err := rows.Scan(&table, &key.Name, &key.Column, &key.Table, &key.Reference, &action); err != nil {
			return err
		}
		key.OnDelete = relational.NoAction
		if ours, ok := actions[action]; ok {
			key.OnDelete = ours
		}
		t := in.byName[table]
		t.ForeignKeys = append(t.ForeignKeys, key)
		return nil
	})
}

// each calls f for every row of a query on the schema.
func (in *inspection) each(query string, f func(*sql.Rows) error) error {
	return dialect.EachRow(in.ctx, in.db, f, query, in.schema)
}
