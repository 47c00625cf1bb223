package relational

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Naming is what the names of indexes and the keys of lists depend on. The zero Naming suits a
// database whose index names are unique per file or schema (SQLite).
type Naming struct {
	Schema string // in front of unique indexes on PostgreSQL, "" where a file holds one project
	Short  bool   // index names need to be unique within their table only (MySQL)
	// ListsHold says that the values of a list keep their node from being
	// deleted, as in Prisma 1 on PostgreSQL; otherwise they go with it.
	ListsHold bool
	Longest   int // how long names may be; 0 for any length. In bytes, with Short in characters
}

// Clip cuts a name to what the database keeps of it. less is how much more it loses.
func (n Naming) Clip(name string, less int) string {
	if n.Longest == 0 {
		return name
	}
	length := 0
	for i, r := range name {
		if n.Short {
			length++
		} else {
			length = i + utf8.RuneLen(r)
		}
		if length > n.Longest-less {
			return name[:i]
		}
	}
	return name
}

// Unique returns the name of the unique index on one column.
func (n Naming) Unique(table, column string) string {
	switch {
	case n.Short:
		return column + "_UNIQUE"
	case n.Schema != "":
		return n.Schema + "." + table + "." + column + "._UNIQUE"
	}
	return table + "." + column + "._UNIQUE"
}

// longestName is how many bytes of a name PostgreSQL keeps; MySQL takes one more.
const longestName = 63

// Compound returns the name of the unique index on several columns.
func (n Naming) Compound(table string, columns []string) string {
	name := table + "." + strings.Join(columns, "_") + "._UNIQUE"
	if n.Short {
		name = strings.Join(columns, "_") + "_UNIQUE"
	}
	if len(name) <= longestName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:12]) + "_UNIQUE"
}

// FullText returns the name of the index that finds words, of which a table has one.
func (n Naming) FullText(table string) string { return table + "._FULLTEXT" }

// Inline returns the name of the index on the column of an inline relation.
func (n Naming) Inline(table, column string) string {
	if n.Short {
		return column
	}
	return table + "." + column + "._INDEX"
}

// Pair returns the name of the index that keeps a link table free of doubles.
func (n Naming) Pair(r *schema.Relation, table string) string {
	if n.Short {
		return r.Name + "_AB_unique"
	}
	return table + "_AB_unique"
}

// SideB returns the name of the index on the second column of a link table.
func (n Naming) SideB(table, column string) string {
	if n.Short {
		return column
	}
	return table + "_B"
}

// Tables returns the physical layout of a schema: the tables of its models,
// then those of scalar lists, then link tables. Columns stand as Prisma 1
// creates them: id, scalars in datamodel order, inline relations.
//
// The layout is Prisma 1's (*DeployDatabaseMutationBuilder.scala) but for one
// thing: the column of an inline relation has an index on every database.
func Tables(s *schema.Schema, n Naming) []*Table {
	var tables []*Table
	for _, m := range s.Models {
		if !m.Embedded {
			tables = append(tables, ModelTable(s, m, n))
		}
	}
	for _, m := range s.Models {
		for _, f := range m.Fields {
			if f.IsScalarList() && !m.Embedded {
				tables = append(tables, ListTable(f, n))
			}
		}
	}
	for _, r := range s.Relations {
		if link, ok := r.Link.(*schema.LinkTable); ok {
			tables = append(tables, LinkTable(r, link, n))
		}
	}
	return tables
}

// ModelTable returns the table of a model with the inline relations that lie in it.
func ModelTable(s *schema.Schema, m *schema.Model, n Naming) *Table {
	t := &Table{Name: m.Table()}
	if id := m.ID(); id != nil {
		t.Columns = append(t.Columns, FieldColumn(id))
		t.PrimaryKey = []string{id.Column()}
	}
	for _, f := range m.Fields {
		if !f.IsScalar() || f.IsID() {
			continue
		}
		t.Columns = append(t.Columns, FieldColumn(f))
		if f.Unique {
			t.Indexes = append(t.Indexes, UniqueIndex(m.Table(), f.Column(), n))
		}
	}
	for _, u := range m.Uniques {
		t.Indexes = append(t.Indexes, CompoundIndex(m.Table(), u.Columns(), n))
	}
	if columns := m.FullTextColumns(); len(columns) > 0 {
		t.Indexes = append(t.Indexes, FullTextIndex(m.Table(), columns, n))
	}
	for _, r := range s.Relations {
		if inline, ok := r.Link.(*schema.Inline); ok && inline.Model == m {
			t.Columns = append(t.Columns, InlineColumn(r))
			t.Indexes = append(t.Indexes, InlineIndex(r, n))
			t.ForeignKeys = append(t.ForeignKeys, InlineKey(r))
		}
	}
	return t
}

// FieldColumn returns the column of a scalar field.
func FieldColumn(f *schema.Field) Column {
	c := Column{Name: f.Column(), Type: f.Type, Nullable: !f.Required, Generated: f.Generated}
	if id, ok := f.Behaviour.(schema.ID); ok {
		c.Nullable = false
		c.Sequence = id.Sequence
	}
	return c
}

// UniqueIndex returns the index of a unique field.
func UniqueIndex(table, column string, n Naming) Index {
	return Index{Name: n.Unique(table, column), Columns: []string{column}, Unique: true}
}

// CompoundIndex returns the index of fields that are unique together.
func CompoundIndex(table string, columns []string, n Naming) Index {
	return Index{Name: n.Compound(table, columns), Columns: columns, Unique: true}
}

// FullTextIndex returns the index that finds words in columns, which are sorted.
func FullTextIndex(table string, columns []string, n Naming) Index {
	return Index{Name: n.FullText(table), Columns: columns, FullText: true}
}

// ListTable returns the table with the values of a scalar list.
func ListTable(f *schema.Field, n Naming) *Table {
	onDelete := Cascade
	if n.ListsHold {
		onDelete = NoAction
	}
	return &Table{
		Name: f.ListTable(),
		Columns: []Column{
			{Name: schema.ListNode, Type: idType(f.Model)},
			{Name: schema.ListPosition, Type: scalar.Int},
			{Name: schema.ListValue, Type: f.Type},
		},
		PrimaryKey:  []string{schema.ListNode, schema.ListPosition},
		ForeignKeys: []ForeignKey{reference(schema.ListNode, f.Model, onDelete)},
	}
}

// LinkTable returns the table of a relation that has one.
func LinkTable(r *schema.Relation, link *schema.LinkTable, n Naming) *Table {
	t := &Table{
		Name: link.Table,
		Columns: []Column{
			{Name: link.ColumnA, Type: idType(r.ModelA)},
			{Name: link.ColumnB, Type: idType(r.ModelB)},
		},
		Indexes: []Index{
			{Name: n.Pair(r, link.Table), Columns: []string{link.ColumnA, link.ColumnB}, Unique: true},
			{Name: n.SideB(link.Table, link.ColumnB), Columns: []string{link.ColumnB}},
		},
		ForeignKeys: []ForeignKey{
			reference(link.ColumnA, r.ModelA, Cascade),
			reference(link.ColumnB, r.ModelB, Cascade),
		},
	}
	if link.ID != "" {
		t.Columns = append([]Column{{Name: link.ID, Type: scalar.ID}}, t.Columns...)
		t.PrimaryKey = []string{link.ID}
	}
	return t
}

// InlineColumn returns the column of an inline relation. It is nullable even
// where the relation is required; the data API sees to that.
func InlineColumn(r *schema.Relation) Column {
	other := r.Model(r.Owner().Other())
	return Column{Name: r.Link.(*schema.Inline).Column, Type: idType(other), Nullable: true}
}

// InlineIndex returns the index on the column of an inline relation.
func InlineIndex(r *schema.Relation, n Naming) Index {
	link := r.Link.(*schema.Inline)
	return Index{Name: n.Inline(link.Model.Table(), link.Column), Columns: []string{link.Column}}
}

// InlineKey returns the foreign key of an inline relation.
func InlineKey(r *schema.Relation) ForeignKey {
	return reference(r.Link.(*schema.Inline).Column, r.Model(r.Owner().Other()), SetNull)
}

func reference(column string, m *schema.Model, onDelete OnDelete) ForeignKey {
	key := ForeignKey{Column: column, Table: m.Table(), OnDelete: onDelete}
	if id := m.ID(); id != nil {
		key.Reference = id.Column()
	}
	return key
}

// idType returns the type of the ids of a model. A legacy model without an id
// field has cuids.
func idType(m *schema.Model) scalar.Type {
	if id := m.ID(); id != nil {
		return cmp.Or(id.Type, scalar.ID)
	}
	return scalar.ID
}
