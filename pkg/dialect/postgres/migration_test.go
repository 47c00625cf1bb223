package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestMigrations runs testdata/migration. Without a database postgres.sql is
// compared, worked out from the tables as they ought to be. With one the first
// datamodel is deployed, its tables filled with a row each, then the second; the
// tables must be those of the second datamodel, however they came about.
func TestMigrations(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		if c.Has("fault.txt") || c.Has("problems.txt") {
			return
		}
		f := &file{t: t, schema: "service$dev"}
		previous := f.deploy(&schema.Schema{}, c.Get("before.prisma"), nil)
		var text strings.Builder
		f.deploy(previous, c.Get("after.prisma"), &text)
		c.Want(t, "postgres.sql", text.String())
	})
}

// TestMigrationsOnDatabase is TestMigrations on a real database.
func TestMigrationsOnDatabase(t *testing.T) {
	t.Parallel()
	db := openDatabase(t)
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		if c.Has("fault.txt") || c.Has("problems.txt") {
			return
		}
		f := openSchema(t, db)
		previous := f.deploy(&schema.Schema{}, c.Get("before.prisma"), nil)
		if c.Has("rows.sql") {
			f.fillRows(previous)
		}
		f.deploy(previous, c.Get("after.prisma"), nil)
	})
}

// openDatabase opens the database of PRISMA1_TEST_POSTGRES. A test without one
// is skipped, unless PRISMA1_TEST_REQUIRE names postgres, as it does in CI.
func openDatabase(t *testing.T) *sql.DB {
	t.Helper()
	dsn := os.Getenv("PRISMA1_TEST_POSTGRES")
	if dsn == "" {
		if strings.Contains(os.Getenv("PRISMA1_TEST_REQUIRE"), "postgres") {
			t.Fatal("PRISMA1_TEST_POSTGRES is not set, and PRISMA1_TEST_REQUIRE asks for postgres")
		}
		t.Skip("PRISMA1_TEST_POSTGRES is not set")
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(8)
	t.Cleanup(func() { db.Close() })
	return db
}

// A file is a schema of a database; without a database its tables are those
// that were asked for.
type file struct {
	t      *testing.T
	db     *sql.DB // nil for none
	schema string
	laid   []*relational.Table
}

func openSchema(t *testing.T, db *sql.DB) *file {
	t.Helper()
	f := &file{t: t, db: db, schema: fmt.Sprintf("%s$%d", t.Name()[strings.LastIndexByte(t.Name(), '/')+1:], time.Now().UnixNano())}
	f.exec(`CREATE SCHEMA "` + f.schema + `"`)
	t.Cleanup(func() { db.Exec(`DROP SCHEMA "` + f.schema + `" CASCADE`) })
	return f
}

// fillRows puts a row into every table of a model that takes one with its id alone.
func (f *file) fillRows(s *schema.Schema) {
	f.t.Helper()
	for _, m := range s.Models {
		columns, values := []string{}, []string{}
		for _, x := range m.Fields {
			if x.IsScalar() {
				columns, values = append(columns, `"`+x.Column()+`"`), append(values, samples[x.Type])
			}
		}
		f.exec(fmt.Sprintf(`INSERT INTO "%s"."%s" (%s) VALUES (%s)`, f.schema, m.Table(), strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
}

var samples = map[scalar.Type]string{
	scalar.String: "'text'", scalar.Int: "1", scalar.Float: "1.5", scalar.Boolean: "true", scalar.DateTime: "'2020-01-01'",
	scalar.Json: "'{}'", scalar.ID: "'1'", scalar.UUID: "'00000000-0000-0000-0000-000000000001'", scalar.Enum: "'B'",
}

func (f *file) exec(text string) {
	f.t.Helper()
	if _, err := f.db.Exec(text); err != nil {
		f.t.Fatalf("%v\n%s", err, text)
	}
}

// deploy leads the file from the previous schema to that of a datamodel and
// compares its tables with what they ought to be. Statements go to text, too,
// when there is one.
func (f *file) deploy(previous *schema.Schema, datamodelText string, text *strings.Builder) *schema.Schema {
	f.t.Helper()
	if strings.TrimSpace(datamodelText) == "" {
		return previous
	}
	document, syntax := datamodel.Parse(datamodelText)
	if syntax != nil {
		f.t.Fatalf("%v\n%s", syntax, datamodelText)
	}
	document = document.After(previous)
	if problems := document.Check(datamodel.Rules{IntIDs: true, Sequences: true, UUIDs: true, Decimals: true, Features: schema.Features()}); len(problems) > 0 {
		f.t.Fatalf("%+v\n%s", problems, datamodelText)
	}
	next, err := datamodel.Infer(document, previous)
	if err != nil {
		f.t.Fatal(err)
	}
	steps, err := migration.Infer(previous, next, document.Renames(previous))
	if err != nil {
		f.t.Fatal(err)
	}
	planned, err := migration.Changes(steps, previous, next, relational.Naming{Schema: f.schema}, f.tables())
	if err != nil {
		f.t.Fatal(err)
	}
	f.apply(planned, text)
	f.laid = relational.Tables(next, relational.Naming{Schema: f.schema})
	want := shapes(f.laid)
	if diff := cmp.Diff(want, shapes(f.tables())); diff != "" {
		f.t.Errorf("tables after the deploy (-want +got):\n%s", diff)
	}
	document.Follow(datamodelText)
	f.checkSettled(document, next)
	return next
}

// checkSettled deploys the same datamodel again: nothing may be left to do,
// though the renames are still in the text.
func (f *file) checkSettled(document *datamodel.Document, previous *schema.Schema) {
	f.t.Helper()
	next, err := datamodel.Infer(document, previous)
	if err != nil {
		f.t.Fatal(err)
	}
	steps, err := migration.Infer(previous, next, document.Renames(previous))
	if err != nil || len(steps) > 0 {
		f.t.Errorf("the same datamodel again takes %v (%v)", steps, err)
	}
}

func (f *file) tables() []*relational.Table {
	f.t.Helper()
	if f.db == nil {
		return f.laid
	}
	tables, err := postgres.Dialect{}.Inspect(context.Background(), f.db, f.schema)
	if err != nil {
		f.t.Fatal(err)
	}
	return tables
}

// apply runs the changes in one transaction.
func (f *file) apply(planned []migration.StepChanges, text *strings.Builder) {
	f.t.Helper()
	var all []dialect.Statement
	for _, step := range planned {
		for _, change := range step.Changes {
			statements, err := postgres.Dialect{}.Statements(f.schema, change)
			if err != nil {
				f.t.Fatal(err)
			}
			all = append(all, statements...)
		}
	}
	if text != nil {
		for _, s := range all {
			writeStatement(text, s.SQL, s.Args)
		}
	}
	if f.db == nil {
		return
	}
	tx, err := f.db.Begin()
	if err != nil {
		f.t.Fatal(err)
	}
	defer tx.Rollback()
	for _, s := range all {
		if _, err := tx.Exec(s.SQL, s.Args...); err != nil {
			f.t.Fatalf("%v\n%s", err, s.SQL)
		}
	}
	if err := tx.Commit(); err != nil {
		f.t.Fatal(err)
	}
}

func writeStatement(b *strings.Builder, text string, args []any) {
	b.WriteString(text + ";")
	if len(args) > 0 {
		fmt.Fprintf(b, " -- %q", fmt.Sprint(args...))
	}
	b.WriteString("\n")
}

// shapes describes tables without what may differ: the order of columns, the
// names of indexes, the database's names of types.
func shapes(tables []*relational.Table) map[string][]string {
	described := map[string][]string{}
	for _, t := range tables {
		lines := []string{fmt.Sprintf("primary key %v", t.PrimaryKey)}
		for _, c := range t.Columns {
			lines = append(lines, fmt.Sprintf("column %s %v null:%t generated:%t", c.Name, stored(c.Type), c.Nullable, c.Generated))
		}
		for _, x := range t.Indexes {
			lines = append(lines, fmt.Sprintf("index %v unique:%t", x.Columns, x.Unique))
		}
		for _, k := range t.ForeignKeys {
			lines = append(lines, fmt.Sprintf("foreign key %s to %s(%s) %s", k.Column, k.Table, k.Reference, k.OnDelete))
		}
		slices.Sort(lines)
		described[t.Name] = lines
	}
	return described
}

// stored is the type that a database tells of a column: Json and Enum are text,
// and what Prisma 1 had not is read as the nearest that it had.
func stored(t scalar.Type) scalar.Type {
	switch t {
	case scalar.Json, scalar.Enum:
		return scalar.String
	case scalar.Long:
		return scalar.Int
	case scalar.Decimal:
		return scalar.Float
	case scalar.Date:
		return scalar.DateTime
	}
	return t
}
