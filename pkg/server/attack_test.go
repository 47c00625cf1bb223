package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// attackMemory is how many bytes a server may have in memory under an attack, with its program.
const attackMemory = 100 << 20

// numbered repeats a format with the numbers from 0.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func nested(n int, open, inner, shut string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
}

// attacks are known ways to make much work of a small request.
var attacks = []struct{ name, query string }{
	{"alias flood", "{" + numbered(10_000, "a%d: artists { id } ") + "}"},
	{"alias flood below", "{ artists {" + numbered(14_000, "a%d: id ") + "} }"},
	{"alias flood allowed", "{" + numbered(499, "a%d: artists { id } ") + "}"},
	{"directive flood", "{ artists { id " + strings.Repeat("@a", 7000) + " } }"},
	{"directive flood allowed", "{ artists {" + strings.Repeat("id "+strings.Repeat("@skip(if:true)", 20), 90) + "} }"},
	{"unknown directives", "{ artists {" + strings.Repeat("id "+strings.Repeat("@x", 99), 70) + "} }"},
	{"fragment cycle", "{ artists { ...A } } fragment A on Artist { albums { ...B } } fragment B on Album { artist { ...A } }"},
	{"fragment cycles", "{ artists { ...F0 } } " + numbered(400, "fragment F%[1]d on Artist { ...F0 ...F1 ...F2 ...F%[1]d }")},
	{"fragment fan-out", "{ artists { ...F0 } } " + bomb(28)},
	{"spread flood", "{ artists { " + strings.Repeat("...F ", 7000) + " } } fragment F on Artist { id name albums { id } }"},
	{"deep nesting", nested(3000, "{ artists ", "{ id }", "}")},
	{"deep nesting below", "{ artists " + nested(1500, "{ albums { artist ", "{ id }", "} }") + "}"},
	{"deep list", "{ artists(where: { id_in: " + nested(7000, "[", "", "]") + " }) { id } }"},
	{"deep filter", "{ artists(where: " + nested(2000, "{ AND: [", "", "] }") + ") { id } }"},
	{"wide filter", "{ artists(where: { OR: [" + strings.Repeat("{ albums_some: { tracks_some: { milliseconds: 1 } } }", 300) + "] }) { id } }"},
	{"introspection recursion", "{ __schema { types " + nested(13, "{ fields { type ", "{ name }", "} }") + "} }"},
	{"introspection of types", "{ __schema { types { fields { type " + nested(24, "{ ofType ", "{ name }", "}") + "} } } }"},
	{"introspection aliases", "{" + numbered(499, "a%d: __schema { types { name fields { name args { name type { name } } } } } ") + "}"},
	{"field duplication", "{ artists { " + strings.Repeat("id ", 14_000) + "} }"},
	{"duplication by fragments", "{ artists {" + numbered(300, "...F%d ") + "} } " + numbered(300, "fragment F%d on Artist { id name albums { id title tracks { id } } } ")},
	{"field duplication below", "{ artists { " + strings.Repeat("albums { id } ", 3_500) + "} }"},
	{"conflicting fields", "{ artists { " + numbered(3_000, "albums(first: %d) { id } ") + "} }"},
	{"root duplication", "{" + strings.Repeat("artists { id } ", 3_500) + "}"},
	{"variable flood", "query (" + numbered(3_500, "$v%d: Int ") + ") { artists { id } }"},
	{"operation flood", numbered(3_000, "query q%d { artists { id } } ")},
	{"comment flood", "{ artists { id } } " + strings.Repeat("#\n", 100_000)},
	{"long string", `{ artists(where: { name: "` + strings.Repeat("x", 10<<20) + `" }) { id } }`},
	{"long name", "{ " + strings.Repeat("x", 200<<10) + " }"},
	{"unknown fields", "{ artists { " + numbered(7_000, "x%d ") + "} }"},
	{"unknown arguments", "{ artists(" + numbered(3_500, "x%d: 1 ") + ") { id } }"},
	{"unknown types", "{ artists { " + numbered(3_500, "... on X%d { id } ") + "} }"},
	{"unknown enum values", "{ tracks(where: { genre_in: [" + numbered(7_000, "X%d ") + "] }) { id } }"},
	{"long list", "{ tracks(where: { number_in: [" + numbered(14_000, "%d ") + "] }) { id } }"},
	{"long number", "{ tracks(where: { unitPrice: " + strings.Repeat("9", 200<<10) + " }) { id } }"},
	{"open brackets", strings.Repeat("{a", 7_000)},
}

// bomb is fragments each of which spreads the next one twice.
func bomb(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Artist { albums { a: artist { ...F%d } b: artist { ...F%[2]d } } } ", i, i+1)
	}
	return b.String() + fmt.Sprintf("fragment F%d on Artist { id }", n)
}

// batchAttacks are bodies of many requests.
func batchAttacks() map[string][]byte {
	one := `{"query":"{ __schema { types { fields { type { fields { name } } } } } }"}`
	return map[string][]byte{
		"batch flood":      []byte("[" + strings.Repeat("{},", 1_000_000) + "{}]"),
		"batch of many":    []byte("[" + strings.Repeat(one+",", 100_000) + one + "]"),
		"batch allowed":    []byte("[" + strings.Repeat(one+",", 99) + one + "]"),
		"deep variables":   []byte(`{"query":"query ($w: ArtistWhereInput) { artists(where: $w) { id } }","variables":{"w":` + nested(100_000, `{"AND":[`, "", "]}") + "}}"),
		"deep body":        []byte(nested(1_000_000, "[", "", "]")),
		"many variables":   []byte(`{"query":"{ artists { id } }","variables":{` + numbered(100_000, `"v%d":1,`) + `"w":1}}`),
		"long numbers":     []byte(`{"query":"query ($i: Int, $f: Float) { tracks(where: { number: $i, unitPrice: $f }) { id } }","variables":{"i":` + strings.Repeat("9", 10<<20) + `,"f":` + strings.Repeat("9", 10<<20) + `e99}}`),
		"long date":        []byte(`{"query":"query ($d: DateTime) { tracks(where: { createdAt: $d }) { id } }","variables":{"d":"2020-01-01T00:00:00.` + strings.Repeat("9", 10<<20) + `Z"}}`),
		"list of millions": []byte(`{"query":"query ($l: [Int!]) { tracks(where: { number_in: $l }) { id } }","variables":{"l":[` + strings.Repeat("1,", 5<<20) + `1]}}`),
		"many operations":  []byte(`{"query":"{ artists { id } }","operationName":"` + strings.Repeat("x", 10<<20) + `"}`),
	}
}

func attackBodies() map[string][]byte {
	bodies := batchAttacks()
	for _, a := range attacks {
		bodies[a.name], _ = json.Marshal(map[string]string{"query": a.query})
	}
	return bodies
}

// schemaAttacks ask for as much as they can about a large schema.
func schemaAttacks() map[string][]byte {
	const types = "__schema { types { name fields { name args { name type { name ofType { name ofType { name } } } } } inputFields { name type { name ofType { name } } } } }"
	one, _ := json.Marshal(map[string]string{"query": "{ " + types + " }"})
	aliases, _ := json.Marshal(map[string]string{"query": "{" + numbered(499, "a%d: "+types+" ") + "}"})
	below, _ := json.Marshal(map[string]string{"query": "{ __schema { types {" + numbered(499, "a%d: inputFields { name type { name } } ") + "} } }"})
	return map[string][]byte{
		"batch of introspections":         []byte("[" + strings.Repeat(string(one)+",", 99) + string(one) + "]"),
		"batch of introspection aliases":  []byte("[" + strings.Repeat(string(aliases)+",", 99) + string(aliases) + "]"),
		"introspection aliases":           aliases,
		"introspection aliases of a list": below,
	}
}

// listAttacks ask for the same nodes again and again.
func listAttacks() map[string][]byte {
	aliases, _ := json.Marshal(map[string]string{"query": "{" + numbered(499, "a%d: artists { id name albums { id title } } ") + "}"})
	one := `{"query":"{ artists { id name albums { id title tracks { id name } } } }"}`
	around, _ := json.Marshal(map[string]string{"query": "{ artists " + nested(14, "{ albums { artist ", "{ name }", "} }") + "}"})
	inside, _ := json.Marshal(map[string]string{"query": "{ artist: artists(first: 1) " + nested(4, "{ albums { artist ", "{ name }", "} }") + "}"})
	return map[string][]byte{
		"aliases of lists":         aliases,
		"batch of lists":           []byte("[" + strings.Repeat(one+",", 99) + one + "]"),
		"batch of aliases":         []byte("[" + strings.Repeat(string(aliases)+",", 99) + string(aliases) + "]"),
		"there and back":           around,
		"batch of there and back":  []byte("[" + strings.Repeat(string(around)+",", 99) + string(around) + "]"),
		"batch of some repetition": []byte("[" + strings.Repeat(string(inside)+",", 99) + string(inside) + "]"),
	}
}

// variableAttacks are small texts whose variables make much work.
func variableAttacks() map[string][]byte {
	ids := `["` + strings.Repeat(`cmx07zinis1y4yctk3tt2p03k","`, 100_000) + `x"]`
	names := func(n int) string { return "[" + strings.Repeat(`{"name":"a"},`, n) + `{"name":"b"}]` }
	related := `{"albums_some":{"tracks_some":{"milliseconds":1}}}`
	body := func(query, variables string) []byte {
		return fmt.Appendf(nil, `{"query":%q,"variables":%s}`, query, variables)
	}
	albums := numbered(20_000, `{"number":%d,"title":"a"},`) + `{"number":0,"title":"a"}`
	return map[string][]byte{
		"ids":               body("query ($l: [ID!]) { artists(where: { id_in: $l }) { id } }", `{"l":`+ids+`}`),
		"ids twice":         body("query ($l: [ID!]) { artists(where: { id_in: $l, id_not_in: $l }) { id } }", `{"l":`+ids+`}`),
		"ids under aliases": body("query ($l: [ID!]) {"+numbered(100, "a%d: artists(where: { id_in: $l }) { id } ")+"}", `{"l":`+ids+`}`),
		"numbers":           body("query ($l: [Int!]) { artists(where: { number_in: $l }) { id } }", `{"l":[`+strings.Repeat("1,", 199_000)+`1]}`),
		"wide OR":           body("query ($w: ArtistWhereInput) { artists(where: $w) { id } }", `{"w":{"OR":`+names(800)+`}}`),
		"wide ORs":          body("query ($w: ArtistWhereInput) {"+numbered(150, "a%d: artists(where: $w) { id } ")+"}", `{"w":{"OR":`+names(800)+`}}`),
		"wider OR":          body("query ($w: ArtistWhereInput) { artists(where: $w) { id } }", `{"w":{"OR":`+names(99_000)+`}}`),
		"widest OR":         body("query ($w: ArtistWhereInput) { artists(where: $w) { id } }", `{"w":{"OR":`+names(400_000)+`}}`),
		"OR of relations":   body("query ($w: ArtistWhereInput) { artists(where: $w) { id } }", `{"w":{"OR":[`+strings.Repeat(related+",", 132)+related+`]}}`),
		"text":              body("query ($s: String) { artists(where: { name: $s }) { id } }", `{"s":"`+strings.Repeat("x", 10<<20)+`"}`),
		"escaped text":      body("query ($s: String) { artists(where: { name: $s }) { id } }", `{"s":"`+strings.Repeat(`\u00e4`, 10<<20/6)+`"}`),
		"nested create":     body("mutation ($d: ArtistCreateInput!) { createArtist(data: $d) { id albums { id } } }", `{"d":{"number":1,"name":"a","albums":{"create":[`+albums+`]}}}`),
		"types":             body("{"+numbered(499, `a%d: __type(name: "Artist") { fields { name args { name type { name ofType { name } } } } } `)+"}", "{}"),
		"many operations":   body(numbered(290, "query q%d { artists { id name albums { id title tracks { id name number genre } } } } "), `{},"operationName":"q7"`),
	}
}

// documentAttacks are texts that are all different and large to keep.
func documentAttacks() (bodies [][]byte) {
	for n := range 200 {
		query := fmt.Sprintf("{ x%d: artists { id } ", n) + numbered(300, "a%d: artists { id name albums { id } } ") + "}"
		bodies = append(bodies, fmt.Appendf(nil, `{"query":%q}`, query))
		query = fmt.Sprintf("query ($s: String) { artists(where: { name: $s }) { x%d: id } }", n)
		bodies = append(bodies, fmt.Appendf(nil, `{"query":%q,"variables":{"s":"%s"}}`, query, strings.Repeat("x", 1<<20)))
	}
	return bodies
}

// A target is a service that is attacked.
type target struct {
	name   string
	types  string
	fill   func(tb testing.TB, url string)
	bodies func() map[string][]byte
}

// targets are services of some nodes, of a hundred models and of a thousand nodes.
var targets = []target{
	{"few nodes", store, func(tb testing.TB, url string) { fillStore(tb, url, 2, 3) }, attackBodies},
	{"variables", store, func(tb testing.TB, url string) { fillStore(tb, url, 2, 3) }, variableAttacks},
	{"large schema", numbered(100, "type M%[1]d { id: ID! @id a: String b: Int c: Float d: Boolean e: DateTime f: Json g: String! h: Int! next: [M%[1]d] }\n"), func(testing.TB, string) {}, schemaAttacks},
	{"many nodes", store, func(tb testing.TB, url string) { fillStore(tb, url, 100, 4) }, listAttacks},
}

// open deploys and fills the service on a server and returns its URL.
func (g target) open(tb testing.TB, server string) string {
	tb.Helper()
	deploy(tb, client.New(server, "", nil), "shop", "dev", g.types)
	url := server + "/shop/dev"
	g.fill(tb, url)
	return url
}

func fillStore(tb testing.TB, url string, artists, albums int) {
	for a := range artists {
		var b strings.Builder
		for i := range albums {
			n := a*albums + i
			fmt.Fprintf(&b, `{ number: %d, title: "Album", tracks: { create: { number: %[1]d, name: "Track", milliseconds: 1, unitPrice: 1, genre: ROCK } } }`, n)
		}
		body, _ := json.Marshal(map[string]string{"query": fmt.Sprintf(`mutation { createArtist(data: { number: %d, name: "Artist", albums: { create: [%s] } }) { id } }`, a, &b)})
		if got := attack(tb, url, body); !strings.HasPrefix(got, `{"data"`) {
			tb.Fatal(got)
		}
	}
}

// attack sends a body and returns how the answer begins.
func attack(tb testing.TB, url string, body []byte) string {
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	begin := make([]byte, 1000)
	n, _ := io.ReadFull(response.Body, begin)
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		tb.Fatal(err)
	}
	return string(begin[:n])
}
