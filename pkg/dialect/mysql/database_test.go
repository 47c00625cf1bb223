package mysql_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestClassify breaks each constraint for real.
func TestClassify(t *testing.T) {
	t.Parallel()
	f := openDatabase(t)
	f.run("CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)")
	f.run("CREATE TABLE c (id int PRIMARY KEY, s varchar(3) NOT NULL, p int, UNIQUE INDEX s_UNIQUE (s), FOREIGN KEY (p) REFERENCES p (id))")
	f.run("INSERT INTO c VALUES (1, 'a''b', 1)")
	for _, c := range []struct {
		statement string
		want      dialect.Violation
	}{
		{"INSERT INTO c VALUES (2, 'a''b', 1)", dialect.Violation{Kind: dialect.UniqueViolation, Index: "s_UNIQUE", Column: "s"}},
		{"INSERT INTO c VALUES (1, 'x', 1)", dialect.Violation{Kind: dialect.UniqueViolation, Index: "PRIMARY"}},
		{"INSERT INTO c VALUES (2, NULL, 1)", dialect.Violation{Kind: dialect.NotNullViolation, Column: "s"}},
		{"INSERT INTO c (id) VALUES (2)", dialect.Violation{Kind: dialect.NotNullViolation, Column: "s"}},
		{"INSERT INTO c VALUES (2, 'long', 1)", dialect.Violation{Kind: dialect.TooLongViolation, Column: "s"}},
		{"INSERT INTO c VALUES (2, 'x', 2)", dialect.Violation{Kind: dialect.ForeignKeyViolation}},
		{"DELETE FROM p", dialect.Violation{Kind: dialect.ForeignKeyViolation}},
		{"SELECT nothing", dialect.Violation{}},
	} {
		_, err := f.db.Exec(c.statement)
		if err == nil {
			t.Fatalf("%s works", c.statement)
		}
		got := mysql.Dialect{}.Classify(err)
		got.Table = "" // MySQL 8 tells it, MariaDB does not
		if got != c.want {
			t.Errorf("%s: %v: got %+v, want %+v", c.statement, err, got, c.want)
		}
	}
}

// TestAmong looks for values of each type among the members of a list.
func TestAmong(t *testing.T) {
	t.Parallel()
	f := openDatabase(t)
	for _, c := range []struct {
		typ   scalar.Type
		value scalar.Value
		list  string
	}{
		{scalar.ID, scalar.OfID("a"), `["b","a"]`},
		{scalar.Int, scalar.OfInt(-7), `[5,-7]`},
		{scalar.Float, scalar.OfFloat(0.1), `[3,0.1]`},
		{scalar.DateTime, scalar.OfDateTime(57), `["1970-01-01 00:00:00.057"]`},
		{scalar.String, scalar.OfString(`ä"'\%`), `["ä\"'\\%"]`},
	} {
		table := &relational.Table{Name: "t " + c.typ.String(), Columns: []relational.Column{{Name: "v`", Type: c.typ}}}
		f.change(relational.CreateTable{Table: table})
		b := dialect.NewBuilder(mysql.Dialect{}.Facts(), f.name)
		insert := b.SQL("INSERT INTO ").Table(table.Name).SQL(" VALUES (").Value(c.value).SQL(")").Statement()
		f.run(insert.SQL, insert.Args...)
		for list, want := range map[string]int{c.list: 1, "[]": 0} {
			b := dialect.NewBuilder(mysql.Dialect{}.Facts(), f.name).SQL("SELECT count(*) FROM ").Table(table.Name)
			query := b.SQL(" WHERE ").Name("v`").SQL(" ").Among(c.typ, list).Statement()
			var got int
			if err := f.db.QueryRow(query.SQL, query.Args...).Scan(&got); err != nil || got != want {
				t.Errorf("%v in %s: %d (%v), want %d", c.value, list, got, err, want)
			}
		}
	}
}

func (f *database) change(change relational.Change) {
	f.t.Helper()
	statements, err := mysql.Dialect{}.Statements(f.name, change)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, s := range statements {
		f.run(s.SQL, s.Args...)
	}
}

// TestSequence: ids count from where their sequence says; a statement that is
// run again says that it is done.
func TestSequence(t *testing.T) {
	t.Parallel()
	f := openDatabase(t)
	id := relational.Column{Name: "id", Type: scalar.Int, Generated: true, Sequence: &schema.Sequence{InitialValue: 100}}
	table := &relational.Table{Name: "T", Columns: []relational.Column{id}, PrimaryKey: []string{"id"}}
	f.change(relational.CreateTable{Table: table})
	result, err := f.db.Exec("INSERT INTO T VALUES ()")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.LastInsertId(); n != 100 || err != nil {
		t.Errorf("the first id is %d (%v)", n, err)
	}
	statements, _ := mysql.Dialect{}.Statements(f.name, relational.CreateTable{Table: table})
	if _, err := f.db.Exec(statements[0].SQL); !(mysql.Dialect{}).IsDone(err) {
		t.Errorf("creating the table again: %v", err)
	}
}

// TestInspectForeignTables reads tables that somebody else made.
func TestInspectForeignTables(t *testing.T) {
	t.Parallel()
	f := openDatabase(t)
	f.run("CREATE TABLE wide (a int, b varchar(20), PRIMARY KEY (b, a)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	f.run(`CREATE TABLE own (
  id char(25) PRIMARY KEY, name varchar(20) CHARACTER SET latin1 COLLATE latin1_bin UNIQUE, ok tinyint(1) NOT NULL,
  data blob, kind enum('a', 'b'), x int, y varchar(20), parent char(25),
  INDEX pair (x, ok), FOREIGN KEY (y, x) REFERENCES wide (b, a), CONSTRAINT up FOREIGN KEY (parent) REFERENCES own (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE VIEW seen AS SELECT name FROM own`)
	tables, err := mysql.Dialect{}.Inspect(t.Context(), f.db, f.name)
	if err != nil {
		t.Fatal(err)
	}
	own := tables[0]
	for i := range own.Columns {
		if own.Columns[i].Name == "x" {
			own.Columns[i].Native = "" // with a width on MariaDB, without on MySQL 8
		}
	}
	want := &relational.Table{
		Name: "own", PrimaryKey: []string{"id"},
		Columns: []relational.Column{
			{Name: "id", Type: scalar.ID, Native: "char(25)"},
			{Name: "name", Type: scalar.String, Native: "varchar(20) CHARACTER SET latin1 COLLATE latin1_bin", Nullable: true},
			{Name: "ok", Type: scalar.Boolean, Native: "tinyint(1)"},
			{Name: "data", Native: "blob", Nullable: true},
			{Name: "kind", Type: scalar.Enum, Native: "enum('a','b')", Nullable: true},
			{Name: "x", Type: scalar.Int, Nullable: true},
			{Name: "y", Type: scalar.String, Native: "varchar(20)", Nullable: true},
			{Name: "parent", Type: scalar.ID, Native: "char(25)", Nullable: true},
		},
		Indexes: []relational.Index{
			{Name: "name", Columns: []string{"name"}, Unique: true},
			{Name: "pair", Columns: []string{"x", "ok"}},
			{Name: "up", Columns: []string{"parent"}},
			{Name: "y", Columns: []string{"y", "x"}},
		},
		ForeignKeys: []relational.ForeignKey{{Name: "up", Column: "parent", Table: "own", Reference: "id", OnDelete: relational.Cascade}},
	}
	if diff := gocmp.Diff(want, own); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(tables) != 2 || tables[1].PrimaryKey[0] != "b" {
		t.Errorf("tables %+v", tables)
	}
}
