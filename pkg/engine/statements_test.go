package engine_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

const music = `
type Artist { id: ID! @id name: String! albums: [Album] }
type Album { id: ID! @id title: String! artist: Artist! tracks: [Track] }
type Track { id: ID! @id name: String! seconds: Int album: Album! tags: [String] @scalarList(strategy: RELATION) }`

// fill makes artists, each with albums, each with tracks.
func fill(t testing.TB, s *engine.Service, artists, albums, tracks int) {
	t.Helper()
	for i := range artists {
		var b strings.Builder
		fmt.Fprintf(&b, `mutation { createArtist(data: { name: "Artist %d", albums: { create: [`, i)
		for j := range albums {
			fmt.Fprintf(&b, `{ title: "Album %d", tracks: { create: [`, j)
			for k := range tracks {
				fmt.Fprintf(&b, `{ name: "Track %d", seconds: %d }`, k, k*7%100)
			}
			b.WriteString(`] } }`)
		}
		b.WriteString(`] } }) { id } }`)
		if answer := ask(t, s, b.String(), "null"); bytes.Contains(answer, []byte(`"errors"`)) {
			t.Fatalf("%s", answer)
		}
	}
}

// A record keeps what is logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

// take returns the SELECT statements logged since the last call.
func (r *record) take(t *testing.T) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	lines := bufio.NewScanner(&r.text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct{ SQL string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line.SQL, "SELECT") {
			found = append(found, line.SQL)
		}
	}
	r.text.Reset()
	return found
}

// openLogged opens a connector whose statements are recorded.
func openLogged(t *testing.T) (*connector.Connector, *record) {
	t.Helper()
	log := &record{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := connector.Open(t.Context(), connector.Config{Connector: "sqlite", Directory: t.TempDir()}, logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, log
}

// One statement per relation level, whatever the number of nodes. SQLite
// alone: what is counted is the same code for every connector.
func TestStatementsPerLevel(t *testing.T) {
	t.Parallel()
	c, log := openLogged(t)
	s := deploy(t, c, music, engine.Options{})
	fill(t, s, 30, 3, 4)
	tests := []struct {
		query string
		want  int
	}{
		{`{ artists { name } }`, 1},
		{`{ artists { albums { tracks { name } } } }`, 3},
		{`{ artists(first: 1) { albums { tracks { name } } } }`, 3},
		{`{ artists { albums(first: 2) { tracks(last: 1, orderBy: seconds_ASC) { name } } } }`, 3},
		{`{ tracks { album { artist { name } } } }`, 3},
		{`{ tracks { album { id } } }`, 1}, // the row itself has the id
		{`{ tracks { tags } }`, 2},
		{`{ artists { a: albums { id } b: albums(first: 1) { id } } }`, 3},
		{`{ artists(where: { name: "nobody" }) { albums { tracks { name } } } }`, 1},
		{`{ artistsConnection { aggregate { count } } }`, 1},
		{`{ artistsConnection(first: 3) { edges { node { albums { title } } } aggregate { count } } }`, 2},
	}
	for _, test := range tests {
		log.take(t)
		answer := ask(t, s, test.query, "null")
		if bytes.Contains(answer, []byte(`"errors"`)) {
			t.Errorf("%s: %s", test.query, answer)
		}
		if got := log.take(t); len(got) != test.want {
			t.Errorf("%s: want %d statements, got %d:\n%s", test.query, test.want, len(got), strings.Join(got, "\n\n"))
		}
	}
}

// Below the root no statement walks through a whole table. SQLite alone: its
// plans are what is looked at.
func TestNoScansBelowRoot(t *testing.T) {
	t.Parallel()
	c, log := openLogged(t)
	s := deploy(t, c, `
		type Person { id: ID! @id name: String! friends: [Person] @relation(name: "Friends") pets: [Pet] house: House @relation(link: INLINE) }
		type Pet { id: ID! @id name: String tags: [String] @scalarList(strategy: RELATION) owner: Person }
		type House { id: ID! @id street: String owner: Person }`, engine.Options{RawAccess: true})
	for i := range 3 {
		ask(t, s, fmt.Sprintf(`mutation { createPerson(data: { id: "p%d", name: "x", house: { create: { street: "y" } },
			friends: { create: { name: "z" } }, pets: { create: [{ name: "a" }, { name: "b" }] } }) { id } }`, i), "null")
	}
	for _, query := range []string{
		`{ persons { friends { name } pets { name tags owner { name } } house { street owner { name } } } }`,
		`{ persons { friends(first: 1) { name } pets(last: 1, orderBy: name_ASC, after: "x") { name } } }`,
		`{ persons { pets(where: { owner: { house: { street: "y" } } }) { name } } }`,
	} {
		log.take(t)
		ask(t, s, query, "null")
		for _, statement := range log.take(t)[1:] {
			explain, err := json.Marshal("EXPLAIN QUERY PLAN " + strings.ReplaceAll(statement, "?", "'0'"))
			if err != nil {
				t.Fatal(err)
			}
			plan := string(ask(t, s, fmt.Sprintf(`mutation { executeRaw(query: %s) }`, explain), "null"))
			if !strings.Contains(plan, "SEARCH") || scan.MatchString(plan) {
				t.Errorf("%s\nis run as %s", statement, plan)
			}
		}
	}
}

// scan is a walk through a table of ours; lists of ids and sub-selects may be walked through.
var scan = regexp.MustCompile(`SCAN (t|l|k)[a-z]*\b`)

func BenchmarkFlat(b *testing.B) { benchmark(b, `{ tracks(first: 1000) { id name seconds } }`) }

func BenchmarkNested(b *testing.B) {
	benchmark(b, `{ artists(first: 20) { name albums(first: 5) { title tracks(first: 10, orderBy: seconds_DESC) { id name seconds } } } }`)
}

func BenchmarkOne(b *testing.B) { benchmark(b, `{ track(where: { id: "none" }) { id } }`) }

// benchmark measures one query on 50 artists with 5 albums of 10 tracks.
func benchmark(b *testing.B, query string) {
	c, err := connector.Open(b.Context(), connector.Config{Connector: "sqlite", Directory: b.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	s := deploy(b, c, music, engine.Options{})
	fill(b, s, 50, 5, 10)
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, answer := s.Answer(b.Context(), "request", body); bytes.Contains(answer.Bytes(), []byte(`"errors"`)) {
			b.Fatalf("%s", answer.Bytes())
		}
	}
}
