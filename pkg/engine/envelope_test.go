package engine_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

const users = `type User { id: ID! @id name: String! @unique }`

func TestEnvelope(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		want       string // the whole answer, or its beginning before …
	}{
		{"one", `{"query":"{ users { id } }"}`, 200, `{"data":{"users":[]}}`},
		{"unknown keys", `{"query":"{ users { id } }","extensions":{},"variables":null,"operationName":null}`, 200, `{"data":{"users":[]}}`},
		{"batch", `[{"query":"{ users { id } }"},{"query":"{ x: users { id } }"}]`, 200, `[{"data":{"users":[]}},{"data":{"x":[]}}]`},
		{"empty batch", `[]`, 200, `[]`},
		{"batch with an invalid element", `[{"query":"{ users { id } }"},{"query":"{ nobody }"}]`, 200, `[{"data":{"users":[]}},{"data":null,"errors":[…`},
		{"batch with a broken element", `[{"query":"{ users { id } }"},{"query":"{"}]`, 500, `{"errors":[{"message":"Syntax error while parsing GraphQL query. …`},
		{"batch of no objects", `[1]`, 500, `{"errors":[{"message":"not allowed","requestId":"request"}]}`},
		{"no query", `{}`, 500, `{"errors":[{"message":"Syntax error while parsing GraphQL query. …`},
		{"broken query", `{"query":"{ users"}`, 500, `{"errors":[{"message":"Syntax error while parsing GraphQL query. …`},
		{"no request", `"text"`, 500, `{"errors":[{"message":"request malformed","requestId":"request"}]}`},
		{"variables of a wrong kind", `{"query":"{ users { id } }","variables":[]}`, 500, `{"errors":[{"message":"JsError.get","requestId":"request"}]}`},
		{"no JSON", `{`, 400, `The request content was malformed:…`},
		{"unknown field", `{"query":"{ nobody { id } }"}`, 200, `{"data":null,"errors":[{"message":"Cannot query field 'nobody' on type 'Query'.…`},
		{"wrong variable", `{"query":"query($n: Int) { users(first: $n) { id } }","variables":{"n":"x"}}`, 200, `{"data":null,"errors":[{"message":"Variable '$n' expected value of type 'Int' but got: \"x\". Reason: Int value expected…`},
		{"operation by name", `{"query":"query A { users { id } } query B { b: users { id } }","operationName":"B"}`, 200, `{"data":{"b":[]}}`},
		{"unknown operation", `{"query":"query A { users { id } }","operationName":"B"}`, 200, `{"data":null,"errors":[{"message":"Unknown operation name 'B'"…`},
	}
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, users, engine.Options{})
		for _, test := range tests {
			status, sheets := s.Answer(t.Context(), "request", []byte(test.body))
			answer := string(sheets.Bytes())
			want, open := strings.CutSuffix(test.want, "…")
			if status != test.status || answer != want && !(open && strings.HasPrefix(answer, want)) {
				t.Errorf("%s: want %d %s\ngot %d %s", test.name, test.status, test.want, status, answer)
			}
		}
	})
}

func TestPrivate(t *testing.T) {
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, users, engine.Options{})
		private := func(query, want string) {
			t.Helper()
			status, sheets := s.Private(t.Context(), "request", []byte(`{"query":"`+query+`"}`))
			answer := string(sheets.Bytes())
			if status != http.StatusOK || answer != want {
				t.Errorf("%s: want %s, got %d %s", query, want, status, answer)
			}
		}
		ask(t, s, `mutation { createUser(data: { name: "Ada" }) { id } }`, "null")
		private(`mutation { resetData }`, `{"data":{"resetData":true}}`)
		if got := string(ask(t, s, `{ users { id } }`, "null")); got != `{"data":{"users":[]}}` {
			t.Errorf("users are left: %s", got)
		}
		private(`{ validateSubscriptionQuery(query: \"subscription { user { mutation } }\") { errors } }`,
			`{"data":{"validateSubscriptionQuery":{"errors":[]}}}`)
		for _, broken := range []string{"broken", "", "subscription {}"} {
			private(`{ validateSubscriptionQuery(query: \"`+broken+`\") { errors } }`,
				`{"data":{"validateSubscriptionQuery":{"errors":["The subscription query is invalid GraphQL."]}}}`)
		}
		private(`{ validateSubscriptionQuery(query: \"mutation M { deleteManyUsers { count } } subscription S { user { mutation } }\") { errors } }`,
			`{"data":{"validateSubscriptionQuery":{"errors":[]}}}`)
		private(`{ validateSubscriptionQuery(query: \"{ users { id } }\") { errors } }`,
			`{"data":{"validateSubscriptionQuery":{"errors":["The provided query doesn't include any known model name. Please check for the latest subscriptions API."]}}}`)
		private(`{ validateSubscriptionQuery(query: \"subscription { nobody { mutation } }\") { errors } }`,
			`{"data":{"validateSubscriptionQuery":{"errors":["The provided query doesn't include any known model name. Please check for the latest subscriptions API."]}}}`)
	})
}

// A service without executeRaw does not know it; one with it answers rows.
func TestRaw(t *testing.T) {
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, users, engine.Options{RawAccess: true})
		answer := string(ask(t, s, `mutation { executeRaw(query: "SELECT 1 AS one, 'x' AS text") }`, "null"))
		if want := `{"data":{"executeRaw":[{"one":1,"text":"x"}]}}`; answer != want {
			t.Errorf("want %s, got %s", want, answer)
		}
		answer = string(ask(t, s, `mutation { executeRaw(query: "SELECT * FROM nothing.nothing") }`, "null"))
		if strings.Contains(answer, "Whoops") || !strings.Contains(answer, `"requestId":`) || !strings.Contains(answer, "nothing") {
			t.Errorf("want number and sentence of the database, got %s", answer)
		}
	})
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, users, engine.Options{})
		answer := string(ask(t, s, `mutation { executeRaw(query: "SELECT 1") }`, "null"))
		if want := `{"data":null,"errors":[{"message":"Cannot query field 'executeRaw' on type 'Mutation'.`; !strings.HasPrefix(answer, want) {
			t.Errorf("want %s…, got %s", want, answer)
		}
	})
}

// TestBatchAliases: the operations of a batch may have ten times as many root fields as one, whichever way they run.
func TestBatchAliases(t *testing.T) {
	t.Parallel()
	limits := graphql.DefaultLimits()
	limits.Aliases = 2
	connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
		s := deploy(t, c, users, engine.Options{Limits: limits})
		batch := func(n int) []byte {
			return []byte("[" + strings.Repeat(`{"query":"{ a: users { id } b: users { id } }"},`, n-1) + `{"query":"{ a: users { id } b: users { id } }"}]`)
		}
		for name, answer := range map[string]func(context.Context, string, []byte) (int, graphql.Sheets){"at once": s.Answer, "one transaction": s.AnswerTransaction} {
			if status, got := answer(t.Context(), "id", batch(10)); status != http.StatusOK || strings.Contains(string(got.Bytes()), "errors") {
				t.Errorf("%s: %d %s", name, status, got.Bytes())
			}
			const want = `{"errors":[{"message":"The operations of a batch have more than 20 aliases or root fields.","code":3204,"requestId":"id"}]}`
			if status, got := answer(t.Context(), "id", batch(11)); status != http.StatusInternalServerError || string(got.Bytes()) != want {
				t.Errorf("%s: %d %s", name, status, got.Bytes())
			}
		}
	})
}
