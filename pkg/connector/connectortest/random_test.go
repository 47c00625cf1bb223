package connectortest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestRandomMigrations leads databases through chains of random changes of their
// datamodel. After each deploy the tables must be those of the datamodel, and
// what a deploy does not change must still be there; a deploy that fails half-way
// changes nothing. In the end the same datamodel on an empty database makes the
// same tables.
func TestRandomMigrations(t *testing.T) {
	t.Parallel()
	EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("the same as on disk")
		}
		breaker := &breaker{}
		c, err := connector.Open(t.Context(), config, slog.New(breaker))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		for seed := range seeds(c) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) { randomChain(t, c, breaker, seed) })
			if t.Failed() {
				return // the database is not empty
			}
		}
	})
}

// seeds is how many chains are tried, on a database that is slow to change fewer.
func seeds(c *connector.Connector) uint64 {
	n := map[string]uint64{"sqlite": 12, "postgres": 6, "mysql": 2}[c.Facts().Name]
	if os.Getenv("PRISMA1_TEST_LONG") != "" {
		n *= 10
	}
	return n
}

func randomChain(t *testing.T, c *connector.Connector, breaker *breaker, seed uint64) {
	r := &randomService{Rand: rand.New(rand.NewPCG(seed, 4)), withRows: seed%3 != 0}
	for range 2 + r.IntN(3) {
		r.addModel()
	}
	for range 2 + r.IntN(4) {
		r.addRelation()
	}
	f := &randomDatabase{t: t, Database: c.Database(shop), facts: c.Facts(), breaker: breaker, schema: &schema.Schema{}}
	if err := f.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.deploy(r.text())
	for range 4 {
		before := r.text()
		if r.withRows {
			f.fillRows()
		}
		kept := f.values(r)
		r.settle()
		for range 1 + r.IntN(5) {
			r.change()
		}
		f.fail(r)
		f.deploy(r.text())
		f.checkKept(r, kept)
		if t.Failed() {
			t.Fatalf("from\n%s\nto\n%s", before, r.text())
		}
	}
	led, ledTo := f.shapes(), f.schema
	f.lead(&schema.Schema{})
	if tables := f.tables(); len(tables) > 0 {
		t.Errorf("of the empty datamodel there are still %v", tables)
	}
	f.lead(ledTo) // the schema, not the text: the sides of a relation are older than its models' names
	if diff := cmp.Diff(led, f.shapes()); diff != "" {
		t.Errorf("tables of the datamodel, led there (-) and made from nothing (+):\n%s\n%s", diff, r.text())
	}
	f.lead(&schema.Schema{})
}

// A randomDatabase is the database of a service that changes at random.
type randomDatabase struct {
	*connector.Database
	t        *testing.T
	facts    *dialect.Facts
	breaker  *breaker
	schema   *schema.Schema
	revision int
}

// deploy leads the database to a datamodel and compares its tables with what
// they ought to be.
func (f *randomDatabase) deploy(text string) {
	f.t.Helper()
	next, changes := f.changes(text)
	f.migrate(changes)
	f.schema = next
	if diff := cmp.Diff(shapes(relational.Tables(next, f.Naming())), f.shapes()); diff != "" {
		f.t.Errorf("tables after the deploy (-want +got):\n%s", diff)
	}
}

// lead leads the database to a schema that renames nothing.
func (f *randomDatabase) lead(next *schema.Schema) {
	f.t.Helper()
	f.migrate(f.plan(next, datamodel.Renames{}))
	f.schema = next
}

func (f *randomDatabase) migrate(changes []migration.StepChanges) {
	f.t.Helper()
	f.revision++
	if err := f.Migrate(f.t.Context(), connector.Run{Revision: f.revision, Steps: changes}); err != nil {
		f.t.Fatal(err)
	}
}

// fail begins to deploy the datamodel of r and stops at a random statement.
func (f *randomDatabase) fail(r *randomService) {
	f.t.Helper()
	_, changes := f.changes(r.text())
	script, err := f.Script(changes)
	if err != nil {
		f.t.Fatal(err)
	}
	statements := slices.DeleteFunc(slices.Concat(script...), func(st dialect.Statement) bool {
		return strings.Contains(st.SQL, "DROP COLUMN `_prisma1_gone") || dropsAside.MatchString(st.SQL)
	})
	if len(statements) == 0 {
		return
	}
	was, held := f.shapes(), f.contents()
	ctx := f.breaker.breakAt(f.t.Context(), statements[r.IntN(len(statements))])
	f.revision++
	err = f.Migrate(ctx, connector.Run{Revision: f.revision, Steps: changes})
	if err == nil || errors.Is(err, connector.ErrHalfDone) {
		f.t.Fatalf("a deploy that ends at a statement: %v", err)
	}
	if diff := cmp.Diff(was, f.shapes()); diff != "" {
		f.t.Errorf("tables after a deploy that failed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(held, f.contents()); diff != "" {
		f.t.Errorf("rows after a deploy that failed (-want +got):\n%s", diff)
	}
}

// changes plans the way to a datamodel.
func (f *randomDatabase) changes(text string) (*schema.Schema, []migration.StepChanges) {
	f.t.Helper()
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		f.t.Fatalf("%v\n%s", syntax, text)
	}
	if problems := document.Check(datamodel.Rules{IntIDs: true, Sequences: true, UUIDs: true}); len(problems) > 0 {
		f.t.Fatalf("%+v\n%s", problems, text)
	}
	next, err := datamodel.Infer(document, f.schema)
	if err != nil {
		f.t.Fatal(err)
	}
	return next, f.plan(next, document.Renames(f.schema))
}

func (f *randomDatabase) plan(next *schema.Schema, renames datamodel.Renames) []migration.StepChanges {
	f.t.Helper()
	steps, err := migration.Infer(f.schema, next, renames)
	if err != nil {
		f.t.Fatal(err)
	}
	changes, err := migration.Changes(steps, f.schema, next, f.Naming(), f.tables())
	if err != nil {
		f.t.Fatal(err)
	}
	return changes
}

func (f *randomDatabase) tables() []*relational.Table {
	f.t.Helper()
	tables, err := f.Inspect(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	return tables
}

func (f *randomDatabase) shapes() map[string][]string { return shapes(f.tables()) }

// fillRows puts one row into each table that has none, and links them all.
func (f *randomDatabase) fillRows() {
	f.t.Helper()
	for _, m := range f.schema.Models {
		columns, values := []string{m.ID().Column()}, []string{"1"}
		for _, field := range m.Fields {
			if field.IsScalar() && !field.IsID() {
				columns, values = append(columns, field.Column()), append(values, samples[field.Type])
			}
		}
		f.insert(m.Table(), columns, values)
	}
	for _, m := range f.schema.Models {
		for _, field := range m.Fields {
			if field.IsScalarList() {
				f.insert(field.ListTable(), []string{schema.ListNode, schema.ListPosition, schema.ListValue}, []string{"1", "1000", samples[field.Type]})
			}
		}
	}
	for _, x := range f.schema.Relations {
		switch link := x.Link.(type) {
		case *schema.Inline:
			f.raw(f.sql("UPDATE ").Table(link.Model.Table()).SQL(" SET ").Name(link.Column).SQL(" = '1'"))
		case *schema.LinkTable:
			f.insert(link.Table, []string{link.ColumnA, link.ColumnB}, []string{"1", "1"})
		}
	}
}

// samples are values of fields, as every database reads them.
var samples = map[scalar.Type]string{
	scalar.Int: "1", scalar.Boolean: "1", scalar.DateTime: "2017-01-01 00:00:00.057", scalar.Float: "1.5",
	scalar.Json: `{"a":1}`, scalar.Enum: "B", scalar.String: "text",
}

func (f *randomDatabase) sql(text string) *dialect.Builder {
	return dialect.NewBuilder(f.facts, f.Schema()).SQL(text)
}

func (f *randomDatabase) raw(b *dialect.Builder) string {
	f.t.Helper()
	text := b.Statement().SQL
	json, err := f.Raw(f.t.Context(), text)
	if err != nil {
		f.t.Fatalf("%v\n%s", err, text)
	}
	return string(json)
}

// insert puts a row into a table that has none.
func (f *randomDatabase) insert(table string, columns, values []string) {
	f.t.Helper()
	if f.raw(f.sql("SELECT 1 AS v FROM ").Table(table)) != "[]" {
		return
	}
	b := f.sql("INSERT INTO ").Table(table).SQL(" (").Names(columns...).SQL(") VALUES ('")
	f.raw(b.SQL(strings.Join(values, "', '")).SQL("')"))
}

// column returns what a column holds.
func (f *randomDatabase) column(table, column string) string {
	f.t.Helper()
	return f.raw(f.sql("SELECT ").Name(column).SQL(" AS v FROM ").Table(table).SQL(" ORDER BY 1"))
}

// values returns what is stored for each field and relation by its number.
func (f *randomDatabase) values(r *randomService) map[int]string {
	f.t.Helper()
	found := map[int]string{}
	for _, m := range r.models {
		for _, x := range m.fields {
			field := f.schema.Model(m.name).Field(x.name)
			if field.List {
				found[x.number] = f.column(field.ListTable(), schema.ListValue)
			} else {
				found[x.number] = f.column(m.table(), field.Column())
			}
		}
	}
	for _, x := range r.relations {
		switch link := f.schema.Relation(x.name).Link.(type) {
		case *schema.Inline:
			found[x.number] = f.column(link.Model.Table(), link.Column)
		case *schema.LinkTable:
			found[x.number] = f.column(link.Table, link.ColumnA) + f.column(link.Table, link.ColumnB)
		}
	}
	return found
}

// contents returns what is stored in each column.
func (f *randomDatabase) contents() map[string]string {
	f.t.Helper()
	found := map[string]string{}
	for _, t := range f.tables() {
		for _, c := range t.Columns {
			found[t.Name+"."+c.Name] = f.column(t.Name, c.Name)
		}
	}
	return found
}

// checkKept compares what the last deploy had no reason to change.
func (f *randomDatabase) checkKept(r *randomService, kept map[int]string) {
	f.t.Helper()
	now := f.values(r)
	for _, m := range r.models {
		for _, x := range m.fields {
			if want, ok := kept[x.number]; ok && !x.changed && now[x.number] != want && !strings.Contains(want, "null") {
				f.t.Errorf("%s.%s held %s and now %s", m.name, x.name, want, now[x.number])
			}
		}
	}
	for _, x := range r.relations {
		if want, ok := kept[x.number]; ok && !x.changed && now[x.number] != want {
			f.t.Errorf("relation %s held %s and now %s", x.name, want, now[x.number])
		}
	}
}

// shapes describes tables without what may differ: the order of columns, the
// names of indexes, the database's names of types. Json and Enum lie in text.
func shapes(tables []*relational.Table) map[string][]string {
	described := map[string][]string{}
	for _, t := range tables {
		lines := []string{fmt.Sprintf("primary key %v", t.PrimaryKey)}
		for _, c := range t.Columns {
			typ := c.Type
			if typ == scalar.Json || typ == scalar.Enum {
				typ = scalar.String
			}
			lines = append(lines, fmt.Sprintf("column %s %v null:%t generated:%t", c.Name, typ, c.Nullable, c.Generated))
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

// A breaker is a log that ends a context when a statement is about to run.
type breaker struct {
	mu     sync.Mutex
	text   string
	cancel context.CancelFunc
}

// breakAt returns a context that ends at a statement.
func (b *breaker) breakAt(ctx context.Context, st dialect.Statement) context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = aside.ReplaceAllString(st.SQL, "")
	ctx, b.cancel = context.WithCancel(ctx)
	return ctx
}

var (
	aside      = regexp.MustCompile(`_gone_\d+`) // what a migration moves aside is named after its revision
	dropsAside = regexp.MustCompile("DROP TABLE .*_prisma1_gone")
)

func (b *breaker) Enabled(context.Context, slog.Level) bool { return true }
func (b *breaker) WithAttrs([]slog.Attr) slog.Handler       { return b }
func (b *breaker) WithGroup(string) slog.Handler            { return b }

func (b *breaker) Handle(_ context.Context, record slog.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "sql" && b.cancel != nil && aside.ReplaceAllString(a.Value.String(), "") == b.text {
			b.cancel()
		}
		return true
	})
	return nil
}
