package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// wholeMusic asks for lists inside lists, pages, one node, scalar lists and a count.
const wholeMusic = `{
  artists(orderBy: name_ASC) { name albums(orderBy: title_DESC) { title tracks(first: 2, orderBy: seconds_DESC) { name tags } } }
  albumsConnection(first: 3, orderBy: title_ASC) { aggregate { count } edges { node { title artist { name albums(first: 1) { title } } } } pageInfo { hasNextPage } }
}`

// Statements that are prepared may not fit their tables any more. On PostgreSQL
// those that go together are asked again; ids may have a type that pads them.
// (The others look at a table with each statement.)
func TestTablesThatChangeUnderPreparedStatements(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector != "postgres" {
			t.Skip("changes columns in the words of PostgreSQL")
		}
		config.ConnectionLimit = 2
		s := deploy(t, connectortest.Open(t, config), music, engine.Options{RawAccess: true})
		fill(t, s, 3, 2, 3)
		want := ask(t, s, wholeMusic, "null")
		if bytes.Contains(want, []byte(`"errors"`)) || !bytes.Contains(want, []byte(`"count":3`)) {
			t.Fatalf("got %s", want)
		}
		for _, changes := range [][]string{
			{`ALTER TABLE "test$dev"."Track" ALTER COLUMN "name" TYPE varchar(200)`},
			{`ALTER TABLE "test$dev"."Album" ALTER COLUMN "id" TYPE char(30)`, `ALTER TABLE "test$dev"."Track" ALTER COLUMN "album" TYPE char(30)`},
		} {
			for _, change := range changes {
				ask(t, s, rawText(t, change), "null")
			}
			for range 3 { // on one connection or another
				if got := ask(t, s, wholeMusic, "null"); !bytes.Equal(got, want) {
					t.Errorf("after %s\ngot  %s\nwant %s", changes, got, want)
				}
			}
		}
	})
}

// What a mutation answers is read with its end, also from a table that has
// changed meanwhile, and it is stored once.
func TestMutationsOfTablesThatChange(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector != "postgres" {
			t.Skip("changes columns in the words of PostgreSQL")
		}
		config.ConnectionLimit = 2
		s := deploy(t, connectortest.Open(t, config), music, engine.Options{RawAccess: true})
		mutations := []string{
			`mutation { createArtist(data: { name: "one" }) { name } }`,
			`mutation { createArtist(data: { name: "two", albums: { create: [{ title: "a", tracks: { create: [{ name: "t", tags: { set: ["x"] } }] } }] } }) { name albums { title tracks { name tags } } } }`,
		}
		var made int
		for _, change := range []string{`SELECT 1`, `ALTER TABLE "test$dev"."Artist" ALTER COLUMN "name" TYPE varchar(200)`, `ALTER TABLE "test$dev"."Track" ALTER COLUMN "name" TYPE varchar(200)`} {
			ask(t, s, rawText(t, change), "null")
			for range 3 {
				for _, mutation := range mutations {
					made++
					if answer := ask(t, s, mutation, "null"); bytes.Contains(answer, []byte(`"errors"`)) || !bytes.Contains(answer, []byte(`{"name":"`)) {
						t.Errorf("after %s: %s", change, answer)
					}
				}
			}
		}
		if answer := ask(t, s, `{ artistsConnection { aggregate { count } } }`, "null"); !bytes.Contains(answer, fmt.Appendf(nil, `"count":%d}`, made)) {
			t.Errorf("got %s, want %d", answer, made)
		}
	})
}

// The log tells the plan of a slow statement that went together with others.
func TestSlowLevelIsLogged(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		var log record
		config.SlowStatement = 1
		c, err := connector.Open(t.Context(), config, slog.New(slog.NewJSONHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		s := deploy(t, c, music, engine.Options{})
		ask(t, s, `{ artists(first: 5) { albums { title } } }`, "null")
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(bytes.TrimSpace(log.text.Bytes()), []byte("\n"))
		var line struct{ SQL, Plan string }
		if err := json.Unmarshal(lines[len(lines)-1], &line); err != nil {
			t.Fatalf("%v in %s", err, log.text.Bytes())
		}
		if !strings.Contains(line.SQL, "Artist") || line.Plan == "" {
			t.Errorf("got %+v", line)
		}
	})
}
