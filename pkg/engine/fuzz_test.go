package engine_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// FuzzAnswer sends any bytes: the answer is JSON with a status that is known,
// and nothing in it is an error of ours. SQLite alone: what is tested stands above it.
func FuzzAnswer(f *testing.F) {
	for _, query := range []string{
		`{ artists(where: { OR: [{ name_in: [] }, { albums_some: { title_contains: "%" } }] }, first: 1) { name albums(last: 1) { id } } }`,
		`mutation { createArtist(data: { name: "x", albums: { create: { title: "y" } } }) { id } }`,
		`query ($a: [ID!], $b: Boolean = true) { artists(where: { id_in: $a }) { id @skip(if: $b) ...F } } fragment F on Artist { name }`,
		`{ tracksConnection(after: "x", orderBy: seconds_DESC) { edges { cursor node { tags } } aggregate { count } } }`,
		`{ node(id: "x") { id } __schema { types { name } } }`,
	} {
		body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"a": []string{"1"}}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte(`[{"query":"{ artists { id } }"},{"query":"{"}]`))
	c, err := connector.Open(f.Context(), connector.Config{Connector: "sqlite", Directory: f.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { c.Close() })
	s := deploy(f, c, music, engine.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		status, answer := s.Answer(t.Context(), "request", body)
		switch {
		case status == http.StatusBadRequest:
		case status != http.StatusOK && status != http.StatusInternalServerError:
			t.Errorf("status %d", status)
		case !json.Valid(answer):
			t.Errorf("no JSON: %s", answer)
		case bytes.Contains(answer, []byte("Whoops")) && !expected(body):
			t.Errorf("internal error: %s", answer)
		}
	})
}

// expected tells whether a body asks for what Prisma 1 answers with an internal
// error: null for AND, OR or NOT, and cursors that cannot be ids.
func expected(body []byte) bool {
	return bytes.Contains(body, []byte("null")) || bytes.Contains(body, []byte("$"))
}
