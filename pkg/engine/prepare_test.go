package engine_test

import (
	"fmt"
	"strings"
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
		{`query($a: Boolean!, $b: Boolean = false, $n: Int) { artists(first: $n) @skip(if: $b) { name @include(if: $a) albums(first: $n) { title tracks @skip(if: $a) { name } ... @include(if: $b) { id } } } again: albums(first: 1) @include(if: $b) { title } }`,
			[]string{`{"a": true, "n": 1}`, `{"a": true, "n": 2}`, `{"a": false, "n": 1}`, `{"a": false, "b": true}`, `{"a": true, "b": true, "n": 3}`, `{"a": false, "n": 2}`}},
		{manyConditions(), []string{`{"a": 0}`, conditionsOf(1), conditionsOf(2), conditionsOf(4), conditionsOf(8), conditionsOf(255), conditionsOf(511), conditionsOf(100), conditionsOf(200), conditionsOf(300), conditionsOf(1)}},
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

// manyConditions is a query with nine conditions, more cases than are kept.
func manyConditions() string {
	var declared, aliases strings.Builder
	for i := range 9 {
		fmt.Fprintf(&declared, "$c%d: Boolean!, ", i)
		fmt.Fprintf(&aliases, "a%d: name @include(if: $c%d) ", i, i)
	}
	return "query(" + declared.String() + ") { artists(first: 1) { id " + aliases.String() + "} }"
}

// conditionsOf are variables of which those hold whose bits are set.
func conditionsOf(bits int) string {
	var fields []string
	for i := range 9 {
		fields = append(fields, fmt.Sprintf(`"c%d": %t`, i, bits>>i&1 == 1))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
