package plan_test

import (
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

const music = `
type Artist { id: ID! @id number: Int! @unique name: String! albums: [Album] }
type Album { id: ID! @id number: Int! @unique title: String! artist: Artist! @relation(link: INLINE) tracks: [Track] }
type Track { id: ID! @id number: Int! @unique name: String! milliseconds: Int! genre: String album: Album! @relation(link: INLINE) }
`

func musicAPI(tb testing.TB) *opencrud.API {
	tb.Helper()
	document, syntax := datamodel.Parse(music)
	if syntax != nil {
		tb.Fatal(syntax)
	}
	s, err := datamodel.Infer(document, &schema.Schema{})
	if err != nil {
		tb.Fatal(err)
	}
	api, err := opencrud.New(s, opencrud.Capabilities{})
	if err != nil {
		tb.Fatal(err)
	}
	return api
}

// BenchmarkPlan measures what of a request depends on its variables: binding
// them, and planning what is not kept.
func BenchmarkPlan(b *testing.B) {
	api := musicAPI(b)
	for _, test := range []struct{ name, query, variables string }{
		{"lookup", `{ track(where: { number: 1 }) { number name milliseconds } }`, ``},
		{"lookup_variable", `query ($n: Int) { track(where: { number: $n }) { number name milliseconds } }`, `{"n":1}`},
		{"lookup_include", `query ($x: Boolean!) { track(where: { number: 1 }) { number name milliseconds @include(if: $x) } }`, `{"x":true}`},
		{"nested", `{ artists(first: 20, orderBy: number_ASC) { number name albums { number title tracks(first: 10, orderBy: milliseconds_DESC) { number name milliseconds genre } } } }`, ``},
		{"nested_include", `query ($x: Boolean!) { artists(first: 20, orderBy: number_ASC) { number name albums @include(if: $x) { number title tracks(first: 10, orderBy: milliseconds_DESC) { number name milliseconds genre } } } }`, `{"x":true}`},
		{"create", `mutation ($n: Int!) { createArtist(data: { number: $n, name: "x" }) { id name } }`, `{"n":1}`},
		{"create_variable", `mutation ($d: ArtistCreateInput!) { createArtist(data: $d) { id name } }`, `{"d":{"number":1,"name":"x"}}`},
		{"nested_create", `mutation ($d: ArtistCreateInput!) { createArtist(data: $d) { id name } }`, `{"d":{"number":1,"name":"x","albums":{"create":[{"number":1,"title":"a"},{"number":2,"title":"b"},{"number":3,"title":"c"},{"number":4,"title":"d"},{"number":5,"title":"e"}]}}}`},
	} {
		b.Run(test.name, func(b *testing.B) {
			document, errs := graphql.Check(api.Schema, test.query, graphql.DefaultLimits())
			if errs != nil {
				b.Fatal(errs)
			}
			operation, problem := document.Operation("")
			if problem != nil {
				b.Fatal(problem)
			}
			var prepared *plan.Prepared
			b.ReportAllocs()
			for b.Loop() {
				selection, errs := operation.Bind([]byte(test.variables))
				if errs != nil {
					b.Fatal(errs)
				}
				if prepared == nil {
					prepared = plan.Prepare(api, operation, selection)
				}
				prepared.Plan(selection).Whole()
			}
		})
	}
}
