package management

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/golden"
)

// deployQuery is what a request without n.graphql asks.
const deployQuery = `mutation($types: String!, $force: Boolean, $dryRun: Boolean, $noMigration: Boolean, $secrets: [String!], $subscriptions: [FunctionInput!], $features: [String!]) {
  deploy(input: {name: "shop", stage: "dev", types: $types, force: $force, dryRun: $dryRun, noMigration: $noMigration, secrets: $secrets, subscriptions: $subscriptions, features: $features}) {
    errors { type field description line column }
    warnings { type field description line column }
    steps {
      type
      ... on CreateModel { name }
      ... on CreateField { model name }
      ... on UpdateModel { name um_newName: newName }
      ... on UpdateField { model name newName }
      ... on DeleteModel { name }
      ... on DeleteField { model name }
    }
    migration { revision status applied rolledBack errors startedAt finishedAt steps { type } }
  }
}`

// TestAnswers sends the requests of testdata/management one after the other and
// compares the answers with n.out. n.graphql is a query, n.json its variables;
// n.prisma is a datamodel to deploy to shop/dev, n.json what else the deploy says.
func TestAnswers(t *testing.T) {
	golden.Each(t, "testdata/management", func(t *testing.T, c *golden.Case) {
		connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
			m, err := New(t.Context(), db, Options{Version: "1.35.0", Commit: "abc"})
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; c.Has(fmt.Sprintf("%d.graphql", n)) || c.Has(fmt.Sprintf("%d.prisma", n)); n++ {
				answer := ask(t, m, request(t, c, n))
				answer = strings.ReplaceAll(answer, `"primaryConnector": "`+db.Facts().Name, `"primaryConnector": "sqlite`)
				answer = strings.ReplaceAll(answer, db.ProjectText(shop), "shop$dev")
				c.Want(t, fmt.Sprintf("%d.out", n), answer)
			}
		})
	})
}

// request puts the body of request n together.
func request(t *testing.T, c *golden.Case, n int) []byte {
	t.Helper()
	section := func(kind string) string { return c.Get(fmt.Sprintf("%d.%s", n, kind)) }
	variables := map[string]any{}
	if text := section("json"); text != "" {
		if err := json.Unmarshal([]byte(text), &variables); err != nil {
			t.Fatal(err)
		}
	}
	query := section("graphql")
	if query == "" {
		query, variables["types"] = deployQuery, section("prisma")
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

var changing = regexp.MustCompile(`"(\d{4}-\d\d-\d\dT[\d:.]+Z|eyJ[^"]+)"`) // times and tokens

// ask returns the answer, indented, with what changes from run to run blanked.
func ask(t *testing.T, m *Management, body []byte) string {
	t.Helper()
	status, answer := m.Answer(t.Context(), "REQUEST", "", body)
	var b bytes.Buffer
	if err := json.Indent(&b, answer, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	text := changing.ReplaceAllStringFunc(b.String(), func(s string) string {
		if strings.HasPrefix(s, `"eyJ`) {
			return `"TOKEN"`
		}
		return `"TIME"`
	})
	if status != 200 {
		text = fmt.Sprintf("status %d\n%s", status, text)
	}
	return text
}
