package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Statements returns what a change takes. They must run in a transaction on a
// connection whose foreign keys are off, because a table may be rebuilt under
// the feet of those that refer to it; who runs them checks the references
// before the commit. schema is not used.
func (Dialect) Statements(schema string, change relational.Change) ([]dialect.Statement, error) {
	s := &script{}
	switch change := change.(type) {
	case relational.CreateTable:
		s.create(change.Table)
	case relational.DropTable:
		s.drop(change.Table)
	case relational.RenameTable:
		s.rename(change.Before.Name, change.Name)
	case relational.AlterTable:
		if err := s.alter(change); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("statements: unknown change %T", change)
	}
	return s.statements, nil
}

// script gathers the statements of one change.
type script struct{ statements []dialect.Statement }

func (s *script) sql(text string) *dialect.Builder {
	return dialect.NewBuilder(&facts, "").SQL(text)
}

func (s *script) add(b *dialect.Builder) { s.statements = append(s.statements, b.Statement()) }

// create makes a table with its indexes.
func (s *script) create(t *relational.Table) {
	s.table(t, t.Name)
	s.startSequence(t, t.Name)
	s.indexes(t)
}

// startSequence makes a new table count from where its generated column says.
func (s *script) startSequence(t *relational.Table, name string) {
	for _, c := range t.Columns {
		if c.Generated && c.Sequence != nil && c.Sequence.InitialValue > 1 {
			b := s.sql("INSERT INTO sqlite_sequence (name, seq) VALUES (").Arg(name)
			s.add(b.SQL(", ").Arg(c.Sequence.InitialValue - 1).SQL(")"))
		}
	}
}

// table makes the columns of a table under a name.
func (s *script) table(t *relational.Table, name string) {
	b := s.sql("CREATE TABLE ").Name(name).SQL(" (")
	generated := false
	for i := range t.Columns {
		if i > 0 {
			b.SQL(",")
		}
		b.SQL("\n  ")
		writeColumn(b, &t.Columns[i])
		generated = generated || t.Columns[i].Generated
	}
	if len(t.PrimaryKey) > 0 && !generated {
		b.SQL(",\n  PRIMARY KEY (").Names(t.PrimaryKey...).SQL(")")
	}
	for _, key := range t.ForeignKeys {
		b.SQL(",\n  FOREIGN KEY (").Name(key.Column).SQL(")")
		writeReference(b, &key)
	}
	s.add(b.SQL("\n)"))
}

func (s *script) indexes(t *relational.Table) {
	for i := range t.Indexes {
		s.index(t.Name, &t.Indexes[i])
	}
}

func (s *script) index(table string, x *relational.Index) {
	if x.FullText {
		s.fullTextIndex(table, x)
		return
	}
	b := s.sql("CREATE ")
	if x.Unique {
		b.SQL("UNIQUE ")
	}
	b.SQL("INDEX ").Name(x.Name).SQL(" ON ").Name(table)
	s.add(b.SQL(" (").Names(x.Columns...).SQL(")"))
}

// rename gives a table another name. Names that differ in case only are the
// same to SQLite, so that the way leads over a third one.
func (s *script) rename(before, after string) {
	if before != after && strings.EqualFold(before, after) {
		s.rename(before, interim(before))
		before = interim(before)
	}
	s.add(s.sql("ALTER TABLE ").Name(before).SQL(" RENAME TO ").Name(after))
}

// interim is the name of a table that lives for two statements.
func interim(table string) string { return rebuilt + table }

// rebuilt begins the names of tables that are being rebuilt.
const rebuilt = "_prisma_"

// writeColumn writes the definition of a column.
func writeColumn(b *dialect.Builder, c *relational.Column) {
	b.Name(c.Name).SQL(" ").SQL(nativeType(c))
	switch {
	case c.Generated:
		b.SQL(" NOT NULL PRIMARY KEY AUTOINCREMENT")
	case c.Nullable:
		b.SQL(" NULL")
	default:
		b.SQL(" NOT NULL")
	}
}

func writeReference(b *dialect.Builder, key *relational.ForeignKey) {
	b.SQL(" REFERENCES ").Name(key.Table)
	if key.Reference != "" {
		b.SQL(" (").Name(key.Reference).SQL(")")
	}
	if key.OnDelete == relational.SetNull || key.OnDelete == relational.Cascade {
		b.SQL(" ON DELETE ").SQL(string(key.OnDelete))
	}
}

// alter edits a table in place where SQLite can, and rebuilds it where not.
func (s *script) alter(change relational.AlterTable) error {
	for _, edit := range change.Edits {
		if !inPlace(change.Before, edit) {
			return s.rebuild(change)
		}
	}
	indexes := slices.Clone(change.Before.Indexes)
	for _, edit := range change.Edits {
		indexes = s.edit(change.Before.Name, edit, indexes)
	}
	return nil
}

// inPlace tells whether SQLite can make an edit without a new table: it adds
// columns that may be null, drops columns nobody refers to, and renames.
func inPlace(t *relational.Table, edit relational.Edit) bool {
	switch edit := edit.(type) {
	case relational.AddColumn:
		return edit.Column.Nullable && !edit.Column.Generated
	case relational.DropColumn:
		refers := slices.ContainsFunc(t.ForeignKeys, func(k relational.ForeignKey) bool {
			return k.Column == edit.Column.Name
		})
		automatic := slices.ContainsFunc(t.Indexes, func(x relational.Index) bool {
			return slices.Contains(x.Columns, edit.Column.Name) && isAutomatic(x)
		})
		return !refers && !automatic && !slices.Contains(t.PrimaryKey, edit.Column.Name)
	case relational.AlterColumn:
		before, after := edit.Before, edit.After
		return !edit.Wipe && before.Type == after.Type &&
			before.Nullable == after.Nullable && before.Generated == after.Generated
	case relational.DropIndex:
		return !isAutomatic(edit.Index)
	case relational.AddIndex:
		return true
	}
	return false
}

// isAutomatic tells whether an index belongs to a constraint in CREATE TABLE,
// with which alone it can be dropped.
func isAutomatic(x relational.Index) bool { return strings.HasPrefix(x.Name, "sqlite_autoindex_") }

// edit makes one edit in place. indexes are those of the table; it returns them
// as they are afterwards.
func (s *script) edit(table string, edit relational.Edit, indexes []relational.Index) []relational.Index {
	switch edit := edit.(type) {
	case relational.AddColumn:
		b := s.sql("ALTER TABLE ").Name(table).SQL(" ADD COLUMN ")
		writeColumn(b, &edit.Column)
		if edit.ForeignKey != nil {
			writeReference(b, edit.ForeignKey)
		}
		s.add(b)
	case relational.DropColumn:
		indexes = slices.DeleteFunc(indexes, func(x relational.Index) bool {
			on := slices.Contains(x.Columns, edit.Column.Name)
			if on {
				s.dropIndex(x)
			}
			return on
		})
		s.add(s.sql("ALTER TABLE ").Name(table).SQL(" DROP COLUMN ").Name(edit.Column.Name))
	case relational.AlterColumn:
		if edit.Before.Name != edit.After.Name {
			s.renameColumn(table, edit)
			for n := range indexes {
				if i := slices.Index(indexes[n].Columns, edit.Before.Name); i >= 0 {
					indexes[n].Columns = slices.Clone(indexes[n].Columns)
					indexes[n].Columns[i] = edit.After.Name
				}
			}
		}
	case relational.AddIndex:
		s.index(table, &edit.Index)
		indexes = append(indexes, edit.Index)
	case relational.DropIndex:
		s.dropIndex(edit.Index)
		indexes = slices.DeleteFunc(indexes, func(x relational.Index) bool { return x.Name == edit.Index.Name })
	}
	return indexes
}

func (s *script) renameColumn(table string, edit relational.AlterColumn) {
	b := s.sql("ALTER TABLE ").Name(table).SQL(" RENAME COLUMN ").Name(edit.Before.Name)
	s.add(b.SQL(" TO ").Name(edit.After.Name))
}
