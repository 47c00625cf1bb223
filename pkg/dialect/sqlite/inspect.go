package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Inspect returns the tables of the file, by name. schema is not used.
//
// It is the inverse of Statements, but for the start of a counted id, which is
// data, and for names of foreign keys, which SQLite does not tell.
func (Dialect) Inspect(ctx context.Context, db dialect.Querier, schema string) ([]*relational.Table, error) {
	in := &inspection{ctx: ctx, db: db, byName: make(map[string]*relational.Table)}
	err := dialect.ReadParts(
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

// inspection gathers the tables of one file.
type inspection struct {
	ctx    context.Context
	db     dialect.Querier
	tables []*relational.Table
	byName map[string]*relational.Table

	details *relational.Details // of Details, nil for Inspect
}

// ownTables are the tables that somebody created, with alias m. Virtual ones
// and those behind them are none.
const ownTables = `sqlite_schema AS m
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
AND m.name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table')`

func (in *inspection) columns() error {
	const query = `SELECT m.name AS "table", c.name, c.type, c."notnull", c.pk
FROM pragma_table_info(m.name) AS c, ` + ownTables + `
ORDER BY m.name, c.cid`
	keys := make(map[string][]string)
	err := in.each(query, func(rows *sql.Rows) error {
		var table, name, native string
		var notNull bool
		var pk int
		if err := rows.Scan(&table, &name, &native, &notNull, &pk); err != nil {
			return err
		}
		t := in.byName[table]
		if t == nil {
			t = &relational.Table{Name: table}
			in.byName[table] = t
			in.tables = append(in.tables, t)
		}
		c := relational.Column{Name: name, Type: typeOf(native), Native: native, Nullable: !notNull && pk == 0}
		c.Generated = pk == 1 && c.Type == scalar.Int && strings.EqualFold(native, generatedType)
		t.Columns = append(t.Columns, c)
		if pk > 0 {
			key := keys[table]
			keys[table] = append(key, make([]string, max(0, pk-len(key)))...)
			keys[table][pk-1] = name
		}
		return nil
	})
	for name, key := range keys {
		t := in.byName[name]
		t.PrimaryKey = key
		if len(key) > 1 {
			t.Column(key[0]).Generated = false
		}
	}
	return err
}

func (in *inspection) indexes() error {
	const query = `SELECT m.name AS "table", i.name AS "index", i."unique", c.name
FROM pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c, ` + ownTables + `
AND i.origin <> 'pk' AND i.partial = 0 AND c.name IS NOT NULL
ORDER BY m.name, i.seq DESC, c.seqno`
	return in.each(query, func(rows *sql.Rows) error {
		var table, name, column string
		var unique bool
		if err := rows.Scan(&table, &name, &unique, &column); err != nil {
			return err
		}
		t := in.byName[table]
		t.AddToIndex(relational.Index{Name: name, Columns: []string{column}, Unique: unique})
		return nil
	})
}

// foreignKeys reads references of one column; wider ones are none of ours. In
// reference to a primary key SQLite leaves the column unsaid.
func (in *inspection) foreignKeys() error {
	const query = `SELECT m.name AS "of", f.id, f."from", f."table", coalesce(f."to", '') AS "to", f.on_delete
FROM pragma_foreign_key_list(m.name) AS f, ` + ownTables + `
ORDER BY m.name, f.id DESC, f.seq`
	wide := make(map[string]bool)
	last, lastTable := -1, ""
	err := in.each(query, func(rows *sql.Rows) error {
		var table, onDelete string
		var id int
		var key relational.ForeignKey
		if err := rows.Scan(&table, &id, &key.Column, &key.Table, &key.Reference, &onDelete); err != nil {
			return err
		}
		t := in.byName[table]
		if id == last && table == lastTable {
			wide[table+"\x00"+t.ForeignKeys[len(t.ForeignKeys)-1].Column] = true
			return nil
		}
		last, lastTable = id, table
		if key.Reference == "" {
			key.Reference = in.primaryKey(key.Table)
		}
		key.OnDelete = relational.OnDelete(onDelete)
		t.ForeignKeys = append(t.ForeignKeys, key)
		return nil
	})
	for _, t := range in.tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(k relational.ForeignKey) bool {
			return wide[t.Name+"\x00"+k.Column]
		})
	}
	return err
}

// primaryKey returns the single column of a table's primary key, or "".
func (in *inspection) primaryKey(table string) string {
	if t := in.byName[table]; t != nil && len(t.PrimaryKey) == 1 {
		return t.PrimaryKey[0]
	}
	return ""
}

// each calls f for every row of a query.
func (in *inspection) each(query string, f func(*sql.Rows) error) error {
	return dialect.EachRow(in.ctx, in.db, f, query)
}
