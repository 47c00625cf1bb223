package mysql

import (
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Statements returns what a change takes. MySQL commits each of them at once;
// every one is carried out as a whole or not at all.
func (Dialect) Statements(schema string, change relational.Change) ([]dialect.Statement, error) {
	s := &script{schema: schema}
	if err := s.change(change); err != nil {
		return nil, err
	}
	statements := make([]dialect.Statement, len(s.acts))
	for i, act := range s.acts {
		statements[i] = act.Do
	}
	return statements, nil
}

// script gathers what changes take.
type script struct {
	schema string
	acts   []Act
	keep   *keep // what goes is moved aside; nil drops it
}

func (s *script) change(change relational.Change) error {
	switch change := change.(type) {
	case relational.CreateTable:
		s.create(change.Table)
	case relational.DropTable:
		s.drop(change.Table)
	case relational.RenameTable:
		s.rename(change.Before.Name, change.Name)
	case relational.AlterTable:
		return s.alter(change)
	default:
		return fmt.Errorf("statements: unknown change %T", change)
	}
	return nil
}

func (s *script) drop(t *relational.Table) {
	if s.keep != nil {
		s.moveAside(t)
		return
	}
	s.add(Act{Table: t.Name, Do: s.sql("DROP TABLE ").Table(t.Name).Statement()})
}

func (s *script) rename(before, after string) {
	rename := func(before, after string) dialect.Statement {
		return s.sql("RENAME TABLE ").Table(before).SQL(" TO ").Table(after).Statement()
	}
	s.add(Act{Table: before, Do: rename(before, after), Undo: []Undo{{Statement: rename(after, before)}}})
	s.keep.renamed(before, after)
}

func (s *script) sql(text string) *dialect.Builder {
	return dialect.NewBuilder(&facts, s.schema).SQL(text)
}

func (s *script) add(act Act) { s.acts = append(s.acts, act) }

// create makes a table with its indexes and foreign keys in one statement.
func (s *script) create(t *relational.Table) {
	b := s.sql("CREATE TABLE ").Table(t.Name).SQL(" (")
	for i := range t.Columns {
		if i > 0 {
			b.SQL(",")
		}
		b.SQL("\n  ")
		if isList(t) && t.Columns[i].Name == schema.ListPosition {
			b.Name(schema.ListPosition).SQL(" int(4) NOT NULL") // as Prisma 1 wrote it
			continue
		}
		writeColumn(b, &t.Columns[i])
	}
	if len(t.PrimaryKey) > 0 {
		b.SQL(",\n  PRIMARY KEY (").Names(t.PrimaryKey...).SQL(")")
	}
	for i := range t.Indexes {
		b.SQL(",\n  ")
		writeIndex(b, t, &t.Indexes[i])
	}
	if isList(t) {
		b.SQL(",\n  ")
		writeIndex(b, t, &relational.Index{Name: schema.ListValue, Columns: []string{schema.ListValue}})
	}
	for i := range t.ForeignKeys {
		b.SQL(",\n  ")
		writeKey(b, &t.ForeignKeys[i])
	}
	b.SQL("\n)")
	for i := range t.Columns {
		writeStart(b, " ", &t.Columns[i])
	}
	b.SQL(" DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	drop := s.sql("DROP TABLE ").Table(t.Name).Statement()
	s.add(Act{Table: t.Name, Do: b.Statement(), Undo: []Undo{{Statement: drop, Table: t.Name, Empty: true}}, New: true})
}

// isList tells whether a table holds the values of a list. Prisma 1 gave those
// an index on the value.
func isList(t *relational.Table) bool {
	return slices.Equal(t.PrimaryKey, []string{schema.ListNode, schema.ListPosition}) && t.Column(schema.ListValue) != nil
}

func isListIndex(x relational.Index) bool {
	return !x.Unique && slices.Equal(x.Columns, []string{schema.ListValue})
}

// writeColumn writes the definition of a column.
func writeColumn(b *dialect.Builder, c *relational.Column) {
	b.Name(c.Name).SQL(" ").SQL(nativeType(c))
	if c.Nullable {
		b.SQL(" NULL")
	} else {
		b.SQL(" NOT NULL")
	}
	if c.Generated {
		b.SQL(" AUTO_INCREMENT")
	}
}

// writeStart makes the ids of a table start where its sequence says.
func writeStart(b *dialect.Builder, before string, c *relational.Column) {
	if c.Generated && c.Sequence != nil && c.Sequence.InitialValue > 1 {
		b.SQL(before).SQL(fmt.Sprintf("AUTO_INCREMENT = %d", c.Sequence.InitialValue))
	}
}

// writeIndex writes an index as part of a table. MySQL cannot index whole texts but by their words.
func writeIndex(b *dialect.Builder, t *relational.Table, x *relational.Index) {
	if x.Unique {
		b.SQL("UNIQUE ")
	}
	if x.FullText {
		b.SQL("FULLTEXT ")
	}
	b.SQL("INDEX ").Name(x.Name).SQL(" (")
	for i, name := range x.Columns {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(name)
		if c := t.Column(name); c != nil && isLong(c) && !x.FullText {
			b.SQL("(191)")
		}
	}
	b.SQL(")")
}

// writeKey writes a foreign key as part of a table. MySQL chooses its name.
func writeKey(b *dialect.Builder, key *relational.ForeignKey) {
	b.SQL("FOREIGN KEY (").Name(key.Column).SQL(") REFERENCES ").Table(key.Table)
	b.SQL(" (").Name(key.Reference).SQL(")")
	if key.OnDelete == relational.SetNull || key.OnDelete == relational.Cascade {
		b.SQL(" ON DELETE ").SQL(string(key.OnDelete))
	}
}
