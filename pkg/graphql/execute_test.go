package graphql

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

func animal(name string) Record {
	return Record{Type: "Animal", Values: map[string]any{"name": name, "diet": "PLANTS"}}
}

func TestExecute(t *testing.T) {
	t.Parallel()
	calls := 0
	root := Functions{Type: "Root", Fields: map[string]func(context.Context, Field) (any, error){
		"animal": func(_ context.Context, f Field) (any, error) {
			if f.Argument("where").Field("name").IsNull() {
				return nil, fault.New(3040, "which one?")
			}
			return animal(f.Argument("where").Field("name").Value.Text), nil
		},
		"animals": func(context.Context, Field) (any, error) {
			return []any{animal("a"), Record{Type: "Animal"}}, nil
		},
		"named": func(context.Context, Field) (any, error) {
			return []any{animal("a"), Record{Type: "Keeper", Values: map[string]any{"name": "k", "age": scalar.OfInt(30)}}}, nil
		},
		"feed": func(context.Context, Field) (any, error) { return nil, errors.New("database on fire") },
		"rest": func(context.Context, Field) (any, error) { calls++; return true, nil },
	}}
	tests := []struct{ query, want string }{
		{`{ named { __typename name ... on Keeper { age } } }`, `{"data":{"named":[{"__typename":"Animal","name":"a"},{"__typename":"Keeper","name":"k","age":30}]}}`},
		{`{ a: animal(where: {name: "x"}) { n: name diet mate { name } } __typename }`, `{"data":{"a":{"n":"x","diet":"PLANTS","mate":null},"__typename":"Root"}}`},
		{`{ animal { name } }`, `{"data":{"animal":null},"errors":[{"message":"which one?","path":["animal"],"locations":[{"line":1,"column":3}],"code":3040,"requestId":"r1"}]}`},
		{`{ animals { name } }`, `{"data":{"animals":null},"errors":[{"message":"Whoops. Looks like an internal server error. Search your server logs for request ID: r1","path":["animals",1,"name"],"locations":[{"line":1,"column":13}],"requestId":"r1"}]}`},
		{`mutation { feed(name: "x") { name } rest }`, `{"data":null,"errors":[{"message":"Whoops. Looks like an internal server error. Search your server logs for request ID: r1","path":["feed"],"locations":[{"line":1,"column":12}],"requestId":"r1"}]}`},
		{`{ __type(name: "Diet") { description enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } none: __type(name: "X") { name } }`,
			`{"data":{"__type":{"description":"What an animal eats.","enumValues":[{"name":"PLANTS","isDeprecated":false,"deprecationReason":null},{"name":"MEAT","isDeprecated":true,"deprecationReason":"too dear"}]},"none":null}}`},
		{`{ __type(name: "Animal") { kind interfaces { name } fields { name args { name defaultValue type { kind name } } type { kind ofType { kind ofType { kind ofType { name } } } } } } }`,
			`{"data":{"__type":{"kind":"OBJECT","interfaces":[{"name":"Named"}],"fields":[{"name":"name","args":[],"type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","ofType":null}}},{"name":"diet","args":[],"type":{"kind":"ENUM","ofType":null}},{"name":"mate","args":[],"type":{"kind":"OBJECT","ofType":null}},{"name":"parents","args":[{"name":"first","defaultValue":"2","type":{"kind":"SCALAR","name":"Int"}}],"type":{"kind":"NON_NULL","ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"name":"Animal"}}}}}]}}}`},
		{`{ __schema { queryType { name } mutationType { name } subscriptionType { name } directives { name args { name } } } }`,
			`{"data":{"__schema":{"queryType":{"name":"Query"},"mutationType":{"name":"Mutation"},"subscriptionType":{"name":"Subscription"},"directives":[{"name":"deprecated","args":[{"name":"reason"}]},{"name":"include","args":[{"name":"if"}]},{"name":"skip","args":[{"name":"if"}]}]}}}`},
	}
	for _, test := range tests {
		sel, errs := bind(zoo(t), test.query, "")
		if errs != nil {
			t.Errorf("%s: %v", test.query, errs)
			continue
		}
		data, errs := Execute(t.Context(), sel, root, func(err error) *Error { return Failure(err, "r1") })
		if diff := cmp.Diff(test.want, string(AppendAnswer(nil, data, errs))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.query, diff)
		}
	}
	if calls != 0 {
		t.Error("a mutation field ran after one that must not be null failed")
	}
}

// TestIntrospectionBound asks for more than a request may get, at once and bit by bit.
func TestIntrospectionBound(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	const types = `__schema { types { fields { name args { name } } } }`
	sel, errs := bind(s, "{ a: "+types+" b: "+types+" c: __type(name: \"Diet\") { name } }", "")
	if errs != nil {
		t.Fatal(errs)
	}
	fields := sel.Fields()
	whole, _ := s.introspect(fields[0], 1<<20)
	for _, test := range []struct {
		most int
		want string
	}{{0, "000"}, {whole.Len() - 1, "000"}, {whole.Len(), "100"}, {2*whole.Len() - 1, "100"}, {2 * whole.Len(), "110"}, {1 << 20, "111"}} {
		sel.Allow(NewAllowance(test.most))
		got := ""
		for _, f := range fields {
			_, err := s.Introspect(f)
			if err != nil && fault.CodeOf(err) != fault.TooMuchSchema {
				t.Errorf("got %v", err)
			}
			got += map[bool]string{true: "1", false: "0"}[err == nil]
		}
		if got != test.want {
			t.Errorf("with %d bytes, of which each answer takes %d, got %s, want %s", test.most, whole.Len(), got, test.want)
		}
	}
}

// TestIntrospections asks from several goroutines for answers of two schemas that
// share a place: each belongs to its schema, its document and its field, and
// there are never more than fit.
func TestIntrospections(t *testing.T) {
	t.Parallel()
	shared := NewIntrospections(500)
	schemas := []*Schema{zoo(t), zoo(t)}
	var caches []*Cache
	for _, s := range schemas {
		s.KeepAnswers(shared)
		caches = append(caches, NewCache(s, DefaultLimits(), 10))
	}
	var wg sync.WaitGroup
	for i := range 48 {
		wg.Go(func() {
			name := []string{"Diet", "Animal", "Keeper"}[i%3]
			doc, _ := caches[i%2].Document(`{ __type(name: "` + name + `") { name } kind: __type(name: "` + name + `") { kind } }`)
			op, _ := doc.Operation("")
			sel, _ := op.Bind(nil)
			got, err := schemas[i%2].Introspect(sel.Fields()[0])
			if want := `{"name":"` + name + `"}`; string(got.Bytes()) != want || err != nil {
				t.Errorf("got %s, %v, want %s", got.Bytes(), err, want)
			}
			if got, _ := schemas[i%2].Introspect(sel.Fields()[1]); !strings.HasPrefix(string(got.Bytes()), `{"kind":"`) {
				t.Errorf("got %s", got.Bytes())
			}
		})
	}
	wg.Wait()
	var size int
	for _, entry := range shared.entries {
		kept := entry.Value.(keptAnswer)
		size += len(kept.key.text) + kept.answer.Len()
	}
	if size != shared.size || size > 500 || len(shared.entries) < 2 || len(shared.entries) != shared.recent.Len() {
		t.Errorf("%d entries of %d bytes, counted as %d", len(shared.entries), size, shared.size)
	}
}
