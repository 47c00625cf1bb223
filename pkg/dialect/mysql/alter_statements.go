package mysql

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// flush writes the statements for the edits gathered.
func (a *alteration) flush() {
	a.last = append(a.last, a.primaryKey()...)
	if len(a.fills) > 0 {
		a.write(a.first)
		a.fill()
		a.write(a.last)
	} else {
		a.write(append(a.first, a.last...))
	}
	a.begin()
}

// primaryKey changes the primary key as soon as its columns are there.
func (a *alteration) primaryKey() []spec {
	there := func(name string) bool { return a.table.Column(name) != nil }
	drop := func(b *dialect.Builder) { b.SQL("DROP PRIMARY KEY") }
	add := func(key []string) func(*dialect.Builder) {
		return func(b *dialect.Builder) { b.SQL("ADD PRIMARY KEY (").Names(key...).SQL(")") }
	}
	if slices.Equal(a.table.PrimaryKey, a.key) || !all(a.key, there) {
		if len(a.had) > 0 && len(a.table.PrimaryKey) == 0 { // went with its column
			return []spec{{undo: add(a.had)}}
		}
		return nil
	}
	var specs []spec
	if len(a.had) > 0 {
		specs = append(specs, spec{do: drop, undo: add(a.had)})
	}
	if len(a.key) > 0 {
		specs = append(specs, spec{do: add(a.key), undo: drop})
	}
	a.table.PrimaryKey = slices.Clone(a.key)
	return specs
}

func all(names []string, is func(string) bool) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !is(name) })
}

// write makes one statement of the specs, and one that takes them back.
func (a *alteration) write(specs []spec) {
	if len(specs) == 0 {
		return
	}
	undo := Undo{Table: a.table.Name}
	var do, back []func(*dialect.Builder)
	for _, s := range specs {
		if s.do != nil {
			do = append(do, s.do)
		}
		if s.undo != nil {
			back = append(back, s.undo)
		}
		if s.key != "" {
			undo.DropKeys = append(undo.DropKeys, s.key)
		}
	}
	slices.Reverse(back)
	if len(back) > 0 {
		undo.Statement = a.alterTable(back)
	}
	a.script.add(Act{Table: a.table.Name, Do: a.alterTable(do), Undo: []Undo{undo}})
}

func (a *alteration) alterTable(parts []func(*dialect.Builder)) dialect.Statement {
	b := a.sql("ALTER TABLE ").Table(a.table.Name)
	for i, write := range parts {
		if i > 0 {
			b.SQL(",")
		}
		write(b.SQL("\n  "))
	}
	return b.Statement()
}

// fill gives values to rows without.
func (a *alteration) fill() {
	var undo []Undo
	for _, f := range a.fills {
		if f.old {
			undo = append(undo, a.save(f.column)...)
		}
	}
	b := a.sql("UPDATE ").Table(a.table.Name).SQL("\nSET ")
	for i, f := range a.fills {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(f.column).SQL(" = coalesce(").Name(f.column).SQL(", ").Value(f.value).SQL(")")
	}
	b.SQL("\nWHERE ")
	for i, f := range a.fills {
		if i > 0 {
			b.SQL(" OR ")
		}
		b.Name(f.column).SQL(" IS NULL")
	}
	a.script.add(Act{Do: b.Statement(), Undo: undo})
}
