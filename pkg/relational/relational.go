// Package relational holds tables, columns, indexes and foreign keys as plain values, the tables of a schema, and the changes that lead from one set of tables to another.
package relational

import (
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Table is a table as it should be, or as a database has it.
type Table struct {
	Name        string
	Columns     []Column
	PrimaryKey  []string // column names in key order
	Indexes     []Index
	ForeignKeys []ForeignKey
}

// A Column is one column of a table.
type Column struct {
	Name      string
	Type      scalar.Type // Null when the database's type is none of ours
	Native    string      // the type as the database calls it; "" unless inspected
	Nullable  bool
	Generated bool             // an Int id that the database counts up
	Sequence  *schema.Sequence // of a generated column; nil counts from 1
}

// An Index is an index that is not the primary key.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
	// FullText says that the index finds words in the columns, which are sorted.
	FullText bool
}

// A ForeignKey is one reference of one column.
type ForeignKey struct {
	Name      string // "" lets the database choose; as found when inspected
	Column    string
	Table     string // referenced
	Reference string // referenced column
	OnDelete  OnDelete
}

// OnDelete is what the database does to a row whose referenced row goes.
type OnDelete string

const (
	NoAction OnDelete = "NO ACTION"
	SetNull  OnDelete = "SET NULL"
	Cascade  OnDelete = "CASCADE"
)

// Holds tells whether a column was made for values of a type. Where a database
// has one type of column for two of ours, it is read as the one that Prisma 1
// had.
func (c *Column) Holds(t scalar.Type) bool {
	native, _, _ := strings.Cut(strings.ToLower(c.Native), "(")
	switch {
	case c.Type == t:
		return true
	case t == scalar.Long:
		return c.Type == scalar.Int && strings.HasPrefix(native, "bigint")
	case t == scalar.Decimal:
		return c.Type == scalar.Float && (native == "decimal" || native == "numeric")
	case t == scalar.Date:
		return c.Type == scalar.DateTime && native == "date"
	}
	return false
}

// Column returns the column called name, or nil.
func (t *Table) Column(name string) *Column {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// UniqueIndex returns the unique index on exactly the columns in their order, or nil.
func (t *Table) UniqueIndex(columns ...string) *Index {
	i := slices.IndexFunc(t.Indexes, func(x Index) bool { return x.Unique && slices.Equal(x.Columns, columns) })
	if i < 0 {
		return nil
	}
	return &t.Indexes[i]
}

// FullTextIndex returns the index that finds words in exactly the columns, which
// are sorted, or nil.
func (t *Table) FullTextIndex(columns []string) *Index {
	i := slices.IndexFunc(t.Indexes, func(x Index) bool {
		return x.FullText && slices.Equal(slices.Sorted(slices.Values(x.Columns)), columns)
	})
	if i < 0 {
		return nil
	}
	return &t.Indexes[i]
}

// AddToIndex adds an index, or its columns to the last one where that has its name.
func (t *Table) AddToIndex(x Index) {
	if n := len(t.Indexes); n > 0 && t.Indexes[n-1].Name == x.Name {
		t.Indexes[n-1].Columns = append(t.Indexes[n-1].Columns, x.Columns...)
		return
	}
	t.Indexes = append(t.Indexes, x)
}

// Clone returns a copy that shares nothing that a caller could change.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	c.PrimaryKey = slices.Clone(t.PrimaryKey)
	c.Indexes = slices.Clone(t.Indexes)
	for i := range c.Indexes {
		c.Indexes[i].Columns = slices.Clone(c.Indexes[i].Columns)
	}
	c.ForeignKeys = slices.Clone(t.ForeignKeys)
	return &c
}
