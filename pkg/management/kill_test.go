package management

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// datamodels are two texts; from one to the other most tables must be rebuilt.
var datamodels = []string{models("name: String age: Int"), models("name: String! @unique size: Float")}

func models(fields string) string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "type M%d { id: ID! @id %s }\n", i, fields)
	}
	return b.String()
}

// A server that is killed at any moment of a deploy leaves the old state or the
// new one, never a lock: after the next start everything fits together and the
// next deploy works. SQLite only, whose moments are the shortest; see
// TestKillAtEachStatement.
func TestKilledDeploy(t *testing.T) {
	t.Parallel()
	config := connector.Config{Connector: "sqlite", Directory: t.TempDir()}
	_, m := mustOpen(t, config)
	addShop(t, m)
	for range 5 {
		process, out, wait := child{Config: config, Types: datamodels}.start(t)
		for out.Scan() && out.Text() != "deploy 1" {
		}
		time.Sleep(rand.N(60 * time.Millisecond))
		process.Process.Kill()
		wait()
		db, m := mustRevive(t, config)
		for _, types := range datamodels {
			if err := deployed(t.Context(), m, types); err != nil {
				t.Fatalf("next deploy: %v", err)
			}
			checkState(t, db, m)
		}
	}
}

// checkState fails when the history is open or does not fit the tables.
func checkState(t *testing.T, db *connector.Connector, m *Management) {
	t.Helper()
	history, err := m.Migrations(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range history {
		if one.Status.IsOpen() {
			t.Errorf("revision %d is still %s", one.Revision, one.Status)
		}
	}
	p, err := m.Project(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := db.Database(shop).Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wanted := relational.Tables(p.Schema, db.Database(shop).Naming())
	if len(tables) != len(wanted) {
		t.Fatalf("%d tables, want %d", len(tables), len(wanted))
	}
	for _, table := range wanted {
		for _, c := range table.Columns {
			if now := tableOf(tables, table.Name); now == nil || now.Column(c.Name) == nil {
				t.Errorf("revision %d has no column %s.%s", p.Revision, table.Name, c.Name)
			}
		}
	}
}

func tableOf(tables []*relational.Table, name string) *relational.Table {
	for _, t := range tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// beforeKill and afterKill are a dozen steps apart: tables and columns that come,
// go, change their type, name, uniqueness or whether they must have values.
const beforeKill = `
type User { id: ID! @id name: String age: Int email: String @unique tags: [String] @scalarList(strategy: RELATION)
  posts: [Post] @relation(name: "Wrote") old: String size: Float }
type Post { id: ID! @id title: String author: User @relation(name: "Wrote", link: INLINE) topics: [Topic] @relation(name: "About", link: TABLE) }
type Topic { id: ID! @id label: String posts: [Post] @relation(name: "About") }
type Gone { id: ID! @id text: String }`

const afterKill = `
type User { id: ID! @id name: String! age: String mail: String @unique @rename(oldName: "email") labels: [String] @scalarList(strategy: RELATION) @rename(oldName: "tags")
  posts: [Post] @relation(name: "Wrote") size: Float! @default(value: 1.5) address: Address @relation(name: "Lives", link: INLINE) }
type Post { id: ID! @id title: String @unique author: User @relation(name: "Wrote", link: INLINE) stars: Int! @default(value: 3) }
type Theme @rename(oldName: "Topic") { id: ID! @id label: String }
type Address { id: ID! @id street: String }`

// rowsBeforeKill are rows of all tables of beforeKill.
var rowsBeforeKill = []struct {
	table   string
	columns []string
	values  string
}{
	{"User", []string{"id", "name", "age", "email", "old"}, "('u1', 'Ann', 30, 'a@x', 'o'), ('u2', NULL, NULL, 'b@x', NULL)"},
	{"User_tags", []string{"nodeId", "position", "value"}, "('u1', 1000, 'x'), ('u1', 2000, 'y')"},
	{"Post", []string{"id", "title", "author"}, "('p1', 'one', 'u1'), ('p2', 'two', 'u2'), ('p3', NULL, NULL)"},
	{"Topic", []string{"id", "label"}, "('t1', 'l')"},
	{"_About", []string{"A", "B"}, "('p1', 't1')"},
	{"Gone", []string{"id", "text"}, "('g1', 'still here')"},
}

// TestKillAtEachStatement kills a server at each statement of a migration: at
// some of them, or all when PRISMA1_TEST_LONG is set. After a new start tables
// and rows are exactly as before or as after, whatever the history says, and
// the next deploy works.
func TestKillAtEachStatement(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("is gone with its process")
		}
		k := &killing{t: t, config: config}
		k.db, k.m = mustOpen(t, config)
		k.begin()
		if err := deployed(t.Context(), k.m, afterKill); err != nil {
			t.Fatal(err)
		}
		k.after = k.contents()
		k.begin()
		n, stride := 1, 1
		if os.Getenv("PRISMA1_TEST_LONG") == "" {
			stride = 9
			n += rand.IntN(stride)
		}
		for ; k.killAt(n, 0) && !t.Failed(); n += stride {
		}
		if stride > 1 {
			return
		}
		for m := n; m > 0 && !t.Failed(); m -= 2 {
			k.killAt(m, rand.N(3*time.Millisecond))
		}
	})
}

type killing struct {
	t             *testing.T
	config        connector.Config
	db            *connector.Connector
	m             *Management
	before, after map[string]string // what is stored
}

// begin makes the service anew, with its rows.
func (k *killing) begin() {
	k.t.Helper()
	_, _ = k.m.DeleteProject(k.t.Context(), shop)
	addShop(k.t, k.m)
	d := k.db.Database(shop)
	if tables, _ := d.Inspect(k.t.Context()); len(tables) > 0 { // a database for all projects
		k.m.Deploy(k.t.Context(), DeployInput{ID: shop, Types: afterKill, NoMigration: true})
		if err := deployed(k.t.Context(), k.m, "type Last { id: ID! @id }"); err != nil {
			k.t.Fatal(err)
		}
	}
	if err := deployed(k.t.Context(), k.m, beforeKill); err != nil {
		k.t.Fatal(err)
	}
	for _, row := range rowsBeforeKill {
		b := dialect.NewBuilder(k.db.Facts(), d.Schema()).SQL("INSERT INTO ").Table(row.table).SQL(" (").Names(row.columns...)
		if _, err := d.Raw(k.t.Context(), b.SQL(") VALUES "+row.values).Statement().SQL); err != nil {
			k.t.Fatal(err)
		}
	}
	k.before = k.contents()
}

// contents returns the columns and rows of all tables.
func (k *killing) contents() map[string]string {
	k.t.Helper()
	d := k.db.Database(shop)
	tables, err := d.Inspect(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	contents := map[string]string{}
	for _, table := range tables {
		shape := *table.Clone()
		shape.ForeignKeys = nil // MySQL names them anew
		rows, err := d.Raw(k.t.Context(), dialect.NewBuilder(k.db.Facts(), d.Schema()).SQL("SELECT * FROM ").Table(table.Name).SQL(" ORDER BY 1").Statement().SQL)
		if err != nil {
			k.t.Fatal(err)
		}
		contents[table.Name] = fmt.Sprintf("%+v %d keys\n%s", shape, len(table.ForeignKeys), rows)
	}
	return contents
}

// killAt kills a server at statement n of its deploy, starts another one and
// looks at what is left. It tells whether there was a statement n.
func (k *killing) killAt(n int, in time.Duration) bool {
	k.t.Helper()
	_, _, wait := child{Config: k.config, Types: []string{afterKill}, Deploys: 1, DieAt: n, DieIn: in}.start(k.t)
	killed := wait()
	_, m := mustRevive(k.t, k.config)
	state := k.contents()
	if types := k.types(m); types == beforeKill {
		if diff := cmp.Diff(k.before, state); diff != "" {
			k.t.Errorf("killed at statement %d, taken back (-want +got):\n%s", n, diff)
		}
		if err := deployed(k.t.Context(), m, afterKill); err != nil {
			k.t.Fatalf("killed at statement %d, next deploy: %v", n, err)
		}
	}
	if diff := cmp.Diff(k.after, k.contents()); diff != "" {
		k.t.Errorf("killed at statement %d, deployed (-want +got):\n%s", n, diff)
	}
	k.begin()
	return killed
}

// types returns the datamodel of the history.
func (k *killing) types(m *Management) string {
	p, err := m.stored(k.t.Context(), shop)
	if err != nil {
		k.t.Fatal(err)
	}
	return p.Datamodel
}
