package connectortest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var shop = project.ID{Name: "shop", Stage: "dev"}

// everything has a column of each type, each kind of relation and a list.
const everything = `
type Customer {
  id: ID! @id
  email: String! @unique
  name: String
  age: Int
  weight: Float
  vip: Boolean
  born: DateTime
  extra: Json
  mood: Mood
  nicknames: [String] @scalarList(strategy: RELATION)
  orders: [Order]
  friends: [Customer] @relation(name: "Friends")
}
type Order {
  id: Int! @id
  customer: Customer
  tags: [Tag]
}
type Tag { id: ID! @id label: String! @unique orders: [Order] }
enum Mood { GOOD BAD }`

// schemaOf returns the meaning of a datamodel.
func schemaOf(t testing.TB, text string) *schema.Schema {
	t.Helper()
	document, wrong := datamodel.Parse(text)
	if wrong != nil {
		t.Fatal(wrong.Message)
	}
	s, err := datamodel.Infer(document, &schema.Schema{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// steps makes a step of changes.
func steps(changes ...relational.Change) []migration.StepChanges {
	return []migration.StepChanges{{Step: migration.CreateModel{Model: "Any"}, Changes: changes}}
}

// created makes a database with the tables of a datamodel.
func created(t testing.TB, c *connector.Connector, text string) (*connector.Database, *schema.Schema) {
	t.Helper()
	d, s := c.Database(shop), schemaOf(t, text)
	if err := d.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	var changes []relational.Change
	for _, table := range relational.Tables(s, d.Naming()) {
		changes = append(changes, relational.CreateTable{Table: table})
	}
	record(t, c, shop, 1)
	migrate(t, d, 1, changes...)
	return d, s
}

// record makes the records of a project whose next migration is revision, if
// there are none. Some connectors keep the revision there.
func record(t testing.TB, c *connector.Connector, id project.ID, revision int) {
	t.Helper()
	p, err := c.Management().Project(t.Context(), id)
	if err == nil && p == nil {
		first := &project.Project{ID: id, Revision: revision - 1, Schema: &schema.Schema{}}
		err = errors.Join(c.Management().CreateProject(t.Context(), first),
			c.Management().CreateMigration(t.Context(), &migration.Migration{Project: id, Status: migration.InProgress, Schema: first.Schema}))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func migrate(t testing.TB, d *connector.Database, revision int, changes ...relational.Change) {
	t.Helper()
	if err := d.Migrate(t.Context(), connector.Run{Revision: revision, Steps: steps(changes...)}); err != nil {
		t.Fatal(err)
	}
}

// tableName is a name in a test's SQL that begins like a model's.
var tableName = regexp.MustCompile(`"([A-Z]\w*)"`)

// sqlOf writes SQL with the names of SQLite as the database takes it.
func sqlOf(d *connector.Database, sql string) string {
	if schema := d.Schema(); schema != "" {
		sql = tableName.ReplaceAllString(sql, `"`+strings.ReplaceAll(schema, "$", "$$")+`"."$1"`)
	}
	if d.Naming().Short { // MySQL
		sql = strings.ReplaceAll(sql, `"`, "`")
	}
	return sql
}

// raw runs SQL and returns its JSON.
func raw(t testing.TB, d *connector.Database, sql string) string {
	t.Helper()
	json, err := d.Raw(t.Context(), sqlOf(d, sql))
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return string(json)
}

func inspected(t testing.TB, d *connector.Database) []*relational.Table {
	t.Helper()
	tables, err := d.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func table(t testing.TB, d *connector.Database, name string) *relational.Table {
	t.Helper()
	for _, table := range inspected(t, d) {
		if table.Name == name {
			return table
		}
	}
	t.Fatalf("there is no table %q", name)
	return nil
}

// asFound compares tables as far as a database can tell: not their order, nor
// that of indexes and keys, nor where counting began.
var asFound = cmp.Options{
	cmpopts.IgnoreFields(relational.Column{}, "Native", "Sequence"),
	cmpopts.IgnoreFields(relational.ForeignKey{}, "Name"),
	cmpopts.SortSlices(func(a, b *relational.Table) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b relational.Index) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b relational.ForeignKey) bool { return a.Column < b.Column }),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b scalar.Type) bool { return stored(a) == stored(b) }),
}

// stored returns the type as which some databases store a type.
func stored(t scalar.Type) scalar.Type {
	if t == scalar.Enum || t == scalar.Json {
		return scalar.String
	}
	return t
}

func TestCreatedTablesAreInspected(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, s := created(t, c, everything+"\ntype Note @fullText(fields: [title, body]) { id: ID! @id title: String body: String }")
		want := relational.Tables(s, d.Naming())
		if diff := cmp.Diff(want, inspected(t, d), asFound); diff != "" {
			t.Errorf("inspected tables (-made +found):\n%s", diff)
		}
		if revision, err := d.Revision(t.Context()); revision != 1 || err != nil {
			t.Errorf("Revision() = %d, %v, want 1", revision, err)
		}
	})
}

func TestDatabaseComesAndGoes(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d := c.Database(shop)
		if d.Naming().Short {
			t.Skip("on MySQL all projects of a test share a database, which stays")
		}
		there := func(want bool) {
			t.Helper()
			if got, err := d.Exists(t.Context()); got != want || err != nil {
				t.Errorf("Exists() = %t, %v, want %t", got, err, want)
			}
		}
		there(false)
		if _, err := d.Inspect(t.Context()); err == nil {
			t.Error("Inspect() of no database: no error")
		}
		if err := d.Drop(t.Context()); err != nil {
			t.Errorf("Drop() of no database: %v", err)
		}
		created(t, c, everything)
		there(true)
		if err := d.Create(t.Context()); err != nil {
			t.Errorf("Create() of a database that is there: %v", err)
		}
		if n := len(inspected(t, d)); n == 0 {
			t.Error("Create() emptied a database that is there")
		}
		if err := d.Drop(t.Context()); err != nil {
			t.Fatal(err)
		}
		there(false)
		created(t, c, "type A { id: ID! @id }")
		if n := len(inspected(t, d)); n != 1 {
			t.Errorf("%d tables after Drop and Create, want 1", n)
		}
	})
}

// TestDropLeavesOthers: a server whose configuration names the place of all tables
// deletes nothing that has the name which the project would have without it.
func TestDropLeavesOthers(t *testing.T) {
	t.Parallel()
	EachConfig(t, func(t *testing.T, config connector.Config) {
		own, shared := config, config
		switch config.Connector {
		case "postgres":
			shared.Schema = "all"
		case "mysql":
			own.Database = ""
		default:
			t.Skip("SQLite has no place for the tables of all projects")
		}
		id := project.ID{Name: "s" + cuid.New(), Stage: "dev"}
		d := Open(t, own).Database(id)
		if err := d.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := Open(t, shared).Database(id)
		if err := errors.Join(other.Create(t.Context()), other.Drop(t.Context())); err != nil {
			t.Fatal(err)
		}
		for _, database := range []*connector.Database{d, other} {
			if there, err := database.Exists(t.Context()); !there || err != nil {
				t.Errorf("Exists() = %t, %v after Drop by the other server", there, err)
			}
		}
		if err := d.Drop(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestProjectsStayApart uses names that a file system might mix up.
func TestProjectsStayApart(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		ids := []project.ID{
			{Name: "shop", Stage: "dev"}, {Name: "Shop", Stage: "dev"}, {Name: "SHOP", Stage: "dev"},
			{Name: "shop", Stage: "Dev"}, {Name: "a~shop", Stage: "dev"}, {Name: "con", Stage: "dev"},
		}
		for i, id := range ids {
			d := c.Database(id)
			shared := i > 0 && d.Naming().Short // the tests of MySQL have one database
			if there, err := d.Exists(t.Context()); there != shared || err != nil {
				t.Errorf("%v: Exists() = %t, %v before Create", id, there, err)
			}
			if err := d.Create(t.Context()); err != nil {
				t.Fatal(err)
			}
			record(t, c, id, i+1)
			migrate(t, d, i+1)
		}
		for i, id := range ids {
			if got, err := c.Database(id).Revision(t.Context()); got != i+1 || err != nil {
				t.Errorf("%v: Revision() = %d, %v, want %d", id, got, err, i+1)
			}
		}
	})
}

// TestRebuildKeepsRowsAndReferences makes a column required, which SQLite can
// do only with a new table, while other rows refer to the rows of the old one.
func TestRebuildKeepsRowsAndReferences(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, _ := created(t, c, everything)
		raw(t, d, `INSERT INTO "Customer" (id, email, name) VALUES ('c1', 'a@b', 'Ann'), ('c2', 'c@d', NULL)`)
		raw(t, d, `INSERT INTO "Order" (customer) VALUES ('c1'), ('c2')`)
		raw(t, d, `DELETE FROM "Order" WHERE id = 2`)

		before := table(t, d, "Customer")
		after := before.Clone()
		was := *before.Column("name")
		is := was
		is.Nullable, is.Name = false, "fullName"
		*after.Column("name") = is
		migrate(t, d, 2, relational.AlterTable{Before: before, After: after, Edits: []relational.Edit{
			relational.AlterColumn{Before: was, After: is, Fill: scalar.OfString("nobody")},
		}})
		if diff := cmp.Diff(after, table(t, d, "Customer"), asFound); diff != "" {
			t.Errorf("table after the rebuild (-asked +found):\n%s", diff)
		}
		got := raw(t, d, `SELECT c.id, c."fullName", o.id AS o FROM "Customer" AS c LEFT JOIN "Order" AS o ON o.customer = c.id ORDER BY c.id`)
		if want := `[{"id":"c1","fullName":"Ann","o":1},{"id":"c2","fullName":"nobody","o":null}]`; got != want {
			t.Errorf("rows are %s, want %s", got, want)
		}

		// The key of a referenced table gets another name, and ids are not given twice.
		before = table(t, d, "Order")
		after = before.Clone()
		was = *before.Column("id")
		is = was
		is.Name = "number"
		*after.Column("id") = is
		after.PrimaryKey = []string{"number"}
		total := relational.Column{Name: "total", Type: scalar.Float}
		after.Columns = append(after.Columns, total)
		migrate(t, d, 3, relational.AlterTable{Before: before, After: after, Edits: []relational.Edit{
			relational.AlterColumn{Before: was, After: is},
			relational.AddColumn{Column: total, Fill: scalar.OfFloat(0.5)},
		}})
		for _, key := range table(t, d, "_OrderToTag").ForeignKeys {
			if key.Table == "Order" && key.Reference != "number" {
				t.Errorf("the link table refers to %s.%s, want number", key.Table, key.Reference)
			}
		}
		raw(t, d, `INSERT INTO "Order" (customer, total) VALUES ('c2', 1)`)
		if got, want := raw(t, d, `SELECT number, total FROM "Order" ORDER BY number`), `[{"number":1,"total":0.5},{"number":3,"total":1}]`; got != want {
			t.Errorf("orders are %s, want %s", got, want)
		}
	})
}

func TestFailedMigrationLeavesAllAsItWas(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, s := created(t, c, everything)
		raw(t, d, `INSERT INTO "Customer" (id, email) VALUES ('c1', 'x'), ('c2', 'y')`)
		raw(t, d, `INSERT INTO "Order" (id, customer) VALUES (1, 'c1')`)
		want := inspected(t, d)
		customer := table(t, d, "Customer")
		unique := customer.Clone()
		index := relational.Index{Name: "Customer.age._UNIQUE", Columns: []string{"age"}, Unique: true}
		unique.Indexes = append(unique.Indexes, index)
		raw(t, d, `UPDATE "Customer" SET age = 3`)

		fresh := relational.CreateTable{Table: &relational.Table{Name: "Fresh", Columns: []relational.Column{{Name: "id", Type: scalar.ID}}}}
		failing := map[string]relational.Change{
			"a unique index on equal values":              relational.AlterTable{Before: customer, After: unique, Edits: []relational.Edit{relational.AddIndex{Index: index}}},
			"a table with rows that others refer to goes": relational.DropTable{Table: customer},
			"a table that is there":                       relational.CreateTable{Table: table(t, d, "Tag")},
		}
		for name, change := range failing {
			if err := d.Migrate(t.Context(), connector.Run{Revision: 9, Steps: steps(fresh, change)}); err == nil {
				t.Errorf("%s: no error", name)
			}
			if diff := cmp.Diff(want, inspected(t, d), asFound); diff != "" {
				t.Errorf("%s: tables changed:\n%s", name, diff)
			}
		}
		if revision, err := d.Revision(t.Context()); revision != 1 || err != nil {
			t.Errorf("Revision() = %d, %v, want 1", revision, err)
		}
		if err := d.Reset(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if got := raw(t, d, `SELECT COUNT(*) AS n FROM "Customer"`); got != `[{"n":0}]` {
			t.Errorf("customers after Reset: %s", got)
		}
		// References are checked again after a migration, failed or not.
		if _, err := d.Raw(t.Context(), sqlOf(d, `INSERT INTO "Order" (id, customer) VALUES (2, 'nobody')`)); err == nil {
			t.Error("a reference to nobody was accepted")
		}
	})
}

func TestRenamedTableKeepsItsReferences(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, _ := created(t, c, everything)
		for _, name := range []string{"Client", "client"} {
			before := "Customer"
			if name == "client" {
				before = "Client"
			}
			migrate(t, d, 2, relational.RenameTable{Before: table(t, d, before), Name: name})
			if keys := table(t, d, "Order").ForeignKeys; len(keys) != 1 || keys[0].Table != name {
				t.Errorf("renamed to %s: references are %+v", name, keys)
			}
		}
	})
}

func TestMigrationStopsWithItsContext(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, _ := created(t, c, everything)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Migrate(ctx, connector.Run{Revision: 2}); !errors.Is(err, context.Canceled) {
			t.Errorf("Migrate() = %v, want %v", err, context.Canceled)
		}
		migrate(t, d, 3)
	})
}

// TestReadersAndWritersTogether reads while others write. Nobody may be turned
// away, and no reader sees half of a write.
func TestReadersAndWritersTogether(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, c *connector.Connector) {
		d, _ := created(t, c, everything)
		model := schemaOf(t, everything).Model("Tag")
		var all sync.WaitGroup
		for w := range 4 {
			all.Go(func() {
				for i := range 25 {
					text := fmt.Sprintf(`INSERT INTO "Tag" (id, label) VALUES ('%d-%d', 'a%d-%d'), ('%d+%d', 'b%d-%d')`, w, i, w, i, w, i, w, i)
					if _, err := d.Raw(t.Context(), sqlOf(d, text)); err != nil {
						t.Errorf("write: %v", err)
					}
				}
			})
			all.Go(func() {
				for range 50 {
					if _, err := d.HasRows(t.Context(), model); err != nil {
						t.Errorf("read: %v", err)
					}
					if got := raw(t, d, `SELECT COUNT(*) % 2 AS odd FROM "Tag"`); got != `[{"odd":0}]` {
						t.Errorf("a reader saw half of a write: %s", got)
					}
				}
			})
		}
		all.Wait()
		if got := raw(t, d, `SELECT COUNT(*) AS n FROM "Tag"`); got != `[{"n":200}]` {
			t.Errorf("tags: %s, want 200", got)
		}
	})
}
