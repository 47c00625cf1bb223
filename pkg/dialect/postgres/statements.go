package postgres

import (
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// Statements returns what a change takes. All of them can be rolled back.
func (Dialect) Statements(schema string, change relational.Change) ([]dialect.Statement, error) {
	s := &script{schema: schema}
	switch change := change.(type) {
	case relational.CreateTable:
		s.create(change.Table)
	case relational.DropTable:
		s.add(s.sql("DROP TABLE ").Table(change.Table.Name))
	case relational.RenameTable:
		s.add(s.sql("ALTER TABLE ").Table(change.Before.Name).SQL(" RENAME TO ").Name(change.Name))
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
type script struct {
	schema     string
	statements []dialect.Statement
}

func (s *script) sql(text string) *dialect.Builder {
	return dialect.NewBuilder(&facts, s.schema).SQL(text)
}

func (s *script) add(b *dialect.Builder) { s.statements = append(s.statements, b.Statement()) }

// alterTable begins a statement.
func (s *script) alterTable(table string) *dialect.Builder {
	return s.sql("ALTER TABLE ").Table(table)
}

// alterColumn begins a statement.
func (s *script) alterColumn(table, column string) *dialect.Builder {
	return s.alterTable(table).SQL(" ALTER COLUMN ").Name(column)
}

// create makes a table with its sequences and indexes.
func (s *script) create(t *relational.Table) {
	for i := range t.Columns {
		s.makeSequence(t.Name, &t.Columns[i])
	}
	b := s.sql("CREATE TABLE ").Table(t.Name).SQL(" (")
	for i := range t.Columns {
		if i > 0 {
			b.SQL(",")
		}
		b.SQL("\n  ")
		s.writeColumn(b, t.Name, &t.Columns[i])
	}
	if len(t.PrimaryKey) > 0 {
		b.SQL(",\n  PRIMARY KEY (").Names(t.PrimaryKey...).SQL(")")
	}
	for i := range t.ForeignKeys {
		b.SQL(",\n  FOREIGN KEY (").Name(t.ForeignKeys[i].Column).SQL(")")
		writeReference(b, &t.ForeignKeys[i])
	}
	s.add(b.SQL("\n)"))
	for i := range t.Columns {
		s.ownSequence(t.Name, &t.Columns[i])
	}
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
	b.SQL("INDEX ").Name(x.Name).SQL(" ON ").Table(table)
	s.add(b.SQL(" (").Names(x.Columns...).SQL(")"))
}

// dropIndex drops an index, also one that belongs to a unique constraint, as
// databases of others have them.
func (s *script) dropIndex(table, index string) {
	s.add(s.alterTable(table).SQL(" DROP CONSTRAINT IF EXISTS ").Name(index))
	s.add(s.sql("DROP INDEX IF EXISTS ").Table(index))
}

// writeColumn writes the definition of a column.
func (s *script) writeColumn(b *dialect.Builder, table string, c *relational.Column) {
	b.Name(c.Name).SQL(" ").SQL(nativeType(c))
	if c.Nullable {
		b.SQL(" NULL")
	} else {
		b.SQL(" NOT NULL")
	}
	if c.Generated {
		b.SQL(" DEFAULT ").SQL(s.nextValue(table, c))
	}
}

func writeReference(b *dialect.Builder, key *relational.ForeignKey) {
	b.SQL(" REFERENCES ").Table(key.Table)
	if key.Reference != "" {
		b.SQL(" (").Name(key.Reference).SQL(")")
	}
	if key.OnDelete == relational.SetNull || key.OnDelete == relational.Cascade {
		b.SQL(" ON DELETE ").SQL(string(key.OnDelete))
	}
}
