package cmd

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// TestSeedShares: a mutation with more fields, tokens or bytes than a server takes goes in several
// requests that together are the same fields in their order, each with the fragments it spreads.
func TestSeedShares(t *testing.T) {
	t.Parallel()
	const head = "mutation Fill @d(a: {b: 1}) { # }\n"
	const tail = "\n} # }\n fragment F on User { id }\nfragment G on User { name }"
	many := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, strings.ReplaceAll(field, "ID", "%[1]d"), i)
		}
		return head + b.String() + tail
	}
	for name, c := range map[string]struct {
		text     string
		requests int
	}{
		"short":     {many(300, "cID: create(data: {name: \"ö}\"}) { ...F } "), 1},
		"fields":    {many(301, "cID: create(data: {name: \"ö}\"}) { ...F }\n"), 2},
		"tokens":    {many(10, "cID: create(data: {tags: {set: ["+strings.Repeat("1 ", 4000)+"]}}) { ...F }"), 5},
		"bytes":     {many(3, "cID: create(data: {name: \""+strings.Repeat("x", 100<<10)+"\"}) { ...F }"), 3},
		"one field": {many(1, "cID: create(data: {tags: {set: ["+strings.Repeat("1 ", 40000)+"]}}) { ...F }"), 1},
		"a spread":  {many(400, "cID: create { ...F } ...F "), 1},
		"variables": {strings.Replace(many(400, "cID: create(n: $n) { ...F } "), "Fill", "Fill($n: Int = 1)", 1), 1},
		"query":     {strings.Replace(many(400, "cID: users { ...F } "), "mutation", "query", 1), 1},
	} {
		got, err := splitOperations("seed.graphql", c.text)
		if err != nil || len(got) != c.requests {
			t.Errorf("%s: %d requests, %v; want %d", name, len(got), err, c.requests)
			continue
		}
		var fields []string
		for _, text := range got {
			if !strings.HasPrefix(text, head[:8]) && name != "query" || strings.Contains(text, "fragment G") || strings.Count(text, "fragment F") != 1 {
				t.Errorf("%s: a request is\n%s", name, text[:80])
			}
			fields = append(fields, printFields(t, text)...)
		}
		if diff := cmp.Diff(printFields(t, c.text), fields); diff != "" {
			t.Errorf("%s:\n%.400s", name, diff)
		}
	}
}

// TestSeedSharesFragments: a share has the fragments of its own fields and no others, which a
// server would refuse.
func TestSeedSharesFragments(t *testing.T) {
	t.Parallel()
	text := "mutation { " + strings.Repeat("a: create { ...F }\n", 300) + "b: create { ...G } }\nfragment F on User { id }\nfragment G on User { name }\n"
	got, err := splitOperations("seed.graphql", text)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d, %v", len(got), err)
	}
	if diff := cmp.Diff("mutation { b: create { ...G } }\nfragment G on User { name }\n", got[1]); diff != "" {
		t.Error(diff)
	}
}

// printFields lists the root fields of a text with one operation: alias, name and arguments.
func printFields(t *testing.T, text string) []string {
	t.Helper()
	document, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, selection := range document.Operations[0].SelectionSet {
		if f, ok := selection.(*ast.Field); ok {
			fields = append(fields, f.Alias+" "+f.Name)
			for _, a := range f.Arguments {
				fields = append(fields, a.Name+a.Value.String())
			}
		}
	}
	return fields
}
