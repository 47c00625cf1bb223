package engine_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/engine"
)

// A document that was planned before answers other variables as one that is
// new, also to several clients at once. SQLite alone: what is kept is the same
// for every connector.
func TestPreparedAnswers(t *testing.T) {
	t.Parallel()
	c, _ := openLogged(t)
	s := deploy(t, c, music, engine.Options{}, "aggregate")
	fill(t, s, 4, 3, 3)
	for _, test := range []struct {
		query     string
		variables []string
	}{
		{`query($n: Int) { artists { name albums(first: $n) { title tracks { name } } } }`, []string{`{"n": 1}`, `{"n": 2}`, `{}`, `{"n": -1}`, `{"n": null}`, `{"n": "x"}`, `{"n": 1}`}},
		{`query($w: TrackWhereInput) { tracks(where: $w, first: 3) { name album { title artist { name } } } }`, []string{`{"w": {"seconds_gt": 5}}`, `{"w": {"name_in": ["Track 1"], "album": {"title": "Album 2"}}}`, `{}`, `{"w": {"album": null}}`}},
		{`query($id: ID) { artist(where: {id: $id}) { name } again: artists(first: 1) { name } }`, []string{`{"id": "nobody"}`, `{"id": null}`, `{}`, `{"id": "somebody"}`}},
		{`query($yes: Boolean!) { artists(first: 1) { name albums @include(if: $yes) { title } } }`, []string{`{"yes": true}`, `{"yes": false}`, `{"yes": true}`}},
		{`query($yes: Boolean!) { ...all } fragment all on Query { artists(first: 1) { name @skip(if: $yes) albums { title } } }`, []string{`{"yes": true}`, `{"yes": false}`}},
		{`query($n: Int) { artistsConnection(first: $n) { pageInfo { hasNextPage } edges { node { name } } aggregate { count } } }`, []string{`{"n": 1}`, `{"n": 3}`, `{"n": 0}`}},
		{`query($o: TrackOrderByInput, $n: Int = 2) { tracks(orderBy: $o, skip: $n, first: 2) { seconds } }`, []string{`{"o": "seconds_ASC"}`, `{"o": "seconds_DESC", "n": 0}`, `{"n": 1}`}},
		{`query($n: String!) { __type(name: $n) { name } artists(first: 1) { name } }`, []string{`{"n": "Artist"}`, `{"n": "Track"}`}},
		{`query($n: Int) { tracksConnection(first: $n) { aggregate { count avg { seconds } } } }`, []string{`{"n": 2}`, `{"n": 5}`, `{}`}},
		{`query A($n: Int) { artists(first: $n) { name } }`, []string{`{"n": 1}`, `{"n": 2}`}},
		{`mutation($n: String!) { createArtist(data: {name: $n}) { name } }`, []string{`{"n": "a"}`, `{"n": "b"}`}},
	} {
		var clients sync.WaitGroup
		for i, variables := range test.variables {
			want := ask(t, s, fmt.Sprintf("%s\n# %d", test.query, i), variables)
			clients.Go(func() {
				if got := ask(t, s, test.query, variables); string(got) != string(want) {
					t.Errorf("%s with %s\n got %s\nwant %s", test.query, variables, got, want)
				}
			})
		}
		clients.Wait()
	}
}
