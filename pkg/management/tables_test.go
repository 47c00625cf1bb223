package management

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// rawly runs SQL by hand; {T} is the table T.
func rawly(t *testing.T, db *connector.Connector, text string) {
	t.Helper()
	d := db.Database(shop)
	for before, rest, found := strings.Cut(text, "{"); found; before, rest, found = strings.Cut(text, "{") {
		name, after, _ := strings.Cut(rest, "}")
		text = before + dialect.NewBuilder(db.Facts(), d.Schema()).Table(name).Statement().SQL + after
	}
	if _, err := d.Raw(t.Context(), text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// What somebody changed by hand is said before anything is changed, and is no
// obstacle to who insists.
func TestDrift(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id name: String age: Int }\ntype Cat { id: ID! @id }"); err != nil {
			t.Fatal(err)
		}
		rawly(t, db, "ALTER TABLE {Dog} DROP COLUMN age")
		rawly(t, db, "DROP TABLE {Cat}")
		const next = "type Dog { id: ID! @id name: String age: Int size: Int }\ntype Cat { id: ID! @id }"
		got, err := m.Deploy(t.Context(), DeployInput{ID: shop, Types: next})
		if err != nil {
			t.Fatal(err)
		}
		want := "Dog.age: The database was changed since the last deploy: it has no column `age` in the table `Dog`. Put it back as it was, or deploy with `--force` to go on from the tables as they are.\n" +
			"Cat.: The database was changed since the last deploy: it has no table `Cat`. Put it back as it was, or deploy with `--force` to go on from the tables as they are.\n"
		var said strings.Builder
		for _, w := range got.Warnings {
			fmt.Fprintf(&said, "%s.%s: %s\n", w.Type, w.Field, w.Description)
		}
		if said.String() != want || got.Migration != nil {
			t.Errorf("the deploy says\n%swant\n%s", said.String(), want)
		}
		if got, err := m.Deploy(t.Context(), DeployInput{ID: shop, Types: "type Dog { id: ID! @id name: String age: Int }\ntype Cat { id: ID! @id }"}); err != nil || len(got.Warnings) > 0 {
			t.Errorf("a deploy that changes nothing says %+v, %v", got, err)
		}
		if err := deployed(t.Context(), m, next); err != nil {
			t.Error(err)
		}
	})
}

// An index of words that somebody dropped is missed: searches would fail.
func TestDriftOfFullText(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		input := DeployInput{ID: shop, Features: []string{"fullText"}, Types: "type Dog @fullText(fields: [name]) { id: ID! @id name: String }"}
		deploy := func() string {
			got, err := m.Deploy(t.Context(), input)
			if err != nil || len(got.Errors) > 0 {
				t.Fatal(got, err)
			}
			var said strings.Builder
			for _, w := range got.Warnings {
				said.WriteString(w.Type + ": " + w.Description)
			}
			return said.String()
		}
		if said := deploy(); said != "" {
			t.Fatal(said)
		}
		switch db.Facts().Name {
		case "mysql":
			rawly(t, db, "ALTER TABLE {Dog} DROP INDEX `Dog._FULLTEXT`")
		case "postgres":
			rawly(t, db, "DROP INDEX {Dog._FULLTEXT}")
		default:
			for _, event := range []string{"insert", "update", "delete"} {
				rawly(t, db, `DROP TRIGGER "Dog._FULLTEXT_`+event+`"`)
			}
			rawly(t, db, "DROP TABLE {Dog._FULLTEXT}")
		}
		input.Types = "type Dog @fullText(fields: [name]) { id: ID! @id name: String age: Int }"
		const want = "Dog: The database was changed since the last deploy: it has no full-text index on the columns `name` of the table `Dog`. Put it back as it was, or deploy with `--force` to go on from the tables as they are."
		if said := deploy(); said != want {
			t.Errorf("the deploy says\n%s\nwant\n%s", said, want)
		}
		input.Force = true
		deploy()
		if tables, err := db.Database(shop).Inspect(t.Context()); err != nil || tableOf(tables, "Dog").FullTextIndex([]string{"name"}) == nil {
			t.Errorf("afterwards there is no index (%v)", err)
		}
	})
}

// Tables of Prisma 1 have no index on the column of a relation; the next deploy
// makes it, even if nothing else is to do. MySQL always has one.
func TestLinkIndexes(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		if db.Facts().Name == "mysql" {
			t.Skip("foreign keys have an index")
		}
		m := added(t, db)
		const types = "type Dog { id: ID! @id owner: Person @relation(link: INLINE) }\ntype Person { id: ID! @id dogs: [Dog] }"
		if err := deployed(t.Context(), m, types); err != nil {
			t.Fatal(err)
		}
		index := func() *relational.Index {
			tables, err := db.Database(shop).Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if indexes := tableOf(tables, "Dog").Indexes; len(indexes) > 0 {
				return &indexes[0]
			}
			return nil
		}
		was := index()
		rawly(t, db, "DROP INDEX {"+was.Name+"}")
		if db.Facts().Name == "postgres" { // a try that was broken off leaves one that is not used
			rawly(t, db, "CREATE INDEX \""+was.Name+"\" ON {Dog} (owner)")
			rawly(t, db, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{"+was.Name+"}'::regclass")
		}
		if now := index(); now != nil {
			t.Fatalf("there is %+v", now)
		}
		if err := deployed(t.Context(), m, types); err != nil {
			t.Fatal(err)
		}
		if now := index(); now == nil || now.Name != was.Name {
			t.Errorf("after a deploy there is %+v, want %+v", now, was)
		}
	})
}

// While a migration runs migrationStatus tells how far it is, on every server.
func TestProgress(t *testing.T) {
	pair(t, func(t *testing.T, config connector.Config, a, b *Management) {
		gate := &gate{reached: make(chan struct{}), open: make(chan struct{})}
		db, m, err := open(t.Context(), config, gate.logger())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		gate.at = "Last"
		result := make(chan error)
		go func() {
			var types strings.Builder
			for i := range 70 {
				fmt.Fprintf(&types, "type M%d { id: ID! @id }\n", i)
			}
			result <- deployed(t.Context(), m, types.String()+"type Last { id: ID! @id }")
		}()
		<-gate.reached
		one, _, err := b.MigrationStatus(t.Context(), shop)
		for deadline := time.Now().Add(time.Minute); err == nil && one.Applied == 0 && time.Now().Before(deadline); {
			one, _, err = b.MigrationStatus(t.Context(), shop)
		}
		if err != nil || !one.Status.IsOpen() || one.Applied == 0 || one.Applied >= len(one.Steps) {
			t.Errorf("in the midst of a migration its status is %+v, %v", one, err)
		}
		close(gate.open)
		if err := <-result; err != nil {
			t.Error(err)
		}
		if one, _, err = b.MigrationStatus(t.Context(), shop); err != nil || one.Applied != len(one.Steps) || one.Status.IsOpen() {
			t.Errorf("afterwards it is %+v, %v", one, err)
		}
	})
}

// Who waits in vain for a table is told who has it, and nothing is changed.
// SQLite locks whole files, see sqlite.Explain.
func TestLockedTable(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		sleep := map[string]string{"postgres": "SELECT pg_sleep(600) FROM {Dog}", "mysql": "SELECT sleep(600) FROM {Dog}"}[config.Connector]
		if sleep == "" {
			t.Skip("has no locks of tables")
		}
		config.LockTime = time.Second
		db, m := mustOpen(t, config)
		addShop(t, m)
		if err := deployed(t.Context(), m, "type Dog { id: ID! @id }"); err != nil {
			t.Fatal(err)
		}
		rawly(t, db, "INSERT INTO {Dog} VALUES ('1')")
		ctx, stop := context.WithCancel(t.Context())
		var reads sync.WaitGroup
		reads.Go(func() {
			before, after, _ := strings.Cut(sleep, "{Dog}")
			table := dialect.NewBuilder(db.Facts(), db.Database(shop).Schema()).Table("Dog").Statement().SQL
			_, _ = db.Database(shop).Raw(ctx, before+table+after)
		})
		defer reads.Wait()
		defer stop()
		const next = "type Cat { id: ID! @id }\ntype Dog { id: ID! @id age: Int! }"
		err := deployed(t.Context(), m, next)
		for deadline := time.Now().Add(time.Minute); err == nil && time.Now().Before(deadline); { // the read had not begun
			if err = deployed(t.Context(), m, "type Dog { id: ID! @id }"); err == nil {
				err = deployed(t.Context(), m, next)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "somebody else locks the table: try again when they are done: open transactions: ") ||
			!strings.Contains(err.Error(), "of user \"prisma\"") || !strings.Contains(err.Error(), "was taken back") {
			t.Errorf("a deploy that waits says %v", err)
		}
		stop()
		reads.Wait()
		checkState(t, db, m)
		if err := deployed(t.Context(), m, next); err != nil {
			t.Errorf("when the table is free: %v", err)
		}
	})
}
