package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// store is a music store, the data that benchmarks and the soak test ask for.
const store = `
type Artist { id: ID! @id number: Int! @unique name: String! albums: [Album] }
type Album { id: ID! @id number: Int! @unique title: String! artist: Artist! @relation(link: INLINE) tracks: [Track] }
type Track {
  id: ID! @id
  number: Int! @unique
  name: String!
  milliseconds: Int!
  unitPrice: Float!
  composer: String
  genre: Genre!
  album: Album! @relation(link: INLINE)
  playlists: [Playlist]
  createdAt: DateTime! @createdAt
}
enum Genre { ROCK JAZZ METAL POP BLUES LATIN }
type Playlist { id: ID! @id number: Int! @unique name: String! tracks: [Track] @relation(link: TABLE) }
type Customer {
  id: ID! @id
  email: String! @unique
  country: String!
  invoices: [Invoice]
  createdAt: DateTime! @createdAt
  updatedAt: DateTime! @updatedAt
}
type Invoice { id: ID! @id number: Int! @unique total: Float! customer: Customer! @relation(link: INLINE) lines: [InvoiceLine] }
type InvoiceLine { id: ID! @id quantity: Int! unitPrice: Float! invoice: Invoice! @relation(link: INLINE) }
`

// A workload is a request that is sent again and again. {n} is another number each time.
type workload struct{ name, query string }

var reads = []workload{
	{"lookup", `query lookup { track(where: {number: 1234}) { number name milliseconds } }`},
	{"lookup_variable", `query lookup($n: Int) { track(where: {number: $n}) { number name milliseconds } }`},
	{"nested_include", `query nested($yes: Boolean = true) { artists(first: 20, orderBy: number_ASC) { number name albums @include(if: $yes) { number title tracks(first: 10, orderBy: milliseconds_DESC) { number name milliseconds genre } } } }`},
	{"lookup_include", `query lookup($yes: Boolean = true) { track(where: {number: 1234}) { number name milliseconds @include(if: $yes) } }`},
	{"list", `query list { tracks(first: 100, orderBy: number_ASC) { number name milliseconds unitPrice composer genre } }`},
	{"filter", `query filter { tracks(first: 20, orderBy: number_ASC, where: {milliseconds_gt: 200000, name_contains: "1", album: {artist: {name_starts_with: "Artist 1"}}}) { number name } }`},
	{"nested", `query nested { artists(first: 20, orderBy: number_ASC) { number name albums { number title tracks(first: 10, orderBy: milliseconds_DESC) { number name milliseconds genre } } } }`},
	{"siblings", `query siblings { albums(first: 10, orderBy: number_ASC) { number title artist { number name } tracks(orderBy: number_ASC) { number name playlists(orderBy: number_ASC) { number } } } }`},
	{"connection", `query connection { tracksConnection(first: 50, orderBy: number_ASC, where: {genre: ROCK}) { pageInfo { hasNextPage hasPreviousPage } edges { node { number name } } aggregate { count } } }`},
	{"deep_page", `query deep_page { tracks(skip: 3000, first: 50, orderBy: number_ASC) { number name } }`},
	{"many_to_many", `query many_to_many { playlists(orderBy: number_ASC) { number name tracks(first: 20, orderBy: number_ASC) { number name } } }`},
}

var writes = []workload{
	{"create", `mutation create { createCustomer(data: {email: "c{n}@example.org", country: "NZ"}) { email } }`},
	{"create_variables", `mutation create($email: String!) { createCustomer(data: {email: $email, country: "NZ"}) { email } }`},
	{"nested_create", `mutation nested_create { createInvoice(data: {number: {n}, total: 9.9, customer: {connect: {email: "customer1@example.org"}}, lines: {create: [{quantity: 1, unitPrice: 0.99}, {quantity: 2, unitPrice: 1.99}, {quantity: 3, unitPrice: 0.99}, {quantity: 4, unitPrice: 0.5}, {quantity: 5, unitPrice: 0.1}]}}) { number lines { quantity } } }`},
	{"update", `mutation update { updateTrack(where: {number: 77}, data: {composer: "composer {n}"}) { number } }`},
	{"upsert", `mutation upsert { upsertCustomer(where: {email: "u{n}@example.org"}, create: {email: "u{n}@example.org", country: "NZ"}, update: {country: "FI"}) { email country } }`},
	{"connect", `mutation connect { updatePlaylist(where: {number: 1}, data: {name: "p{n}", tracks: {connect: [{number: 2000}]}}) { number } }`},
	{"update_many", `mutation update_many { updateManyTracks(where: {number_lt: 20}, data: {composer: "many {n}"}) { count } }`},
}

// A musicStore is a server with the music store.
type musicStore struct {
	url    string
	client *http.Client
	sent   atomic.Int64
}

// openMusicStore starts a server and fills its store; scale multiplies artists, albums and tracks.
func openMusicStore(t testing.TB, config connector.Config, scale int) *musicStore {
	t.Helper()
	url := start(t, Config{Database: config})
	name := fmt.Sprintf("music%d", scale)
	deploy(t, client.New(url, "", nil), name, "dev", store)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.DisableCompression = 64, true
	t.Cleanup(transport.CloseIdleConnections)
	s := &musicStore{url: url + "/" + name + "/dev", client: &http.Client{Transport: transport}}
	s.sent.Store(1_000_000)
	s.fill(t, scale)
	return s
}

func (s *musicStore) fill(t testing.TB, scale int) {
	t.Helper()
	genres := []string{"ROCK", "JAZZ", "METAL", "POP", "BLUES", "LATIN"}
	artists, albums, tracks := 275*scale, 347*scale, 3500*scale
	albumsOf, tracksOf := make([][]int, artists+1), make([][]int, albums+1)
	for a := 1; a <= albums; a++ {
		albumsOf[a*7%artists+1] = append(albumsOf[a*7%artists+1], a)
	}
	for n := 1; n <= tracks; n++ {
		tracksOf[n*13%albums+1] = append(tracksOf[n*13%albums+1], n)
	}
	for artist := 1; artist <= artists; artist++ {
		var b strings.Builder
		fmt.Fprintf(&b, `mutation { createArtist(data: {number: %d, name: "Artist %d", albums: {create: [`, artist, artist)
		for _, a := range albumsOf[artist] {
			fmt.Fprintf(&b, `{number: %d, title: "Album %d", tracks: {create: [`, a, a)
			for _, n := range tracksOf[a] {
				fmt.Fprintf(&b, `{number: %d, name: "Track %d", milliseconds: %d, unitPrice: 0.99, genre: %s}`, n, n, 60_000+n*7919%540_000, genres[n%6])
			}
			b.WriteString(`]}}`)
		}
		b.WriteString(`]}}) { number } }`)
		s.ask(t, b.String())
	}
	for playlist := 1; playlist <= 18; playlist++ {
		var b strings.Builder
		for i := range 110 {
			fmt.Fprintf(&b, "{number: %d}", (playlist*101+i*7)%tracks+1)
		}
		s.ask(t, fmt.Sprintf(`mutation { createPlaylist(data: {number: %d, name: "Playlist %d", tracks: {connect: [%s]}}) { number } }`, playlist, playlist, &b))
	}
	s.ask(t, `mutation { createCustomer(data: {email: "customer1@example.org", country: "FI"}) { email } }`)
}

// ask sends a query and fails on any error in the answer.
func (s *musicStore) ask(t testing.TB, query string) {
	t.Helper()
	n := strconv.FormatInt(s.sent.Add(1), 10)
	body, err := json.Marshal(map[string]any{"query": strings.ReplaceAll(query, "{n}", n), "variables": map[string]any{"n": 1234, "email": "v" + n}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.send(body); err != nil {
		t.Fatalf("%v to %.300s", err, body)
	}
}

func (s *musicStore) send(body []byte) error {
	response, err := s.client.Post(s.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors"`)) {
		return fmt.Errorf("answer %d %s, %v", response.StatusCode, answer, err)
	}
	return nil
}

// BenchmarkWorkloads measures each workload over HTTP on every connector that is
// there, with the allocations of client and server together.
func BenchmarkWorkloads(b *testing.B) {
	connectortest.EachConfig(b, func(b *testing.B, config connector.Config) {
		s := openMusicStore(b, config, 1)
		for _, w := range append(reads, writes...) {
			b.Run(w.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s.ask(b, w.query)
				}
			})
		}
	})
}

// BenchmarkGrowth asks for the same rows of ever larger tables: their size must
// not show. PRISMA1_BENCH_SCALES says how many times as many rows there are.
func BenchmarkGrowth(b *testing.B) {
	scales := os.Getenv("PRISMA1_BENCH_SCALES")
	if scales == "" {
		b.Skip("PRISMA1_BENCH_SCALES, for instance 1,10,100, is not set")
	}
	connectortest.EachConfig(b, func(b *testing.B, config connector.Config) {
		for text := range strings.SplitSeq(scales, ",") {
			scale, err := strconv.Atoi(text)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("x"+text, func(b *testing.B) {
				s := openMusicStore(b, config, scale)
				for _, w := range reads {
					if w.name == "nested" || w.name == "lookup" || w.name == "siblings" {
						b.Run(w.name, func(b *testing.B) {
							for b.Loop() {
								s.ask(b, w.query)
							}
						})
					}
				}
			})
		}
	})
}

// The workloads are answered without an error, by several clients at once.
func TestWorkloads(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		s := openMusicStore(t, config, 1)
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				for _, w := range append(reads[:len(reads):len(reads)], writes...) {
					s.ask(t, w.query)
				}
			})
		}
		clients.Wait()
	})
}
