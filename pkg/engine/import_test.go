package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// TestImportAndExport runs testdata/ndf on every connector: a datamodel, then
// the service's features,
// bodies of imports (N.import), exports (N.export) or queries (N.graphql), and
// status and answer of each (N.out). What a database says about a broken constraint is written <cause>.
func TestImportAndExport(t *testing.T) {
	golden.Each(t, "testdata/ndf", func(t *testing.T, c *golden.Case) {
		connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
			if !db.Rules().UUIDs && strings.Contains(c.Get("datamodel.prisma"), "UUID! @id") {
				t.Skip("the database has no ids of type UUID")
			}
			if !db.Rules().Decimals && strings.Contains(c.Get("datamodel.prisma"), "Decimal") {
				t.Skip("the database has no exact decimal numbers")
			}
			service := deploy(t, db, c.Get("datamodel.prisma"), engine.Options{}, strings.Fields(c.Get("features"))...)
			var names names
			for n := 1; ; n++ {
				status, answer := http.StatusOK, graphql.Sheets{}
				switch section := func(kind string) string { return fmt.Sprintf("%d.%s", n, kind) }; {
				case c.Has(section("import")):
					status, answer = service.Import(t.Context(), "request", []byte(c.Get(section("import"))))
				case c.Has(section("export")):
					status, answer = service.Export(t.Context(), "request", []byte(c.Get(section("export"))))
				case c.Has(section("graphql")):
					answer = graphql.SheetsOf(ask(t, service, c.Get(section("graphql")), "null"))
				default:
					return
				}
				text := causeText.ReplaceAll(answer.Bytes(), []byte("Cause: <cause>"))
				c.Want(t, fmt.Sprintf("%d.out", n), fmt.Sprintf("%d %s", status, names.hidden(pretty(t, text, ""))))
			}
		})
	})
}

var causeText = regexp.MustCompile(`Cause: (\\.|[^"\\])+`)

// exported is the answer of an export.
type exported struct {
	Out struct {
		JSONElements []json.RawMessage
		Size         int
	}
	Cursor struct{ Table, Row, Field, Array int }
	IsFull bool
}

// export asks for all parts of a kind.
func export(t *testing.T, s *engine.Service, kind string) (parts []exported) {
	t.Helper()
	for table, row := 0, 0; table >= 0 && len(parts) < 100; {
		body := fmt.Sprintf(`{"fileType":%q,"cursor":{"table":%d,"row":%d,"field":0,"array":0}}`, kind, table, row)
		status, answer := s.Export(t.Context(), "request", []byte(body))
		var part exported
		if err := json.Unmarshal(answer.Bytes(), &part); status != http.StatusOK || err != nil {
			t.Fatalf("export %s: %d, %v, %s", body, status, err, answer.Bytes())
		}
		if part.IsFull != (part.Cursor.Table >= 0) {
			t.Errorf("export %s: isFull %t with cursor %v", body, part.IsFull, part.Cursor)
		}
		parts = append(parts, part)
		table, row = part.Cursor.Table, part.Cursor.Row
	}
	return parts
}

// TestExportInParts exports more than fits into one answer and imports it into
// another service, whose export must be the same.
func TestExportInParts(t *testing.T) {
	t.Parallel()
	const text = `
type A { id: ID! @id text: String numbers: [Int] @scalarList(strategy: RELATION) bs: [B] @relation(link: TABLE) }
type B { id: Int! @id as: [A] }`
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		from := deploy(t, c, text, engine.Options{})
		var nodes, lists, links []string
		for i := range 1300 {
			size := 900
			if i == 1000 {
				size = 1_200_000 // more than a whole part
			}
			nodes = append(nodes, fmt.Sprintf(`{"_typeName":"A","id":"a%04d","text":%q}`, i, strings.Repeat("ä", size)),
				fmt.Sprintf(`{"_typeName":"B","id":%d}`, i+1))
			lists = append(lists, fmt.Sprintf(`{"_typeName":"A","id":"a%04d","numbers":[%d,2]}`, i, i))
			links = append(links, fmt.Sprintf(`[{"_typeName":"A","id":"a%04d","fieldName":"bs"},{"_typeName":"B","id":%d}]`, i, i+1))
		}
		imported(t, from, "nodes", nodes)
		imported(t, from, "lists", lists)
		imported(t, from, "relations", links)

		to := deploy(t, connectortest.Open(t, connector.Config{Connector: "sqlite", Memory: true}), text, engine.Options{})
		for kind, want := range map[string]int{"nodes": len(nodes), "lists": len(lists), "relations": len(links)} {
			count := 0
			for i, part := range export(t, from, kind) {
				if n := len(part.Out.JSONElements); part.Out.Size > 1_000_000 && n != 1 {
					t.Errorf("%s, part %d: %d elements of %d characters", kind, i, n, part.Out.Size)
				}
				count += len(part.Out.JSONElements)
			}
			if count != want {
				t.Errorf("export gives %d %s, want %d", count, kind, want)
			}
		}
		for _, kind := range []string{"nodes", "lists", "relations"} {
			parts := export(t, from, kind)
			for _, part := range parts {
				var elements []string
				for _, e := range part.Out.JSONElements {
					elements = append(elements, string(e))
				}
				imported(t, to, kind, elements)
			}
			if !reflect.DeepEqual(parts, export(t, to, kind)) {
				t.Errorf("%s exported, imported and exported again differ", kind)
			}
		}
	})
}

// imported imports elements that must all be stored.
func imported(t *testing.T, s *engine.Service, kind string, elements []string) {
	t.Helper()
	body := fmt.Sprintf(`{"valueType":%q,"values":[%s]}`, kind, strings.Join(elements, ","))
	if status, answer := s.Import(t.Context(), "request", []byte(body)); status != http.StatusOK || string(answer.Bytes()) != "[]" {
		t.Fatalf("import %s: %d %.500s", kind, status, answer.Bytes())
	}
}

// TestImportsMeet imports the same nodes from several clients in any order:
// each gets its answer, and each node is stored once.
func TestImportsMeet(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, `type A { id: ID! @id n: Int }`, engine.Options{})
		const nodes = 8
		var group sync.WaitGroup
		for client := range 6 {
			group.Go(func() {
				var values []string
				for _, n := range rand.New(rand.NewPCG(uint64(client), 9)).Perm(nodes) {
					values = append(values, fmt.Sprintf(`{"_typeName":"A","id":"a%d"}`, n))
				}
				if status, answer := s.Import(t.Context(), "request", fmt.Appendf(nil, `{"valueType":"nodes","values":[%s]}`, strings.Join(values, ","))); status != http.StatusOK {
					t.Errorf("%d %s", status, answer.Bytes())
				}
			})
		}
		group.Wait()
		if got, want := string(ask(t, s, `{ asConnection { aggregate { count } } }`, "null")), fmt.Sprintf(`{"data":{"asConnection":{"aggregate":{"count":%d}}}}`, nodes); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
