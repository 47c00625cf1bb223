package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// alter edits a table in place. now is the table as the edits so far leave it.
// A primary key that moves goes as late as it can, because columns of the table
// itself may refer to it until they go, too.
func (s *script) alter(change relational.AlterTable) error {
	now := change.Before.Clone()
	moves, gone := keyMoves(change), false
	drop := func() {
		if !gone {
			s.dropKey(change.Before)
			gone = true
		}
	}
	for _, edit := range change.Edits {
		if moves && touchesKey(now, edit) {
			drop()
		}
		if add, ok := edit.(relational.AddColumn); ok && moves && refersTo(add.ForeignKey, now) {
			drop()
			s.addKey(change)
			moves = false
		}
		if err := s.edit(now, edit); err != nil {
			return fmt.Errorf("alter table %q: %w", now.Name, err)
		}
		now.Apply(edit)
	}
	if moves {
		drop()
		s.addKey(change)
	}
	return nil
}

// touchesKey tells whether an edit is of a column in the primary key.
func touchesKey(t *relational.Table, edit relational.Edit) bool {
	switch edit := edit.(type) {
	case relational.AlterColumn:
		return slices.Contains(t.PrimaryKey, edit.Before.Name)
	case relational.DropColumn:
		return slices.Contains(t.PrimaryKey, edit.Column.Name)
	}
	return false
}

func (s *script) addKey(change relational.AlterTable) {
	if len(change.After.PrimaryKey) > 0 {
		s.add(s.alterTable(change.Before.Name).SQL(" ADD PRIMARY KEY (").Names(change.After.PrimaryKey...).SQL(")"))
	}
}

// refersTo tells whether a foreign key, nil for none, leads to a table.
func refersTo(k *relational.ForeignKey, t *relational.Table) bool {
	return k != nil && k.Table == t.Name
}

// keyMoves tells whether the primary key moves to other columns or loses one.
func keyMoves(change relational.AlterTable) bool {
	kept, wiped := change.Before.Clone(), false
	for _, edit := range change.Edits {
		if alter, ok := edit.(relational.AlterColumn); ok && alter.Wipe {
			wiped = wiped || slices.Contains(kept.PrimaryKey, alter.Before.Name)
		}
		kept.Apply(edit)
	}
	return wiped || !slices.Equal(kept.PrimaryKey, change.After.PrimaryKey)
}

// dropKey drops the primary key. Its name may be that of another time.
func (s *script) dropKey(t *relational.Table) {
	if len(t.PrimaryKey) == 0 {
		return
	}
	table := literal(s.sql("").Table(t.Name).Statement().SQL)
	body := "BEGIN EXECUTE (SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)" +
		" FROM pg_constraint WHERE contype = 'p' AND conrelid = " + table + "::regclass); END"
	s.add(s.sql("DO ").SQL(literal(body)))
}

// edit makes one edit of a table.
func (s *script) edit(t *relational.Table, edit relational.Edit) error {
	switch edit := edit.(type) {
	case relational.AddColumn:
		s.addColumn(t.Name, edit)
	case relational.DropColumn:
		s.add(s.alterTable(t.Name).SQL(" DROP COLUMN ").Name(edit.Column.Name))
	case relational.AlterColumn:
		if edit.Wipe {
			s.replaceColumn(t, edit)
		} else {
			s.changeColumn(t.Name, edit)
		}
	case relational.AddIndex:
		s.index(t.Name, &edit.Index)
	case relational.DropIndex:
		s.dropIndex(t.Name, edit.Index.Name)
	default:
		return fmt.Errorf("unknown edit %T", edit)
	}
	return nil
}

// addColumn adds a column; rows that are there get its value. They are not
// rewritten: PostgreSQL notes a constant default beside the table, and the
// rows keep it when the default goes.
func (s *script) addColumn(table string, edit relational.AddColumn) {
	c := edit.Column
	s.makeSequence(table, &c)
	b := s.alterTable(table).SQL(" ADD COLUMN ")
	s.writeColumn(b, table, &c)
	if edit.ForeignKey != nil {
		writeReference(b, edit.ForeignKey)
	}
	if c.Nullable || c.Generated || edit.Fill.IsNull() {
		s.add(b)
	} else {
		s.withDefault(b.Statement().SQL, edit.Fill)
		s.add(s.alterColumn(table, c.Name).SQL(" DROP DEFAULT"))
	}
	s.ownSequence(table, &c)
}

// withDefault runs ADD COLUMN with a default. Changes of tables take no
// arguments: the value goes to a setting of the transaction, from where the
// database itself quotes it.
func (s *script) withDefault(add string, value scalar.Value) {
	s.add(s.sql("SELECT set_config('prisma1.value', ").Arg(value.String()).SQL(", true)"))
	format := strings.ReplaceAll(add, "%", "%%") + " DEFAULT %L"
	s.add(s.sql("DO ").SQL(literal("BEGIN EXECUTE format(" + literal(format) + ", current_setting('prisma1.value')); END")))
}

// replaceColumn gives a column another type: its values go, its indexes and
// references come back. Indexes were lost in Prisma 1 but for unique ones.
func (s *script) replaceColumn(t *relational.Table, edit relational.AlterColumn) {
	added := relational.AddColumn{Column: edit.After, Fill: edit.Fill}
	after := t.Clone()
	after.Apply(edit)
	for i := range after.ForeignKeys {
		if after.ForeignKeys[i].Column == edit.After.Name {
			added.ForeignKey = &after.ForeignKeys[i]
		}
	}
	s.add(s.alterTable(t.Name).SQL(" DROP COLUMN ").Name(edit.Before.Name))
	s.addColumn(t.Name, added)
	for i := range after.Indexes {
		if slices.Contains(after.Indexes[i].Columns, edit.After.Name) {
			s.index(t.Name, &after.Indexes[i])
		}
	}
}

// changeColumn alters a column whose values stay.
func (s *script) changeColumn(table string, edit relational.AlterColumn) {
	before, after := edit.Before, edit.After
	name := after.Name
	if before.Name != name {
		s.add(s.alterTable(table).SQL(" RENAME COLUMN ").Name(before.Name).SQL(" TO ").Name(name))
	}
	if before.Generated && !after.Generated {
		s.add(s.alterColumn(table, name).SQL(" DROP DEFAULT"))
	}
	// Text is text to PostgreSQL: String, Json and Enum differ in name only.
	if before.Type != after.Type && types[before.Type] != types[after.Type] && after.Type != scalar.Null {
		b := s.alterColumn(table, name).SQL(" TYPE ").SQL(nativeType(&after))
		s.add(b.SQL(" USING ").Name(name).SQL("::").SQL(nativeType(&after)))
	}
	if after.Generated && !before.Generated {
		s.generate(table, &after)
	}
	switch {
	case before.Nullable && !after.Nullable:
		if !edit.Fill.IsNull() {
			b := s.sql("UPDATE ").Table(table).SQL("\nSET ").Name(name).SQL(" = ").Value(edit.Fill)
			s.add(b.SQL("\nWHERE ").Name(name).SQL(" IS NULL"))
		}
		s.add(s.alterColumn(table, name).SQL(" SET NOT NULL"))
	case !before.Nullable && after.Nullable:
		s.add(s.alterColumn(table, name).SQL(" DROP NOT NULL"))
	}
}
