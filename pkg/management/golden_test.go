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

// TestAnswers sends the requests of testdata/management, n.graphql with
// n.json as variables, and compares the answers with n.out. A request with the
// variable "types" but without value takes the section n.prisma.
func TestAnswers(t *testing.T) {
	golden.Each(t, "testdata/management", func(t *testing.T, c *golden.Case) {
		connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
			m, err := New(t.Context(), db, Options{Version: "1.35.0", Commit: "abc"})
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; c.Has(fmt.Sprintf("%d.graphql", n)); n++ {
				c.Want(t, fmt.Sprintf("%d.out", n), ask(t, m, request(t, c, n)))
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
	if types := section("prisma"); types != "" {
		variables["types"] = types
	}
	body, err := json.Marshal(map[string]any{"query": section("graphql"), "variables": variables})
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
