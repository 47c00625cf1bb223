package graphql

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

const zooText = `
scalar DateTime
scalar Json
scalar UUID
"What an animal eats."
enum Diet { PLANTS MEAT @deprecated(reason: "too dear") }
interface Named { name: String! }
type Animal implements Named { name: String! diet: Diet mate: Animal parents(first: Int = 2): [Animal!]! old: Int @deprecated }
type Keeper implements Named { name: String! age: Int! }
input Match { name: String, diet: Diet = PLANTS, ids: [ID!], near: Match, all: [Match!], age: Int, weight: Float, born: DateTime, tag: UUID, extra: Json, tame: Boolean }
input Strict { name: String!, count: Int! = 3 }
type Query { animal(where: Match): Animal animals(first: Int): [Animal!] named: [Named!] strict(data: Strict!): String needed(id: ID!): String }
type Mutation { feed(name: String!): Animal! rest: Boolean }
type Subscription { animal: Animal }
`

func zoo(t testing.TB) *Schema {
	t.Helper()
	s, err := ParseSchema("zoo", zooText)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bind checks a query and binds variables; errors come from either.
func bind(s *Schema, query, variables string) (*Selection, Errors) {
	doc, errs := Check(s, query, DefaultLimits())
	if len(errs) > 0 {
		return nil, errs
	}
	op, err := doc.Operation("")
	if err != nil {
		return nil, Errors{err}
	}
	return op.Bind([]byte(variables))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body, want string
		batch      bool
		err        error
	}{
		{`{"query":"{a}","variables":{"x":1},"operationName":"A","extra":[1]}`, `{a}|A|{"x":1};`, false, nil},
		{` {"variables":null,"query":null} `, `||;`, false, nil},
		{`[{"query":"a"},{"query":"b\n"}]`, "a||;b\n||;", true, nil},
		{`[]`, ``, true, nil},
		{`"x"`, ``, false, ErrMalformed},
		{`[1]`, ``, true, ErrElement},
		{`{"variables":"{}"}`, `||;`, false, ErrEnvelope},
		{`{"query":1}`, `||;`, false, ErrEnvelope},
		{`{"query":`, ``, false, ErrJSON},
		{`[{},{},{},{}]`, `||;||;||;`, true, nil},
		{``, ``, false, ErrJSON},
	}
	for _, test := range tests {
		requests, batch, err := Decode([]byte(test.body), 3)
		var got strings.Builder
		for _, r := range requests {
			fmt.Fprintf(&got, "%s|%s|%s;", r.Query, r.OperationName, r.Variables)
		}
		if got.String() != test.want || batch != test.batch || !errors.Is(err, test.err) && fault.CodeOf(err) != fault.BatchTooLong {
			t.Errorf("%s: got %q %v %v, want %q %v %v", test.body, got.String(), batch, err, test.want, test.batch, test.err)
		}
	}
}

func TestCache(t *testing.T) {
	t.Parallel()
	c := NewCache(zoo(t), DefaultLimits(), 2)
	first, _ := c.Document(`{ named { name } }`)
	for i := range 3 {
		if _, errs := c.Document(fmt.Sprintf(`{ a%d: named { name } }`, i/2)); errs != nil {
			t.Fatal(errs)
		}
	}
	if again, _ := c.Document(`{ named { name } }`); again == first {
		t.Error("the cache kept more documents than its size")
	}
	one, _ := c.Document(`{ a1: named { name } }`)
	if two, _ := c.Document(`{ a1: named { name } }`); one != two {
		t.Error("the cache checked a text twice")
	}
}

func BenchmarkBind(b *testing.B) {
	cache := NewCache(zoo(b), DefaultLimits(), 10)
	for b.Loop() {
		doc, _ := cache.Document(`query($w: Match) { animal(where: $w) { name mate { name } } }`)
		op, _ := doc.Operation("")
		sel, errs := op.Bind([]byte(`{"w":{"name":"x","all":[{"ids":["a","b"]}]}}`))
		if errs != nil {
			b.Fatal(errs)
		}
		sel.Fields()[0].Argument("where")
	}
}
