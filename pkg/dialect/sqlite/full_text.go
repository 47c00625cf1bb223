package sqlite

import (
	"database/sql"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// An index of words is a table of FTS5 that has the rows of another table under
// their rowids, without their texts, and three triggers of that table.

// fullText asks the table of words for rowids. Each word stands in quotes, of
// which it has none itself.
func fullText(b *dialect.Builder, alias, table string, _, words []string) {
	query := `"` + strings.Join(words, `" "`) + `"`
	name := relational.Naming{}.FullText(table)
	b.Column(alias, "rowid").SQL(" IN (SELECT rowid FROM ").Name(name).SQL(" WHERE ").Name(name)
	b.SQL(" MATCH ").Arg(query).SQL(")")
}

// The triggers are called as the index with these behind it.
const (
	onInsert = "_insert"
	onUpdate = "_update"
	onDelete = "_delete"
)

// wordsOf is the column of an index with the words of a column. FTS5 has names
// of its own, like rank.
func wordsOf(column string) string { return wordsBegin + column }

const wordsBegin = "_"

// fullTextIndex makes an index of words, with those that are there.
func (s *script) fullTextIndex(table string, x *relational.Index) {
	b := s.sql("CREATE VIRTUAL TABLE ").Name(x.Name).SQL(" USING fts5(")
	for _, column := range x.Columns {
		b.Name(wordsOf(column)).SQL(", ")
	}
	s.add(b.SQL("tokenize = 'unicode61 remove_diacritics 0', content = '', contentless_delete = 1)"))

	b = s.intoIndex(s.sql(""), x).SQL("\nSELECT rowid")
	for _, column := range x.Columns {
		b.SQL(", ").Name(column)
	}
	s.add(b.SQL("\nFROM ").Name(table))
	s.fullTextTriggers(table, x)
}

// fullTextTriggers makes what keeps an index of words like its table.
func (s *script) fullTextTriggers(table string, x *relational.Index) {
	trigger := func(name string) *dialect.Builder { return s.sql("CREATE TRIGGER ").Name(x.Name + name).SQL(" AFTER ") }
	begin := func(b *dialect.Builder) { b.SQL(" ON ").Name(table).SQL(" BEGIN\n") }
	remove := func(b *dialect.Builder) {
		b.SQL("  DELETE FROM ").Name(x.Name).SQL(" WHERE rowid = old.rowid;\n")
	}
	insert := func(b *dialect.Builder) {
		s.intoIndex(b.SQL("  "), x).SQL(" VALUES (new.rowid")
		for _, column := range x.Columns {
			b.SQL(", new.").Name(column)
		}
		b.SQL(");\n")
	}
	b := trigger(onInsert).SQL("INSERT")
	begin(b)
	insert(b)
	s.add(b.SQL("END"))
	b = trigger(onUpdate).SQL("UPDATE OF ").Names(x.Columns...)
	begin(b)
	remove(b)
	insert(b)
	s.add(b.SQL("END"))
	b = trigger(onDelete).SQL("DELETE")
	begin(b)
	remove(b)
	s.add(b.SQL("END"))
}

// intoIndex begins to insert into an index of words.
func (s *script) intoIndex(b *dialect.Builder, x *relational.Index) *dialect.Builder {
	b.SQL("INSERT INTO ").Name(x.Name).SQL(" (rowid")
	for _, column := range x.Columns {
		b.SQL(", ").Name(wordsOf(column))
	}
	return b.SQL(")")
}

// dropIndex drops an index of any kind.
func (s *script) dropIndex(x relational.Index) {
	if !x.FullText {
		s.add(s.sql("DROP INDEX ").Name(x.Name))
		return
	}
	for _, trigger := range []string{onInsert, onUpdate, onDelete} {
		s.add(s.sql("DROP TRIGGER IF EXISTS ").Name(x.Name + trigger))
	}
	s.add(s.sql("DROP TABLE ").Name(x.Name))
}

// drop drops a table with its index of words; other indexes go with it.
func (s *script) drop(t *relational.Table) {
	for _, x := range t.Indexes {
		if x.FullText {
			s.dropIndex(x)
		}
	}
	s.add(s.sql("DROP TABLE ").Name(t.Name))
}

// fullTextIndexes reads indexes of words by their first trigger.
func (in *inspection) fullTextIndexes() error {
	const query = `SELECT r.tbl_name, v.name, c.name
FROM sqlite_schema AS v
JOIN sqlite_schema AS r ON r.type = 'trigger' AND r.name = v.name || '` + onInsert + `'
JOIN pragma_table_info(v.name) AS c
WHERE v.type = 'table' AND v.sql LIKE 'CREATE VIRTUAL TABLE % USING fts5(%'
ORDER BY r.tbl_name, v.name, c.cid`
	return in.each(query, func(rows *sql.Rows) error {
		var table, name, column string
		if err := rows.Scan(&table, &name, &column); err != nil {
			return err
		}
		column, ours := strings.CutPrefix(column, wordsBegin)
		if t := in.byName[table]; t != nil && ours {
			t.AddToIndex(relational.Index{Name: name, Columns: []string{column}, FullText: true})
		}
		return nil
	})
}
