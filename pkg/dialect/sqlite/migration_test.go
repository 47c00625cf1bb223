package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestMigrations runs testdata/migration on a real file: the first datamodel is
// deployed, the rows of rows.sql are put in, the second datamodel is deployed.
// sqlite.sql are the statements that takes, rows.txt is what is stored then.
// The tables must be those of the second datamodel, however they came about.
func TestMigrations(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		if c.Has("fault.txt") {
			return
		}
		f := openFile(t)
		previous := f.deploy(&schema.Schema{}, c.Get("before.prisma"), nil)
		f.exec(c.Get("rows.sql"))
		if c.Has("problems.txt") {
			return // what stands there is run by the connector's test
		}
		var text strings.Builder
		f.deploy(previous, c.Get("after.prisma"), &text)
		c.Want(t, "sqlite.sql", text.String())
		if c.Has("rows.sql") {
			c.Want(t, "rows.txt", f.rows())
		}
	})
}

// A file is a SQLite file with one connection.
type file struct {
	t  *testing.T
	db *sql.DB
}

func openFile(t *testing.T) *file {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "test.db")+"?_pragma=synchronous(0)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return &file{t: t, db: db}
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
	if problems := document.Check(datamodel.Rules{IntIDs: true, Sequences: true, FoldedNames: true, Features: schema.Features()}); len(problems) > 0 {
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
	planned, err := migration.Changes(steps, previous, next, relational.Naming{}, f.tables())
	if err != nil {
		f.t.Fatal(err)
	}
	f.apply(planned, text)
	want := shapes(relational.Tables(next, relational.Naming{}))
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
	tables, err := sqlite.Dialect{}.Inspect(context.Background(), f.db, "")
	if err != nil {
		f.t.Fatal(err)
	}
	return tables
}

// apply runs the changes in one transaction with foreign keys off, as Statements asks for.
func (f *file) apply(planned []migration.StepChanges, text *strings.Builder) {
	f.t.Helper()
	f.exec("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")
	for _, step := range planned {
		for _, change := range step.Changes {
			statements, err := sqlite.Dialect{}.Statements("", change)
			if err != nil {
				f.t.Fatal(err)
			}
			for _, s := range statements {
				if text != nil {
					writeStatement(text, s.SQL, s.Args)
				}
				if _, err := f.db.Exec(s.SQL, s.Args...); err != nil {
					f.t.Fatalf("%v: %v\n%s", step.Step, err, s.SQL)
				}
			}
		}
	}
	f.checkReferences()
	f.exec("COMMIT; PRAGMA foreign_keys = ON")
}

func writeStatement(b *strings.Builder, text string, args []any) {
	b.WriteString(text + ";")
	if len(args) > 0 {
		fmt.Fprintf(b, " -- %q", fmt.Sprint(args...))
	}
	b.WriteString("\n")
}

func (f *file) checkReferences() {
	f.t.Helper()
	var table, parent string
	var row, key any
	err := f.db.QueryRow("PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key)
	if err != sql.ErrNoRows {
		f.t.Errorf("a row of %s refers to one of %s that is not there (%v)", table, parent, err)
	}
}

// rows returns everything stored, table by table.
func (f *file) rows() string {
	f.t.Helper()
	var b strings.Builder
	for _, table := range f.tables() {
		fmt.Fprintf(&b, "%s\n", table.Name)
		for _, row := range f.table(table) {
			fmt.Fprintf(&b, "  %s\n", row)
		}
	}
	return b.String()
}

func (f *file) table(t *relational.Table) []string {
	f.t.Helper()
	rows, err := f.db.Query(`SELECT * FROM "` + t.Name + `"`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		values := make([]any, len(t.Columns))
		pointers := make([]any, len(values))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			f.t.Fatal(err)
		}
		fields := make([]string, len(values))
		for i, v := range values {
			fields[i] = fmt.Sprintf("%s=%v", t.Columns[i].Name, v)
		}
		slices.Sort(fields)
		lines = append(lines, strings.Join(fields, " "))
	}
	slices.Sort(lines)
	return lines
}

// shapes describes tables without what may differ: the order of columns, the
// names of indexes, the database's names of types.
func shapes(tables []*relational.Table) map[string][]string {
	described := map[string][]string{}
	for _, t := range tables {
		lines := []string{fmt.Sprintf("primary key %v", t.PrimaryKey)}
		for _, c := range t.Columns {
			lines = append(lines, fmt.Sprintf("column %s %v null:%t generated:%t", c.Name, c.Type, c.Nullable, c.Generated))
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
