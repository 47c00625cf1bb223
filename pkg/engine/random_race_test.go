package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/engine"
)

// TestRandomRaces sends random nested mutations many at a time: no error is
// ours, links are the same from both ends, and no node lacks one that it requires.
func TestRandomRaces(t *testing.T) {
	eachWorld(t, worldKind{required: true, careful: true}, func(t *testing.T, s *engine.Service, w *world) {
		for range 8 {
			var sent []string
			for left := 100; len(sent) < 12 && left > 0; left-- {
				before := w.snapshot()
				m := w.newMutation()
				if m.text == "" {
					w.restore(before)
					continue
				}
				if m.run() != nil {
					w.restore(before)
				}
				sent = append(sent, m.literal())
			}
			w.race(t, s, sent)
			w.checkLinks(t, s)
			if t.Failed() {
				t.Logf("%s", strings.Join(sent, "\n"))
				return
			}
		}
	})
}

// race sends mutations at once.
func (w *world) race(t *testing.T, s *engine.Service, mutations []string) {
	var group sync.WaitGroup
	for _, text := range mutations {
		group.Go(func() {
			if answer := ask(t, s, text, "null"); bytes.Contains(answer, []byte("Whoops")) {
				t.Errorf("%s\n%s", text, answer)
			}
		})
	}
	group.Wait()
}

// checkLinks compares what both ends of each relation say.
func (w *world) checkLinks(t *testing.T, s *engine.Service) {
	t.Helper()
	for _, x := range w.relations {
		var pairs [2]map[[2]any]bool
		for end, side := range x.sides {
			if side.field == "" {
				continue // from one end alone
			}
			if side.required {
				query := fmt.Sprintf("{ %ss(where: { %s: null }) { %s } }", strings.ToLower(side.model.name), side.field, side.model.key())
				if got := ask(t, s, query, "null"); bytes.Contains(got, []byte(side.model.key())) {
					t.Errorf("%s.%s is required: %s", side.model.name, side.field, got)
				}
			}
			pairs[end] = side.links(t, s)
		}
		if x.sides[0].field != "" && fmt.Sprint(pairs[0]) != fmt.Sprint(pairs[1]) {
			t.Errorf("%s: from one end %v, from the other %v", x.name, pairs[0], pairs[1])
		}
	}
}

// links reads the links of a relation from one end, as pairs of keys in the order of the ends.
func (s *worldSide) links(t *testing.T, service *engine.Service) map[[2]any]bool {
	t.Helper()
	own, other := s.model.key(), s.back().model.key()
	query := fmt.Sprintf("{ all: %ss(where: { %s: {} }) { %s %s { %s } } }", strings.ToLower(s.model.name), s.field+when(s.list, "_some"), own, s.field, other)
	got := ask(t, service, query, "null")
	var answer struct {
		Data struct{ All []map[string]json.RawMessage }
	}
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	links := map[[2]any]bool{}
	for _, n := range answer.Data.All {
		related := n[s.field]
		if !s.list {
			related = []byte("[" + string(related) + "]")
		}
		var nodes []map[string]any
		if err := json.Unmarshal(related, &nodes); err != nil {
			t.Fatalf("%v in %s", err, got)
		}
		for _, behind := range nodes {
			var pair [2]any
			pair[s.end], pair[1-s.end] = strings.Trim(string(n[own]), `"`), fmt.Sprint(behind[other])
			links[pair] = true
		}
	}
	return links
}
