package mysql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// alter edits a table in as few statements as MySQL allows, because each may
// copy the table: usually one; where rows need values, one that adds, one that
// fills and one that forbids null and drops.
func (s *script) alter(change relational.AlterTable) error {
	a := &alteration{script: s, table: change.Before.Clone(), key: change.After.PrimaryKey}
	edited := change.Before.Clone()
	for _, edit := range change.Edits {
		edited.Apply(edit)
	}
	a.empty = !slices.Equal(edited.PrimaryKey, a.key)
	a.begin()
	for _, edit := range change.Edits {
		if err := a.edit(edit); err != nil {
			return fmt.Errorf("alter table %q: %w", a.table.Name, err)
		}
		a.table.Apply(edit)
	}
	a.flush()
	return nil
}

// A spec writes one part of an ALTER TABLE.
type spec struct {
	do, undo func(b *dialect.Builder) // nil for nothing
	key      string                   // column that gets a foreign key, whose name only MySQL knows
}

// alteration gathers edits of a table that can be made together.
type alteration struct {
	*script
	table *relational.Table // after the edits so far
	key   []string          // primary key in the end
	empty bool              // no rows: another column becomes the key, which waits for an empty table

	had      []string // primary key before the edits gathered
	first    []spec   // before values are filled in
	last     []spec   // afterwards
	fills    []fill
	used     []string // columns the edits name, before or after
	dropsKey bool     // a foreign key
	addsKey  bool     // a foreign key
}

// A fill is a value for rows that have none in a column.
type fill struct {
	column string
	value  scalar.Value
	old    bool // some rows may have values
}

func (a *alteration) begin() {
	*a = alteration{script: a.script, table: a.table, key: a.key, empty: a.empty, had: slices.Clone(a.table.PrimaryKey)}
}

// use starts anew when an edit names a column that the edits gathered name
// already: in one statement all names are those from before it.
func (a *alteration) use(names ...string) {
	if slices.ContainsFunc(names, func(name string) bool { return containsFold(a.used, name) }) {
		a.flush()
	}
	a.used = append(a.used, names...)
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

func (a *alteration) edit(edit relational.Edit) error {
	switch edit := edit.(type) {
	case relational.AddColumn:
		a.addColumn(edit)
	case relational.DropColumn:
		a.use(edit.Column.Name)
		specs, err := a.drops(edit.Column.Name, a.keep != nil)
		a.last = append(a.last, specs...)
		return err
	case relational.AlterColumn:
		return a.alterColumn(edit)
	case relational.AddIndex:
		a.addIndex(edit.Index)
	case relational.DropIndex:
		a.first = append(a.first, a.dropIndex(edit.Index))
	default:
		return fmt.Errorf("unknown edit %T", edit)
	}
	return nil
}

func (a *alteration) addColumn(edit relational.AddColumn) {
	if edit.ForeignKey != nil && a.dropsKey {
		a.flush() // MySQL does not drop and add foreign keys in one statement
	}
	if k := edit.ForeignKey; k != nil && k.Table == a.table.Name && containsFold(a.used, k.Reference) {
		a.flush() // nor does it refer to a column that the statement changes
	}
	a.use(edit.Column.Name)
	a.add(edit.Column, edit.Fill)
	if edit.ForeignKey != nil {
		a.addsKey = true
		a.last = append(a.last, spec{do: func(b *dialect.Builder) { writeKey(b.SQL("ADD "), edit.ForeignKey) }, key: edit.Column.Name})
	}
}

// add adds a column. One that must have values may be null until it has them.
func (a *alteration) add(c relational.Column, value scalar.Value) {
	if a.empty || slices.Contains(a.key, c.Name) || c.Nullable || value.IsNull() {
		a.first = append(a.first, addColumn(c))
		return
	}
	empty := c
	empty.Nullable = true
	a.first = append(a.first, addColumn(empty))
	a.fills = append(a.fills, fill{column: c.Name, value: value})
	a.last = append(a.last, spec{
		do:   func(b *dialect.Builder) { writeColumn(b.SQL("MODIFY COLUMN "), &c) },
		undo: func(b *dialect.Builder) { writeColumn(b.SQL("MODIFY COLUMN "), &empty) },
	})
}

func addColumn(c relational.Column) spec {
	return spec{
		do: func(b *dialect.Builder) {
			writeColumn(b.SQL("ADD COLUMN "), &c)
			writeStart(b, ", ", &c)
		},
		undo: func(b *dialect.Builder) { b.SQL("DROP COLUMN ").Name(c.Name) },
	}
}

// changeColumn makes one column another.
func changeColumn(before, after relational.Column) spec {
	change := func(before, after relational.Column) func(*dialect.Builder) {
		return func(b *dialect.Builder) {
			writeColumn(b.SQL("CHANGE COLUMN ").Name(before.Name).SQL(" "), &after)
			if !before.Generated {
				writeStart(b, ", ", &after)
			}
		}
	}
	return spec{do: change(before, after), undo: change(after, before)}
}

// drops returns what drops a column with the foreign keys on it and its
// indexes: all, or those that MySQL would not drop with the column.
func (a *alteration) drops(name string, allIndexes bool) ([]spec, error) {
	if a.addsKey && a.refers(name) {
		a.flush()
	}
	var specs []spec
	for _, key := range a.table.ForeignKeys {
		if key.Column != name {
			continue
		}
		if key.Name == "" {
			return nil, fmt.Errorf("drop column %q: the name of its foreign key is not known", name)
		}
		a.dropsKey = true
		constraint := constraintName(a.table.Name, key.Name)
		specs = append(specs, spec{
			do:   func(b *dialect.Builder) { b.SQL("DROP FOREIGN KEY ").Name(constraint) },
			undo: func(b *dialect.Builder) { writeKey(b.SQL("ADD "), &key) },
		})
	}
	for _, x := range a.table.Indexes {
		if slices.Contains(x.Columns, name) && (allIndexes || len(x.Columns) > 1) {
			specs = append(specs, a.dropIndex(x))
		}
	}
	return append(specs, a.dropColumn(*a.table.Column(name))), nil
}

// dropColumn drops a column, or moves it aside when its values may be needed again.
func (a *alteration) dropColumn(c relational.Column) spec {
	if a.keep == nil || a.empty {
		add := addColumn(c)
		return spec{do: add.undo, undo: add.do}
	}
	gone := c
	gone.Name, gone.Nullable, gone.Generated = a.keep.name(), true, false
	a.keep.columns = append(a.keep.columns, column{a.table.Name, gone.Name})
	return changeColumn(c, gone)
}

var automatic = regexp.MustCompile(`^.*(_ibfk_[0-9]+)$`)

// constraintName returns the name of a foreign key that was read before its
// table may have been renamed: names that MySQL chose follow their table.
func constraintName(table, name string) string {
	return automatic.ReplaceAllString(name, strings.ReplaceAll(table, "$", "$$")+"$1")
}

// alterColumn changes a column in place; a new type means a new column, as its
// values go. Ids only change in empty tables and keep their key.
func (a *alteration) alterColumn(edit relational.AlterColumn) error {
	before, after := edit.Before, edit.After
	isKey := slices.Contains(a.table.PrimaryKey, before.Name)
	if edit.Wipe && !isKey {
		return a.replace(edit)
	}
	if before.Name != after.Name && (isKey || a.refers(before.Name)) {
		a.flush()
		defer a.flush() // MySQL renames what foreign keys need only by itself
	}
	a.use(before.Name)
	if before.Name != after.Name {
		a.use(after.Name)
	}
	change := changeColumn(before, after)
	if !a.empty && before.Nullable && !after.Nullable && !edit.Fill.IsNull() {
		a.fills = append(a.fills, fill{column: before.Name, value: edit.Fill, old: true})
		a.last = append(a.last, change)
		return nil
	}
	a.first = append(a.first, change)
	return nil
}

func (a *alteration) refers(column string) bool {
	return slices.ContainsFunc(a.table.ForeignKeys, func(k relational.ForeignKey) bool { return k.Column == column })
}

// replace makes a column anew, with the indexes on it.
func (a *alteration) replace(edit relational.AlterColumn) error {
	name := edit.Before.Name
	var indexes []relational.Index
	for _, x := range a.table.Indexes {
		if slices.Contains(x.Columns, name) {
			indexes = append(indexes, x)
		}
	}
	a.use(name)
	if name != edit.After.Name {
		a.use(edit.After.Name)
	}
	specs, err := a.drops(name, true)
	if err != nil {
		return err
	}
	a.first = append(a.first, specs...)
	a.add(edit.After, edit.Fill)
	after := a.table.Clone()
	after.Apply(edit)
	for _, x := range indexes {
		x.Columns = slices.Clone(x.Columns)
		x.Columns[slices.Index(x.Columns, name)] = edit.After.Name
		a.last = append(a.last, addIndex(after, x))
	}
	return nil
}

// addIndex adds an index under its name, or one with a number behind it where
// an index of a renamed column has the name.
func (a *alteration) addIndex(x relational.Index) {
	taken := func(name string) bool {
		return slices.ContainsFunc(a.table.Indexes, func(other relational.Index) bool {
			return strings.EqualFold(other.Name, name)
		})
	}
	name := clip(x.Name, 64)
	for i := 2; taken(name); i++ {
		suffix := fmt.Sprintf("_%d", i)
		name = clip(x.Name, 64-len(suffix)) + suffix
	}
	x.Name = name
	table := a.table.Clone()
	a.last = append(a.last, addIndex(table, x))
}

func addIndex(t *relational.Table, x relational.Index) spec {
	return spec{
		do:   func(b *dialect.Builder) { writeIndex(b.SQL("ADD "), t, &x) },
		undo: func(b *dialect.Builder) { b.SQL("DROP INDEX ").Name(x.Name) },
	}
}

func (a *alteration) dropIndex(x relational.Index) spec {
	x.Columns = slices.Clone(x.Columns) // they follow later edits of the table
	add := addIndex(a.table.Clone(), x)
	return spec{do: add.undo, undo: add.do}
}

// clip cuts a name to so many characters; MySQL takes 64.
func clip(name string, length int) string {
	if letters := []rune(name); len(letters) > length {
		return string(letters[:length])
	}
	return name
}
