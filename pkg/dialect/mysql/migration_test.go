package mysql_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	driver "github.com/go-sql-driver/mysql"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var naming = relational.Naming{Short: true}

// TestMigrations runs testdata/migration on a real database: the first
// datamodel is deployed, the rows of rows.sql are put in, the second datamodel
// is deployed. mysql.sql are the statements that takes. The tables must be
// those of the second datamodel, however they came about.
func TestMigrations(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		if c.Has("fault.txt") || c.Has("problems.txt") {
			return
		}
		f := openDatabase(t)
		previous := f.deploy(&schema.Schema{}, c.Get("before.prisma"), nil)
		f.exec(c.Get("rows.sql"))
		var text strings.Builder
		f.deploy(previous, c.Get("after.prisma"), &text)
		c.Want(t, "mysql.sql", sameTypes.Replace(text.String()))
	})
}

// sameTypes gives types that the server named the names of all versions: MySQL 8.0
// dropped the width of numbers, and utf8 is utf8mb3 since MySQL 8.0.29 and MariaDB 10.6.
var sameTypes = strings.NewReplacer("utf8mb3", "utf8", "int(11)", "int", "bigint(20)", "bigint")

// A database of a test, with one connection.
type database struct {
	t    *testing.T
	db   *sql.DB
	name string
}

var databases atomic.Int64

// openDatabase makes an empty database on the server of PRISMA1_TEST_MYSQL, a
// DSN, and drops it when the test is done.
func openDatabase(t *testing.T) *database {
	t.Helper()
	dsn := os.Getenv("PRISMA1_TEST_MYSQL")
	if dsn == "" {
		if strings.Contains(os.Getenv("PRISMA1_TEST_REQUIRE"), "mysql") {
			t.Fatal("PRISMA1_TEST_MYSQL is not set, and PRISMA1_TEST_REQUIRE asks for mysql")
		}
		t.Skip("PRISMA1_TEST_MYSQL is not set")
	}
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.InterpolateParams, config.MultiStatements, config.DBName = true, true, ""
	config.Collation = cmp.Or(config.Collation, "utf8mb4_unicode_ci")
	name := fmt.Sprintf("prisma1_test$%d@%d", os.Getpid(), databases.Add(1))
	admin := open(t, config)
	if _, err := admin.Exec("CREATE DATABASE `" + name + "`"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE `" + name + "`"); err != nil {
			t.Error(err)
		}
	})
	config = config.Clone()
	config.DBName = name
	return &database{t: t, db: open(t, config), name: name}
}

func open(t *testing.T, config *driver.Config) *sql.DB {
	t.Helper()
	connector, err := driver.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// exec runs statements with names quoted as in the other databases.
func (f *database) exec(text string) {
	f.t.Helper()
	if strings.TrimSpace(text) == "" {
		return
	}
	f.run(strings.ReplaceAll(text, `"`, "`"))
}

func (f *database) run(text string, args ...any) {
	f.t.Helper()
	if _, err := f.db.Exec(text, args...); err != nil {
		f.t.Fatalf("%v\n%s", err, text)
	}
}

// deploy leads the database from the previous schema to that of a datamodel and
// compares its tables with what they ought to be. Statements go to text, too,
// when there is one.
func (f *database) deploy(previous *schema.Schema, datamodelText string, text *strings.Builder) *schema.Schema {
	f.t.Helper()
	if strings.TrimSpace(datamodelText) == "" {
		return previous
	}
	document, syntax := datamodel.Parse(datamodelText)
	if syntax != nil {
		f.t.Fatalf("%v\n%s", syntax, datamodelText)
	}
	document = document.After(previous)
	next, err := datamodel.Infer(document, previous)
	if err != nil {
		f.t.Fatal(err)
	}
	steps, err := migration.Infer(previous, next, document.Renames(previous))
	if err != nil {
		f.t.Fatal(err)
	}
	planned, err := migration.Changes(steps, previous, next, naming, f.tables())
	if err != nil {
		f.t.Fatal(err)
	}
	f.apply(planned, text)
	want := shapes(relational.Tables(next, naming))
	if diff := gocmp.Diff(want, shapes(f.tables())); diff != "" {
		f.t.Errorf("tables after the deploy (-want +got):\n%s", diff)
	}
	return next
}

func (f *database) tables() []*relational.Table {
	f.t.Helper()
	tables, err := mysql.Dialect{}.Inspect(context.Background(), f.db, "")
	if err != nil {
		f.t.Fatal(err)
	}
	return tables
}

// apply runs the changes, each statement committed by itself.
func (f *database) apply(planned []migration.StepChanges, text *strings.Builder) {
	f.t.Helper()
	for _, step := range planned {
		for _, change := range step.Changes {
			statements, err := mysql.Dialect{}.Statements("", change)
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
}

func writeStatement(b *strings.Builder, text string, args []any) {
	b.WriteString(text + ";")
	if len(args) > 0 {
		fmt.Fprintf(b, " -- %q", fmt.Sprint(args...))
	}
	b.WriteString("\n")
}

// shapes describes tables without what may differ: the order of columns, the
// names of indexes, the database's names of types. Json lies in text.
func shapes(tables []*relational.Table) map[string][]string {
	described := map[string][]string{}
	for _, t := range tables {
		lines := []string{fmt.Sprintf("primary key %v", t.PrimaryKey)}
		for _, c := range t.Columns {
			typ := strings.NewReplacer("Json", "String", "Long", "Int", "Decimal", "Float", "DateTime", "DateTime", "Date", "DateTime").Replace(fmt.Sprint(c.Type))
			lines = append(lines, fmt.Sprintf("column %s %s null:%t generated:%t", c.Name, typ, c.Nullable, c.Generated))
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
