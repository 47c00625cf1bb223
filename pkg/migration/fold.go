package migration

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/relational"
)

// fold moves each AlterTable to the change that created or altered the same
// table before and does both at once: a table with ten fields is one statement,
// and a database that rebuilds a table to alter it does so once. A change stays
// where it is when one between the two has to do with the table, or with what
// the change refers to.
func fold(planned []StepChanges) {
	var done []relational.Change // nil where a change was moved
	starts := make([]int, len(planned)+1)
	for i, step := range planned {
		for _, change := range step.Changes {
			if alter, ok := change.(relational.AlterTable); !ok || !absorb(done, alter) {
				done = append(done, change)
			}
		}
		starts[i+1] = len(done)
	}
	for i := range planned {
		planned[i].Changes = slices.Clip(done[starts[i]:starts[i+1]])
	}
}

// absorb looks for the change that can take alter in, from the newest back, and
// tells whether there is one.
func absorb(done []relational.Change, alter relational.AlterTable) bool {
	for i := len(done) - 1; i >= 0; i-- {
		switch earlier := done[i].(type) {
		case relational.CreateTable:
			if earlier.Table.Name == alter.Before.Name && isReady(done[i+1:], alter) {
				done[i] = relational.CreateTable{Table: alter.After}
				return true
			}
		case relational.AlterTable:
			if earlier.Before.Name == alter.Before.Name && isReady(done[i+1:], alter) {
				edits := append(slices.Clone(earlier.Edits), alter.Edits...)
				done[i] = relational.AlterTable{Before: earlier.Before, After: alter.After, Edits: edits}
				return true
			}
		}
		if blocks(done[i], alter) {
			return false
		}
	}
	return false
}

// isReady tells whether all that alter newly refers to is there before the
// changes between.
func isReady(between []relational.Change, alter relational.AlterTable) bool {
	for _, key := range alter.After.ForeignKeys {
		if slices.Contains(alter.Before.ForeignKeys, key) || key.Table == alter.Before.Name {
			continue
		}
		if slices.ContainsFunc(between, func(c relational.Change) bool { return isAbout(c, key.Table) }) {
			return false
		}
	}
	return true
}

// blocks tells whether alter cannot be done before a change: that is one of the
// same table, or refers to the key that alter touches.
func blocks(change relational.Change, alter relational.AlterTable) bool {
	return isAbout(change, alter.Before.Name) || touchesKey(alter) && refers(change, alter.Before.Name) ||
		renamesReference(change, alter.Before)
}

// isAbout tells whether a change makes, drops, renames or alters a table.
func isAbout(change relational.Change, table string) bool {
	switch c := change.(type) {
	case relational.CreateTable:
		return c.Table.Name == table
	case relational.DropTable:
		return c.Table.Name == table
	case relational.RenameTable:
		return c.Before.Name == table || c.Name == table
	case relational.AlterTable:
		return c.Before.Name == table
	}
	return true
}

// refers tells whether a change is about a table with a foreign key to another.
func refers(change relational.Change, table string) bool {
	switch c := change.(type) {
	case relational.CreateTable:
		return c.Table.References(table)
	case relational.DropTable:
		return c.Table.References(table)
	case relational.RenameTable:
		return c.Before.References(table)
	case relational.AlterTable:
		return c.Before.References(table) || c.After.References(table)
	}
	return true
}

// touchesKey tells whether alter changes the primary key or a column of it.
func touchesKey(alter relational.AlterTable) bool {
	for _, edit := range alter.Edits {
		var column string
		switch e := edit.(type) {
		case relational.DropColumn:
			column = e.Column.Name
		case relational.AlterColumn:
			column = e.Before.Name
		}
		if slices.Contains(alter.Before.PrimaryKey, column) || slices.Contains(alter.After.PrimaryKey, column) {
			return true
		}
	}
	return !slices.Equal(alter.Before.PrimaryKey, alter.After.PrimaryKey)
}

// renamesReference tells whether a change renames what the table refers to.
func renamesReference(change relational.Change, t *relational.Table) bool {
	switch c := change.(type) {
	case relational.RenameTable:
		return t.References(c.Before.Name) || t.References(c.Name)
	case relational.AlterTable:
		return t.References(c.Before.Name) && slices.ContainsFunc(c.Edits, func(e relational.Edit) bool {
			alter, ok := e.(relational.AlterColumn)
			return ok && alter.Before.Name != alter.After.Name
		})
	}
	return false
}
