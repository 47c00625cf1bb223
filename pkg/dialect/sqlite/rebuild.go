package sqlite

import (
	"fmt"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// rebuild leads a table to another form by the way of sqlite.org/lang_altertable.html:
// a new table is made and filled, the old one dropped, the new one renamed.
// References from other tables go by name and stay.
func (s *script) rebuild(change relational.AlterTable) error {
	before, after := change.Before, change.After
	copies, err := s.copies(change)
	if err != nil {
		return err
	}
	name := interim(after.Name)
	s.table(after, name)
	switch {
	case isGenerated(before) && isGenerated(after):
		s.keepSequence(before.Name, name)
	case isGenerated(after):
		s.startSequence(after, name)
	}
	s.fill(before.Name, name, after, copies)
	s.drop(before)
	s.add(s.sql("ALTER TABLE ").Name(name).SQL(" RENAME TO ").Name(after.Name))
	s.indexes(after)
	return nil
}

func isGenerated(t *relational.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c relational.Column) bool { return c.Generated })
}

// A copied column gets its values from a column of the old table, from a
// value, or from the column and the value where it is null.
type copied struct {
	from string // "" for none
	fill scalar.Value
}

// copies follows the edits of a table and returns where each new column's
// values come from. A key that other tables refer to is renamed at once, in
// the old table, so that the references follow.
func (s *script) copies(change relational.AlterTable) (map[string]copied, error) {
	copies := make(map[string]copied, len(change.Before.Columns))
	for _, c := range change.Before.Columns {
		copies[c.Name] = copied{from: c.Name}
	}
	for _, edit := range change.Edits {
		switch edit := edit.(type) {
		case relational.AddColumn:
			copies[edit.Column.Name] = copied{fill: fillOf(edit.Column, edit.Fill)}
		case relational.DropColumn:
			delete(copies, edit.Column.Name)
		case relational.AlterColumn:
			old, ok := copies[edit.Before.Name]
			if !ok {
				return nil, fmt.Errorf("alter table %q: there is no column %q", change.Before.Name, edit.Before.Name)
			}
			delete(copies, edit.Before.Name)
			if edit.Before.Name != edit.After.Name && slices.Contains(change.Before.PrimaryKey, edit.Before.Name) {
				s.renameColumn(change.Before.Name, edit)
				old.from = edit.After.Name
			}
			if edit.Wipe {
				old = copied{}
			}
			if fill := fillOf(edit.After, edit.Fill); !fill.IsNull() {
				old.fill = fill
			}
			copies[edit.After.Name] = old
		case relational.AddIndex, relational.DropIndex: // the new table has the right ones
		default:
			return nil, fmt.Errorf("alter table %q: unknown edit %T", change.Before.Name, edit)
		}
	}
	return copies, nil
}

// fillOf returns the value for rows that have none in a column.
func fillOf(c relational.Column, fill scalar.Value) scalar.Value {
	if c.Nullable {
		return scalar.Value{}
	}
	return fill
}

// fill copies the rows of the old table.
func (s *script) fill(before, name string, after *relational.Table, copies map[string]copied) {
	b := s.sql("INSERT INTO ").Name(name).SQL(" (")
	for i, c := range after.Columns {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(c.Name)
	}
	b.SQL(")\nSELECT ")
	for i, c := range after.Columns {
		if i > 0 {
			b.SQL(", ")
		}
		writeCopied(b, copies[c.Name])
	}
	s.add(b.SQL("\nFROM ").Name(before))
}

func writeCopied(b *dialect.Builder, c copied) {
	switch {
	case c.from == "":
		b.Value(c.fill)
	case c.fill.IsNull():
		b.Name(c.from)
	default:
		b.SQL("coalesce(").Name(c.from).SQL(", ").Value(c.fill).SQL(")")
	}
}

// keepSequence makes the new table count on where the old one stopped, even
// when the rows with the highest ids are gone.
func (s *script) keepSequence(before, name string) {
	b := s.sql("INSERT INTO sqlite_sequence (name, seq)\nSELECT ").Arg(name)
	s.add(b.SQL(", seq\nFROM sqlite_sequence\nWHERE name = ").Arg(before))
}
