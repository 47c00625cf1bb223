package sqlite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestInspectForeignTables reads tables that somebody else made, and rebuilds one.
func TestInspectForeignTables(t *testing.T) {
	t.Parallel()
	f := openFile(t)
	f.exec(`
CREATE TABLE wide (a int, b mediumtext, PRIMARY KEY (b, a));
CREATE TABLE own (
  id INTEGER PRIMARY KEY, name varchar(20) UNIQUE, price decimal(65,30) NOT NULL,
  since timestamp, ok bool, data blob, parent REFERENCES own ON DELETE CASCADE,
  x int, y text, FOREIGN KEY (y, x) REFERENCES wide (b, a)
);
CREATE INDEX half ON own (name) WHERE ok;
CREATE INDEX computed ON own (lower(name));
CREATE VIEW seen AS SELECT name FROM own;
CREATE INDEX pair ON own (x, y)`)
	tables, err := sqlite.Dialect{}.Inspect(t.Context(), f.db, "")
	if err != nil {
		t.Fatal(err)
	}
	own := &relational.Table{
		Name: "own", PrimaryKey: []string{"id"},
		Columns: []relational.Column{
			{Name: "id", Type: scalar.Int, Native: "INTEGER", Generated: true},
			{Name: "name", Type: scalar.String, Native: "varchar(20)", Nullable: true},
			{Name: "price", Type: scalar.Float, Native: "decimal(65,30)"},
			{Name: "since", Type: scalar.DateTime, Native: "timestamp", Nullable: true},
			{Name: "ok", Type: scalar.Boolean, Native: "bool", Nullable: true},
			{Name: "data", Native: "BLOB", Nullable: true},
			{Name: "parent", Nullable: true},
			{Name: "x", Type: scalar.Int, Native: "INT", Nullable: true},
			{Name: "y", Type: scalar.String, Native: "TEXT", Nullable: true},
		},
		Indexes: []relational.Index{
			{Name: "sqlite_autoindex_own_1", Columns: []string{"name"}, Unique: true},
			{Name: "pair", Columns: []string{"x", "y"}},
		},
		ForeignKeys: []relational.ForeignKey{{Column: "parent", Table: "own", Reference: "id", OnDelete: relational.Cascade}},
	}
	wide := &relational.Table{
		Name: "wide", PrimaryKey: []string{"b", "a"},
		Columns: []relational.Column{{Name: "a", Type: scalar.Int, Native: "INT"}, {Name: "b", Type: scalar.String, Native: "mediumtext"}},
	}
	if diff := cmp.Diff([]*relational.Table{own, wide}, tables); diff != "" {
		t.Errorf("inspected tables (-want +got):\n%s", diff)
	}
}

// TestSequences: a counted id starts where its sequence says, also when it takes the place of another id.
func TestSequences(t *testing.T) {
	t.Parallel()
	f := openFile(t)
	counted := func(name string) *relational.Table {
		id := relational.Column{Name: "id", Type: scalar.Int, Generated: true, Sequence: &schema.Sequence{Name: "s", InitialValue: 100}}
		return &relational.Table{Name: name, PrimaryKey: []string{"id"}, Columns: []relational.Column{id, {Name: "n", Type: scalar.Int, Nullable: true}}}
	}
	text := counted("B")
	text.Columns[0] = relational.Column{Name: "id", Type: scalar.ID}
	changed := relational.AlterTable{Before: text, After: counted("B"), Edits: []relational.Edit{
		relational.AlterColumn{Before: text.Columns[0], After: counted("B").Columns[0], Wipe: true},
	}}
	for _, change := range []relational.Change{
		relational.CreateTable{Table: counted("A")}, relational.CreateTable{Table: text}, changed,
	} {
		statements, err := sqlite.Dialect{}.Statements("", change)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			if _, err := f.db.Exec(s.SQL, s.Args...); err != nil {
				t.Fatalf("%v\n%s", err, s.SQL)
			}
		}
	}
	for _, insert := range []string{"INSERT INTO A (n) VALUES (1) RETURNING id", "INSERT INTO B (n) VALUES (1) RETURNING id"} {
		var id int
		if err := f.db.QueryRow(insert).Scan(&id); err != nil || id != 100 {
			t.Errorf("%s gives %d, %v, want 100", insert, id, err)
		}
	}
}
