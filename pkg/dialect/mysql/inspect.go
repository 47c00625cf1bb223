package mysql

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Inspect returns the tables of a database, by name; of the one in use when
// schema is "".
//
// It is the inverse of Statements, but for the start of a counted id, which is
// data, and for Json, which lies in the same type of column as String.
func (Dialect) Inspect(ctx context.Context, db dialect.Querier, schema string) ([]*relational.Table, error) {
	in := &inspection{ctx: ctx, db: db, schema: schema, byName: make(map[string]*relational.Table)}
	err := dialect.ReadParts(
		dialect.Part{Of: "columns", Read: in.columns},
		dialect.Part{Of: "indexes", Read: in.indexes},
		dialect.Part{Of: "foreign keys", Read: in.foreignKeys},
	)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(in.tables, func(a, b *relational.Table) int { return strings.Compare(a.Name, b.Name) })
	return in.tables, nil
}

// inspection gathers the tables of one database.
type inspection struct {
	ctx    context.Context
	db     dialect.Querier
	schema string
	tables []*relational.Table
	byName map[string]*relational.Table

	details *relational.Details // of Details, nil for Inspect
}

// columns reads the columns. The type of a column whose collation is not that
// of its table names it, so that the column can be defined anew from it.
func (in *inspection) columns() error {
	const query = `SELECT c.table_name, c.column_name, c.column_type, c.is_nullable = 'YES' AS nullable,
  c.extra LIKE '%auto_increment%' AS counted,
  CASE WHEN c.collation_name <> t.table_collation
    THEN concat(' CHARACTER SET ', c.character_set_name, ' COLLATE ', c.collation_name) ELSE '' END AS text
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = coalesce(?, database()) AND t.table_type = 'BASE TABLE'
ORDER BY c.table_name, c.ordinal_position`
	return in.each(query, func(rows *sql.Rows) error {
		var table, native, collation string
		var c relational.Column
		if err := rows.Scan(&table, &c.Name, &native, &c.Nullable, &c.Generated, &collation); err != nil {
			return err
		}
		t := in.byName[table]
		if t == nil {
			t = &relational.Table{Name: table}
			in.byName[table] = t
			in.tables = append(in.tables, t)
		}
		c.Type, c.Native = typeOf(native), native+collation
		t.Columns = append(t.Columns, c)
		return nil
	})
}

// indexes reads keys on columns and on the words in them. Those on shapes and on
// expressions are none of ours, nor is the one that each list has on its values.
func (in *inspection) indexes() error {
	const query = `SELECT table_name, index_name, non_unique = 0 AS is_unique, coalesce(column_name, '') AS name,
  index_type = 'FULLTEXT' AS is_full_text
FROM information_schema.statistics
WHERE table_schema = coalesce(?, database()) AND index_type IN ('BTREE', 'HASH', 'FULLTEXT')
ORDER BY table_name, index_name, seq_in_index`
	err := in.each(query, func(rows *sql.Rows) error {
		var table, name, column string
		var unique, fullText bool
		if err := rows.Scan(&table, &name, &unique, &column, &fullText); err != nil {
			return err
		}
		t := in.byName[table]
		if name == "PRIMARY" {
			t.PrimaryKey = append(t.PrimaryKey, column)
			return nil
		}
		t.AddToIndex(relational.Index{Name: name, Columns: []string{column}, Unique: unique, FullText: fullText})
		return nil
	})
	for _, t := range in.tables {
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x relational.Index) bool {
			return slices.Contains(x.Columns, "") || isList(t) && isListIndex(x)
		})
	}
	return err
}

// foreignKeys reads references of one column; wider ones are none of ours.
func (in *inspection) foreignKeys() error {
	const query = `SELECT k.table_name, k.constraint_name, k.column_name,
  CASE WHEN k.referenced_table_schema = k.table_schema THEN '' ELSE concat(k.referenced_table_schema, '.') END AS prefix,
  k.referenced_table_name, k.referenced_column_name, r.delete_rule
FROM information_schema.key_column_usage AS k
JOIN information_schema.referential_constraints AS r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = coalesce(?, database()) AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position`
	columns := make(map[[2]string]int)
	err := in.each(query, func(rows *sql.Rows) error {
		var table, schema, onDelete string
		var key relational.ForeignKey
		if err := rows.Scan(&table, &key.Name, &key.Column, &schema, &key.Table, &key.Reference, &onDelete); err != nil {
			return err
		}
		key.Table = schema + key.Table
		key.OnDelete = relational.NoAction
		switch rule := relational.OnDelete(onDelete); rule {
		case relational.SetNull, relational.Cascade:
			key.OnDelete = rule
		}
		columns[[2]string{table, key.Name}]++
		t := in.byName[table]
		t.ForeignKeys = append(t.ForeignKeys, key)
		return nil
	})
	for _, t := range in.tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(k relational.ForeignKey) bool {
			return columns[[2]string{t.Name, k.Name}] > 1
		})
	}
	return err
}

// each calls f for every row of a query about the database.
func (in *inspection) each(query string, f func(*sql.Rows) error) error {
	schema := sql.NullString{String: in.schema, Valid: in.schema != ""}
	return dialect.EachRow(in.ctx, in.db, f, query, schema)
}
