package engine_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// read decodes the data of an answer without errors.
func read[T any](t testing.TB, s *engine.Service, query string) T {
	t.Helper()
	var answer struct {
		Data   T
		Errors []json.RawMessage
	}
	text := ask(t, s, query, "null")
	if err := json.Unmarshal(text, &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("%s\n%v %s", query, err, text)
	}
	return answer.Data
}

const diary = `
type Page {
  id: ID! @id
  title: String! @unique
  text: String
  tags: [String] @scalarList(strategy: RELATION)
  notes: [Note]
  made: DateTime! @createdAt
  changed: DateTime! @updatedAt
}

type Note {
  id: ID! @id
  text: String! @unique
  page: Page
  changed: DateTime! @updatedAt
}
`

// Timestamps are set together; changed moves when the node's own values do.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, diary, engine.Options{})
		type times struct {
			Made, Changed time.Time
			Notes         []struct{ Changed time.Time }
		}
		state := func() times {
			return read[struct{ Page times }](t, s, `{ page(where: { title: "a" }) { made changed notes { changed } } }`).Page
		}
		read[any](t, s, `mutation { createPage(data: { title: "a", notes: { create: { text: "n" } } }) { id } }`)
		first := state()
		if !first.Made.Equal(first.Changed) || !first.Made.Equal(first.Notes[0].Changed) {
			t.Errorf("created with different times: %v", first)
		}
		for _, test := range []struct {
			data       string
			page, note bool // which changed
		}{
			{`{}`, false, false},
			{`{ tags: {} }`, false, false},
			{`{ notes: { connect: { text: "n" } } }`, false, false},
			{`{ notes: { set: { text: "n" } } }`, false, false},
			{`{ text: null }`, true, false},
			{`{ tags: { set: [] } }`, true, false},
			{`{ notes: { update: { where: { text: "n" }, data: { text: "n" } } } }`, false, true},
			{`{ notes: { updateMany: { where: { text: "n" }, data: {} } } }`, false, false},
			{`{ notes: { updateMany: { where: { text: "n" }, data: { text: "n" } } } }`, false, true},
			{`{ notes: { upsert: { where: { text: "n" }, create: { text: "n" }, update: { text: "n" } } } }`, false, true},
		} {
			before := state()
			time.Sleep(2 * time.Millisecond) // times have milliseconds
			read[any](t, s, fmt.Sprintf(`mutation { updatePage(where: { title: "a" }, data: %s) { id } }`, test.data))
			after := state()
			page, note := after.Changed.After(before.Changed), after.Notes[0].Changed.After(before.Notes[0].Changed)
			if page != test.page || note != test.note || !after.Made.Equal(first.Made) {
				t.Errorf("%s: page changed %v, note changed %v, want %v, %v; made %v, then %v",
					test.data, page, note, test.page, test.note, first.Made, after.Made)
			}
		}
	})
}

// Many requests that write the same nodes at once wait for each other: none
// fails, nothing is there twice.
func TestConcurrentWrites(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, diary, engine.Options{})
		read[any](t, s, `mutation { createNote(data: { text: "n" }) { id } }`)
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				answer := ask(t, s, fmt.Sprintf(`mutation {
					upsertPage(where: { title: "same" }, create: { title: "same", text: "made" }, update: { text: "%d" }) { id }
					updatePage(where: { title: "same" }, data: { notes: { create: { text: "own %[1]d" }, connect: { text: "n" } } }) { id }
					updateNote(where: { text: "n" }, data: { page: { disconnect: true, create: { title: "%[1]d" } } }) { id }
				}`, i), "null")
				if strings.Contains(string(answer), `"errors"`) {
					t.Errorf("%s", answer)
				}
			})
		}
		group.Wait()
		counts := read[struct{ Pages, Notes []struct{ ID string } }](t, s, `{ pages(where: { title: "same" }) { id } notes(where: { text_starts_with: "own" }) { id } }`)
		if len(counts.Pages) != 1 || len(counts.Notes) != 50 {
			t.Errorf("%d pages called same, %d notes; want 1 and 50", len(counts.Pages), len(counts.Notes))
		}
	})
}

const library = `
type Shelf { id: ID! @id name: String! @unique books: [Book] @relation(name: "Books", onDelete: CASCADE) }
type Book { id: ID! @id name: String! @unique tags: [String] @scalarList(strategy: RELATION) shelf: Shelf @relation(name: "Books") readers: [Reader] }
type Reader { id: ID! @id name: String! @unique books: [Book] }`

// What a mutation runs does not depend on how many nodes are nested in it.
// SQLite alone: what is counted is the same code for every connector.
func TestStatementsPerNestedWrite(t *testing.T) {
	t.Parallel()
	var log record
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := connector.Open(t.Context(), connector.Config{Connector: "sqlite", Memory: true}, logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := deploy(t, c, library, engine.Options{})
	// members lists n inputs, each made of format and its number.
	members := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, n := range []int{3, 600} {
		for _, test := range []struct{ mutation, want string }{
			{`createShelf(data: { name: "a", books: { create: [` + members(n, `{ name: "%d" }`) + `] } })`,
				"INSERT INSERT SELECT"},
			{`createReader(data: { name: "r", books: { connect: [` + members(n, `{ name: "%d" }`) + `] } })`,
				"INSERT SELECT INSERT SELECT"},
			{`createShelf(data: { name: "b", books: { connect: [` + members(n, `{ name: "%d" }`) + `] } })`,
				"INSERT SELECT UPDATE SELECT"},
			{`updateShelf(where: { name: "a" }, data: { books: { set: [` + members(n, `{ name: "%d" }`) + `] } })`,
				"SELECT SELECT UPDATE UPDATE SELECT"},
			{`updateShelf(where: { name: "a" }, data: { books: { updateMany: { where: {}, data: { tags: { set: ["x"] } } } } })`,
				"SELECT SELECT DELETE INSERT SELECT"},
			{`deleteShelf(where: { name: "a" })`,
				"SELECT SELECT SELECT DELETE DELETE DELETE"},
		} {
			log.verbs(t)
			read[any](t, s, `mutation { `+test.mutation+` { id } }`)
			want := test.want
			if n > 512 { // rows that one statement inserts
				want = strings.ReplaceAll(strings.ReplaceAll(want, "INSERT INSERT", "INSERT INSERT INSERT"), "SELECT INSERT", "SELECT INSERT INSERT")
				want = strings.ReplaceAll(want, "DELETE INSERT", "DELETE INSERT INSERT")
			}
			if got := log.verbs(t); got != want {
				t.Errorf("%d nodes, %.60s …: statements %s, want %s", n, test.mutation, got, want)
			}
		}
		read[any](t, s, `mutation { deleteManyBooks { count } deleteManyReaders { count } deleteManyShelves { count } }`)
	}
}

// verbs returns the first word of each statement logged since the last call.
func (r *record) verbs(t *testing.T) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var verbs []string
	for line := range strings.Lines(r.text.String()) {
		var entry struct{ SQL string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		verb, _, _ := strings.Cut(entry.SQL, " ")
		if verb == "SELECT" || verb == "INSERT" || verb == "UPDATE" || verb == "DELETE" {
			verbs = append(verbs, verb)
		}
	}
	r.text.Reset()
	return strings.Join(verbs, " ")
}

func BenchmarkCreate(b *testing.B) {
	s := deploy(b, onDisk(b), diary, engine.Options{})
	n := 0
	for b.Loop() {
		n++
		ask(b, s, fmt.Sprintf(`mutation { createPage(data: { title: "%d" }) { id } }`, n), "null")
	}
}

// A page with ten notes.
func BenchmarkNestedCreate(b *testing.B) {
	s := deploy(b, onDisk(b), diary, engine.Options{})
	n := 0
	for b.Loop() {
		n++
		var notes strings.Builder
		for i := range 10 {
			fmt.Fprintf(&notes, `{ text: "%d-%d" } `, n, i)
		}
		ask(b, s, fmt.Sprintf(`mutation { createPage(data: { title: "%d", notes: { create: [%s] } }) { id } }`, n, notes.String()), "null")
	}
}

// onDisk returns a connector on an empty folder: writes wait for the disk.
func onDisk(b *testing.B) *connector.Connector {
	b.Helper()
	c, err := connector.Open(b.Context(), connector.Config{Connector: "sqlite", Directory: b.TempDir()}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}
