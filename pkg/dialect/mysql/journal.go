package mysql

import (
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// An Act is one statement of a migration, with what takes it back.
type Act struct {
	Table string // whose definition tells whether the act is done; "" when it changes none
	Do    dialect.Statement
	Undo  []Undo // in order; each may be run again, see IsDone
	New   bool   // it makes Table, which is not there: Undo may be run even if it is not done
	Gone  bool   // it moves Table aside, which nobody may refer to
}

// An Undo takes an act back, or a part of it.
type Undo struct {
	dialect.Statement          // SQL is "" for none
	Table             string   // of the two below
	DropKeys          []string // columns whose foreign keys go before: MySQL chose their names
	AddsKey           string   // column; where it has a foreign key the statement is passed over
	Empty             bool     // the statement is passed over where Table has rows: it is not the one that was made
}

// Acts returns what the changes of each step take so that all of it can be
// taken back: what goes is moved aside, and clean drops it in the end.
// Revision is part of the names aside.
func (Dialect) Acts(schema string, revision int, steps [][]relational.Change) (acts [][]Act, clean []dialect.Statement, err error) {
	s := &script{schema: schema, keep: &keep{revision: revision}}
	for _, changes := range steps {
		s.acts = nil
		for _, change := range changes {
			if err := s.change(change); err != nil {
				return nil, nil, err
			}
		}
		acts = append(acts, s.acts)
	}
	return acts, s.clean(), nil
}

// keep is what a migration moved aside.
type keep struct {
	revision int
	count    int
	tables   []string
	columns  []column
}

// A column aside: where it is and its name.
type column struct{ table, name string }

// name returns a name that nothing else has.
func (k *keep) name() string {
	k.count++
	return fmt.Sprintf("_prisma1_gone_%d_%d", k.revision, k.count)
}

// renamed follows a table with columns aside.
func (k *keep) renamed(before, after string) {
	if k == nil {
		return
	}
	for i := range k.columns {
		if k.columns[i].table == before {
			k.columns[i].table = after
		}
	}
}

// moveAside renames a table that goes. Its references go at once, so that they
// are in nobody's way.
func (s *script) moveAside(t *relational.Table) {
	name := s.keep.name()
	s.keep.tables = append(s.keep.tables, name)
	s.keep.columns = slices.DeleteFunc(s.keep.columns, func(c column) bool { return c.table == t.Name })
	undo := []Undo{{Statement: s.sql("RENAME TABLE ").Table(name).SQL(" TO ").Table(t.Name).Statement()}}
	b := s.sql("ALTER TABLE ").Table(t.Name)
	for i := range t.ForeignKeys {
		key := &t.ForeignKeys[i]
		if key.Name == "" {
			continue // made by this migration: there are no rows
		}
		b.SQL("\n  DROP FOREIGN KEY ").Name(constraintName(t.Name, key.Name)).SQL(",")
		again := s.sql("ALTER TABLE ").Table(t.Name).SQL(" ADD ")
		writeKey(again, key)
		undo = append(undo, Undo{Statement: again.Statement(), Table: t.Name, AddsKey: key.Column})
	}
	s.add(Act{Table: t.Name, Do: b.SQL("\n  RENAME TO ").Table(name).Statement(), Undo: undo, Gone: true})
}

// clean drops what was moved aside.
func (s *script) clean() []dialect.Statement {
	var statements []dialect.Statement
	for len(s.keep.columns) > 0 {
		table := s.keep.columns[0].table
		b := s.sql("ALTER TABLE ").Table(table)
		for i, c := range s.keep.columns {
			if c.table != table {
				continue
			}
			if i > 0 {
				b.SQL(",")
			}
			b.SQL("\n  DROP COLUMN ").Name(c.name)
		}
		s.keep.columns = slices.DeleteFunc(s.keep.columns, func(c column) bool { return c.table == table })
		statements = append(statements, b.Statement())
	}
	for _, table := range s.keep.tables {
		statements = append(statements, s.sql("DROP TABLE ").Table(table).Statement())
	}
	return statements
}

// save notes the rows without a value in a column before they are given one,
// and returns what takes the value back.
func (a *alteration) save(name string) []Undo {
	if a.keep == nil || len(a.had) != 1 {
		return nil
	}
	id := *a.table.Column(a.had[0])
	id.Generated = false
	aside := a.keep.name()
	a.keep.tables = append(a.keep.tables, aside)
	b := a.sql("CREATE TABLE ").Table(aside).SQL(" (")
	writeColumn(b, &id)
	b.SQL(", PRIMARY KEY (").Name(id.Name).SQL(")) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	drop := a.sql("DROP TABLE ").Table(aside).Statement()
	a.script.add(Act{Table: aside, Do: b.Statement(), Undo: []Undo{{Statement: drop}}})
	b = a.sql("INSERT INTO ").Table(aside).SQL("\nSELECT ").Name(id.Name).SQL(" FROM ").Table(a.table.Name)
	a.script.add(Act{Do: b.SQL(" WHERE ").Name(name).SQL(" IS NULL").Statement()})
	undo := a.sql("UPDATE ").Table(a.table.Name).SQL("\nSET ").Name(name).SQL(" = NULL\nWHERE ").Name(id.Name)
	undo.SQL(" IN (SELECT ").Name(id.Name).SQL(" FROM ").Table(aside).SQL(")")
	return []Undo{{Statement: undo.Statement()}}
}
