package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// typed has a column of each type, called like it.
var typed = &relational.Table{Name: "Typed", PrimaryKey: []string{"ID"}, Columns: []relational.Column{
	{Name: "ID", Type: scalar.ID},
	{Name: "String", Type: scalar.String, Nullable: true},
	{Name: "Int", Type: scalar.Int, Nullable: true},
	{Name: "Float", Type: scalar.Float, Nullable: true},
	{Name: "Boolean", Type: scalar.Boolean, Nullable: true},
	{Name: "DateTime", Type: scalar.DateTime, Nullable: true},
	{Name: "Json", Type: scalar.Json, Nullable: true},
	{Name: "UUID", Type: scalar.UUID, Nullable: true},
	{Name: "Enum", Type: scalar.Enum, Nullable: true},
}}

// opened makes a database with some tables on disk.
func opened(t testing.TB, tables ...*relational.Table) *Database {
	t.Helper()
	return openedAs(t, Config{Connector: "sqlite", Directory: t.TempDir()}, tables...)
}

func openedAs(t testing.TB, config Config, tables ...*relational.Table) *Database {
	t.Helper()
	c, err := Open(t.Context(), config, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	d := c.Database(project.ID{Name: "shop", Stage: "dev"})
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	var step migration.StepChanges
	for _, table := range tables {
		step.Changes = append(step.Changes, relational.CreateTable{Table: table})
	}
	if err := d.Migrate(t.Context(), Run{Revision: 1, Steps: []migration.StepChanges{step}}); err != nil {
		t.Fatal(err)
	}
	return d
}

// run executes a statement in a transaction of its own.
func run(t testing.TB, d *Database, s dialect.Statement) error {
	t.Helper()
	return d.write(t.Context(), func(in session) error {
		_, err := in.exec(t.Context(), s.SQL, s.Args)
		return err
	})
}

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	d := opened(t, typed)
	values := []scalar.Value{
		scalar.OfString("1"), scalar.OfString(""), scalar.OfString("1e3"), scalar.OfString("null"), scalar.OfString("ä\u2028\x00\"\\"),
		scalar.OfInt(0), scalar.OfInt(-2147483648), scalar.OfInt(1<<53 + 1),
		scalar.OfFloat(0), scalar.OfFloat(1), scalar.OfFloat(0.1), scalar.OfFloat(-1e300), scalar.OfFloat(5e-324),
		scalar.OfBool(true), scalar.OfBool(false),
		scalar.OfDateTime(0), scalar.OfDateTime(-1), scalar.OfDateTime(1483228800123),
		scalar.OfJSON(`1`), scalar.OfJSON(`"1"`), scalar.OfJSON(`{"b":1.0,"a":[null]}`),
		scalar.OfUUID("123e4567-e89b-12d3-a456-426614174000"), scalar.OfEnum("RED"),
	}
	for i, v := range values {
		id := fmt.Sprint("n", i)
		b := d.builder().SQL("INSERT INTO ").Table("Typed").SQL(" (").Names("ID", v.Type.String())
		if err := run(t, d, b.SQL(") VALUES (").Values([]scalar.Value{scalar.OfID(id), v}).SQL(")").Statement()); err != nil {
			t.Fatal(err)
		}
		got, text := cell(t, d, v.Type, id)
		if got != v {
			t.Errorf("stored %#v, got %#v", v, got)
		}
		if want := string(scalar.AppendJSON(nil, v)); text != want {
			t.Errorf("stored %s, printed %s", want, text)
		}
	}
}

func TestNullComesBack(t *testing.T) {
	t.Parallel()
	d := opened(t, typed)
	b := d.builder().SQL("INSERT INTO ").Table("Typed").SQL(" (").Name("ID").SQL(") VALUES (").Arg("n").SQL(")")
	if err := run(t, d, b.Statement()); err != nil {
		t.Fatal(err)
	}
	for _, column := range typed.Columns[1:] {
		if got, text := cell(t, d, column.Type, "n"); !got.IsNull() || text != "null" {
			t.Errorf("%s: got %#v, printed %s", column.Name, got, text)
		}
	}
}

// cell reads the column of a type, as a value and as JSON.
func cell(t *testing.T, d *Database, typ scalar.Type, id string) (v scalar.Value, json string) {
	t.Helper()
	s, done, err := d.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	b := d.builder().SQL("SELECT ").Name(typ.String()).SQL(" FROM ").Table("Typed").SQL(" WHERE ").Name("ID")
	query := b.SQL(" = ").Arg(id).Statement()
	found, err := s.query(t.Context(), query.SQL, query.Args)
	if err != nil {
		t.Fatal(err)
	}
	if !found.next() {
		t.Fatalf("no row: %v", found.close())
	}
	v, err = found.value(0, typ)
	text, printed := found.appendJSON(nil, 0, typ)
	if err := errors.Join(err, printed, found.close()); err != nil {
		t.Fatal(err)
	}
	return v, string(text)
}

// TestForeignValues: what somebody else put into the file must not break an answer.
func TestForeignValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		cell  any
		typ   scalar.Type
		want  string
		wrong bool
	}{
		{"no json", scalar.Json, "", true},
		{"2017-01-01T00:00:00Z", scalar.DateTime, `"2017-01-01T00:00:00.000Z"`, false},
		{"soon", scalar.DateTime, "", true},
		{int64(7), scalar.String, `"7"`, false},
		{int64(7), scalar.Float, "7", false},
		{"many", scalar.Int, "", true},
		{[]byte("text"), scalar.ID, `"text"`, false},
		{inf(), scalar.Float, "null", false},
	}
	for _, test := range tests {
		c := &cells{row: []any{test.cell}}
		got, err := c.appendJSON([]byte("["), 0, test.typ)
		if want := "[" + test.want; string(got) != want || (err != nil) != test.wrong {
			t.Errorf("%#v as %v prints %s, %v, want %s", test.cell, test.typ, got, err, want)
		}
	}
}

func inf() float64 {
	huge := 1e308
	return huge * 10
}

func TestViolations(t *testing.T) {
	t.Parallel()
	parent := &relational.Table{Name: "Parent", PrimaryKey: []string{"id"}, Columns: []relational.Column{{Name: "id", Type: scalar.ID}}}
	child := &relational.Table{
		Name: "Child", PrimaryKey: []string{"id"},
		Columns: []relational.Column{
			{Name: "id", Type: scalar.ID}, {Name: "e-mail", Type: scalar.String}, {Name: "parent", Type: scalar.ID, Nullable: true},
		},
		Indexes:     []relational.Index{{Name: "Child.e-mail._UNIQUE", Columns: []string{"e-mail"}, Unique: true}},
		ForeignKeys: []relational.ForeignKey{{Column: "parent", Table: "Parent", Reference: "id", OnDelete: relational.SetNull}},
	}
	d := opened(t, parent, child)
	insert := func(id, mail, parent any) error {
		b := d.builder().SQL("INSERT INTO ").Table("Child").SQL(" VALUES (").Arg(id).SQL(", ").Arg(mail)
		return run(t, d, b.SQL(", ").Arg(parent).SQL(")").Statement())
	}
	if err := insert("1", "a", nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		err  error
		want dialect.Violation
	}{
		{insert("2", "a", nil), dialect.Violation{Kind: dialect.UniqueViolation, Table: "Child", Column: "e-mail"}},
		{insert("1", "b", nil), dialect.Violation{Kind: dialect.UniqueViolation, Table: "Child", Column: "id"}},
		{insert("2", nil, nil), dialect.Violation{Kind: dialect.NotNullViolation, Table: "Child", Column: "e-mail"}},
		{insert("2", "b", "nobody"), dialect.Violation{Kind: dialect.ForeignKeyViolation}},
		{run(t, d, dialect.Statement{SQL: "no sql"}), dialect.Violation{}},
		{nil, dialect.Violation{}},
	}
	for _, test := range tests {
		if got := d.classify(test.err); got != test.want {
			t.Errorf("classify(%v) = %+v, want %+v", test.err, got, test.want)
		}
	}
}

// TestFailedWriteLeavesNothing also panics inside a write: the next one must run.
func TestFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	t.Run("on disk", func(t *testing.T) { failedWrites(t, opened(t, typed)) })
	t.Run("in memory", func(t *testing.T) { failedWrites(t, openedAs(t, Config{Connector: "sqlite", Memory: true}, typed)) })
}

func failedWrites(t *testing.T, d *Database) {
	stop := errors.New("stop")
	add := func(in session) {
		if _, err := in.exec(t.Context(), `INSERT INTO "Typed" ("ID") VALUES ('x')`, nil); err != nil {
			t.Error(err)
		}
	}
	err := d.write(t.Context(), func(in session) error { add(in); return stop })
	if !errors.Is(err, stop) {
		t.Errorf("write() = %v, want %v", err, stop)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = d.write(ctx, func(in session) error { add(in); cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("write() = %v, want %v", err, context.Canceled)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		d.write(t.Context(), func(in session) error { add(in); panic("bug") })
	}()
	if err := d.write(t.Context(), func(in session) error { add(in); return nil }); err != nil {
		t.Errorf("write after failed ones: %v", err)
	}
}

func BenchmarkPointSelect(b *testing.B) {
	d := filled(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		scanAll(b, d, ` WHERE "ID" = 'n500'`, 1)
	}
}

func BenchmarkScan1000(b *testing.B) {
	d := filled(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		scanAll(b, d, "", 1000)
	}
}

// filled returns a database with some rows in Typed.
func filled(b *testing.B, count int) *Database {
	d := opened(b, typed)
	fill := dialect.Statement{SQL: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO "Typed" SELECT 'n' || i, 'name of ' || i, i, i / 2.0, i % 2, i * 1000000, '{"n":' || i || '}', NULL, 'RED' FROM n`, Args: []any{count}}
	if err := run(b, d, fill); err != nil {
		b.Fatal(err)
	}
	return d
}

// scanAll prints all cells of a select as an answer does.
func scanAll(b *testing.B, d *Database, where string, want int) {
	s, done, err := d.read(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	found, err := s.query(b.Context(), `SELECT * FROM "Typed"`+where, nil)
	if err != nil {
		b.Fatal(err)
	}
	count := 0
	var buffer [4096]byte
	for found.next() {
		json := buffer[:0]
		for i, c := range typed.Columns {
			if json, err = found.appendJSON(json, i, c.Type); err != nil {
				b.Fatal(err)
			}
		}
		if strings.HasPrefix(string(json), `"n`) {
			count++
		}
	}
	if err := found.close(); err != nil || count != want {
		b.Fatalf("%d rows, %v, want %d", count, err, want)
	}
}
