package relational_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// library is a schema with every kind of table: type Book @db(name: "books") {
// key: Int! @id, isbn: String! @unique, shelf: Shelf (inline), tags: [String] }
// and Shelf, linked once more by a legacy link table.
func library() *schema.Schema {
	book, shelf := &schema.Model{Name: "Book", DBName: "books"}, &schema.Model{Name: "Shelf"}
	inline := &schema.Relation{Name: "OnShelf", ModelA: book, ModelB: shelf, Link: &schema.Inline{Model: book, Column: "shelf"}}
	table := &schema.Relation{Name: "Lent", ModelA: book, ModelB: shelf}
	book.Fields = []*schema.Field{
		{Name: "isbn", Model: book, Type: scalar.String, Required: true, Unique: true},
		{Name: "key", Model: book, Type: scalar.Int, Required: true, Unique: true, Generated: true, Behaviour: schema.ID{Strategy: schema.StrategyAuto}},
		{Name: "shelf", Model: book, Relation: inline, Side: schema.SideA},
		{Name: "lent", Model: book, List: true, Relation: table, Side: schema.SideA},
		{Name: "tags", Model: book, Type: scalar.String, List: true, Behaviour: schema.ScalarList{Strategy: schema.ListRelation}},
	}
	shelf.Fields = []*schema.Field{
		{Name: "id", Model: shelf, Type: scalar.ID, Required: true, Unique: true, Behaviour: schema.ID{Strategy: schema.StrategyAuto}},
	}
	s := &schema.Schema{Models: []*schema.Model{book, shelf}, Relations: []*schema.Relation{inline, table}}
	s.Complete()
	return s
}

func TestTables(t *testing.T) {
	t.Parallel()
	want := []*relational.Table{
		{
			Name: "books",
			Columns: []relational.Column{
				{Name: "key", Type: scalar.Int, Generated: true},
				{Name: "isbn", Type: scalar.String},
				{Name: "shelf", Type: scalar.ID, Nullable: true},
			},
			PrimaryKey: []string{"key"},
			Indexes: []relational.Index{
				{Name: "books.isbn._UNIQUE", Columns: []string{"isbn"}, Unique: true},
				{Name: "books.shelf._INDEX", Columns: []string{"shelf"}},
			},
			ForeignKeys: []relational.ForeignKey{{Column: "shelf", Table: "Shelf", Reference: "id", OnDelete: relational.SetNull}},
		},
		{Name: "Shelf", Columns: []relational.Column{{Name: "id", Type: scalar.ID}}, PrimaryKey: []string{"id"}},
		{
			Name: "books_tags",
			Columns: []relational.Column{
				{Name: "nodeId", Type: scalar.Int}, {Name: "position", Type: scalar.Int}, {Name: "value", Type: scalar.String},
			},
			PrimaryKey:  []string{"nodeId", "position"},
			ForeignKeys: []relational.ForeignKey{{Column: "nodeId", Table: "books", Reference: "key", OnDelete: relational.Cascade}},
		},
		{
			Name:       "_Lent",
			Columns:    []relational.Column{{Name: "id", Type: scalar.ID}, {Name: "A", Type: scalar.Int}, {Name: "B", Type: scalar.ID}},
			PrimaryKey: []string{"id"},
			Indexes: []relational.Index{
				{Name: "_Lent_AB_unique", Columns: []string{"A", "B"}, Unique: true},
				{Name: "_Lent_B", Columns: []string{"B"}},
			},
			ForeignKeys: []relational.ForeignKey{
				{Column: "A", Table: "books", Reference: "key", OnDelete: relational.Cascade},
				{Column: "B", Table: "Shelf", Reference: "id", OnDelete: relational.Cascade},
			},
		},
	}
	if diff := cmp.Diff(want, relational.Tables(library(), relational.Naming{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNaming compares the names of indexes with those of Prisma 1, where it has such indexes.
func TestNaming(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		naming relational.Naming
		want   []string
	}{
		{relational.Naming{Schema: "shop$dev"}, []string{"shop$dev.books.isbn._UNIQUE", "books.shelf._INDEX", "_Lent_AB_unique", "_Lent_B"}},
		{relational.Naming{Short: true}, []string{"isbn_UNIQUE", "shelf", "Lent_AB_unique", "B"}},
	} {
		var got []string
		for _, table := range relational.Tables(library(), c.naming) {
			for _, index := range table.Indexes {
				got = append(got, index.Name)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.naming, diff)
		}
	}
}

// TestApply edits a table as a value.
func TestApply(t *testing.T) {
	t.Parallel()
	table := relational.Tables(library(), relational.Naming{})[0]
	before := table.Clone()
	renamed := relational.Column{Name: "id", Type: scalar.Int, Generated: true}
	for _, edit := range []relational.Edit{
		relational.AlterColumn{Before: *table.Column("key"), After: renamed},
		relational.DropColumn{Column: *table.Column("shelf")},
		relational.DropIndex{Index: table.Indexes[0]},
		relational.AddColumn{
			Column:     relational.Column{Name: "x", Type: scalar.ID, Nullable: true},
			ForeignKey: &relational.ForeignKey{Column: "x", Table: "Shelf", Reference: "id"},
		},
		relational.AddIndex{Index: relational.Index{Name: "i", Columns: []string{"id", "x"}}},
	} {
		table.Apply(edit)
	}
	want := &relational.Table{
		Name:        "books",
		Columns:     []relational.Column{renamed, {Name: "isbn", Type: scalar.String}, {Name: "x", Type: scalar.ID, Nullable: true}},
		PrimaryKey:  []string{"id"},
		Indexes:     []relational.Index{{Name: "i", Columns: []string{"id", "x"}}},
		ForeignKeys: []relational.ForeignKey{{Column: "x", Table: "Shelf", Reference: "id"}},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if before.Column("key") == nil || before.PrimaryKey[0] != "key" {
		t.Error("the clone changed with its original")
	}
}
