package graphql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/scalar"
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

// show prints an input on one line.
func show(i Input) string {
	switch i.Kind {
	case Absent:
		return "absent"
	case NullInput:
		return "null"
	case Leaf:
		return i.Value.Type.String() + ":" + i.Value.String()
	case List:
		items := make([]string, len(i.Items))
		for n, item := range i.Items {
			items[n] = show(item)
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	fields := make([]string, len(i.Fields))
	for n, f := range i.Fields {
		fields[n] = f.Name + "=" + show(f.Value)
	}
	return "{" + strings.Join(fields, " ") + "}"
}

func TestCoercion(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	tests := []struct {
		literal, json string // of argument where; "" is left out
		want          string // the input, or the reason of the error
	}{
		{`{name: "x"}`, `{"name":"x"}`, `{name=String:x diet=Enum:PLANTS}`},
		{`{diet: MEAT, name: null}`, `{"diet":"MEAT","name":null}`, `{diet=Enum:MEAT name=null}`},
		{`{diet: null, ids: 1}`, `{"diet":null,"ids":1}`, `{diet=null ids=[ID:1]}`},
		{`{diet: null, ids: ["a", 2]}`, `{"diet":null,"ids":["a",2]}`, `{diet=null ids=[ID:a ID:2]}`},
		{`{diet: null, ids: []}`, `{"diet":null,"ids":[]}`, `{diet=null ids=[]}`},
		{`{diet: null, all: {diet: null}}`, `{"diet":null,"all":{"diet":null}}`, `{diet=null all=[{diet=null}]}`},
		{`{diet: null, age: 2147483647}`, `{"diet":null,"age":2147483647.0}`, `{diet=null age=Int:2147483647}`},
		{`{diet: null, weight: 1}`, `{"diet":null,"weight":1e0}`, `{diet=null weight=Float:1}`},
		{`{diet: null, born: "2016"}`, `{"diet":null,"born":"2016"}`, `{diet=null born=DateTime:2016-01-01T00:00:00.000Z}`},
		{`{diet: null, tag: "1-2-3-4-A"}`, `{"diet":null,"tag":"1-2-3-4-A"}`, `{diet=null tag=UUID:00000001-0002-0003-0004-00000000000a}`},
		{`{diet: null, extra: "{\"a\": [1, 2]}"}`, `{"diet":null,"extra":{"a": [1, 2]}}`, `{diet=null extra=Json:{"a":[1,2]}}`},
		{`{diet: null, tame: true}`, `{"diet":null,"tame":true}`, `{diet=null tame=Boolean:true}`},
		{``, `{"name":"é\u00e9\n","diet":null}`, "{name=String:éé\n diet=null}"},
		{``, `{"name":"x","diet":null,"name":"y"}`, `{name=String:y diet=null}`},

		{`{age: 2147483648}`, `{"age":2147483648}`, `Reason: 'age' Value is too big to fit in Int`},
		{`{age: 1.0}`, `{"age":1.5}`, `Reason: 'age' Int value expected`},
		{`{ids: [null]}`, `{"ids":[null]}`, `Reason: 'ids[0]' Expected non-null value, found null.`},
		{`{near: {near: {age: "1"}}}`, `{"near":{"near":{"age":"1"}}}`, `Reason: 'near.near.age' Int value expected`},
		{`{all: [{}, {diet: BUGS}]}`, `{"all":[{},{"diet":"BUGS"}]}`, `Reason: 'all[0].diet' Enum value 'BUGS' is undefined in enum type 'Diet'. Known values are: PLANTS, MEAT.`},
		{`{diet: "MEAT"}`, `{"diet":1}`, `Reason: 'diet' Enum value expected`},
		{`{force: true}`, `{"force":true}`, `Reason: 'force' Field 'force' is not defined in the input type 'Match'.`},
		{`3`, `3`, `Reason: Expected 'Match', found not an object.`},
		{`{born: "yesterday"}`, `{"born":5}`, `Reason: 'born' Date value expected`},
		{`{tag: "x"}`, `{"tag":true}`, `Reason: 'tag' This is not a valid type 4 UUID.`},
		{`{extra: {a: 1}}`, `{"extra":"{}"}`, `Reason: 'extra' Not valid JSON`},
		{`{extra: "5"}`, `{"extra":5}`, `Reason: 'extra' Not valid JSON`},
		{`{tame: 1}`, `{"tame":"true"}`, `Reason: 'tame' Boolean value expected`},
		{`{weight: "1"}`, `{"weight":"1"}`, `Reason: 'weight' Float or Int value expected`},
		{`{name: 1}`, `{"name":1}`, `Reason: 'name' String value expected`},
		{`{ids: [true]}`, `{"ids":[1.5]}`, `Reason: 'ids[0]' String or Int value expected`},
	}
	for _, test := range tests {
		if test.literal != "" {
			check(t, s, test.want, fmt.Sprintf(`{ animal(where: %s) { name } }`, test.literal), "")
		}
		check(t, s, test.want, `query($w: Match) { animal(where: $w) { name } }`, `{"w":`+test.json+`}`)
	}
}

// check compares the argument where, or the reason why there is none.
func check(t *testing.T, s *Schema, want, query, variables string) {
	t.Helper()
	sel, errs := bind(s, query, variables)
	if len(errs) > 0 {
		if !strings.Contains(errs[0].Message, want) {
			t.Errorf("%s %s\ngot error %s\nwant %s", query, variables, errs[0].Message, want)
		}
		return
	}
	if got := show(sel.Fields()[0].Argument("where")); got != want {
		t.Errorf("%s %s\ngot  %s\nwant %s", query, variables, got, want)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	tests := []struct{ query, variables, want string }{
		{`query($n: String) { animal(where: {name: $n, diet: null}) { name } }`, ``, `{diet=null}`},
		{`query($n: String) { animal(where: {name: $n, diet: null}) { name } }`, `{"n":null}`, `{name=null diet=null}`},
		{`query($n: String = "d") { animal(where: {name: $n, diet: null}) { name } }`, `{}`, `{name=String:d diet=null}`},
		{`query($n: ID!) { animal(where: {ids: [$n, 5], diet: null}) { name } }`, `{"n":7}`, `{ids=[ID:7 ID:5] diet=null}`},
		{`query($w: Match) { animal(where: $w) { name } }`, ``, `absent`},
		{`query($w: Match) { animal(where: $w) { name } }`, `{"w":null}`, `null`},
		{`query($w: Match!) { animal(where: $w) { name } }`, ``,
			"Variable '$w' expected value of type 'Match!' but value is undefined. Reason: Expected non-null value, found null. (line 1, column 7):"},
		{`query($w: Match!) { animal(where: $w) { name } }`, `{"w": [ 1 ]}`,
			"Variable '$w' expected value of type 'Match!' but got: [1]. Reason: Expected 'Match', found not an object."},
		{`query($n: ID = 4) { a: needed(id: $n) animal { name } }`, `{"n":null}`, "Reason: Expected non-null value, found null."},
		{`query($w: Int) { animal(where: $w) { name } }`, ``, "Variable '$w' of type 'Int' used in position expecting type 'Match'."},
		{`query($w: Match) { animal { name } }`, ``, "Variable '$w' is not used in operation."},
		{`query { animal(where: $w) { name } }`, ``, "Variable '$w' is not defined"},
		{`{ animal { name } }`, `[]`, "JsError.get"},
		{`{ animal { name } }`, `{"a":`, "JsError.get"},
	}
	for _, test := range tests {
		check(t, s, test.want, test.query, test.variables)
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	tests := []struct{ query, want string }{
		{`{ animal { nam } }`, "Cannot query field 'nam' on type 'Animal'. Did you mean 'name'? (line 1, column 12):\n{ animal { nam } }\n           ^"},
		{`{ animal(wher: 1) { name } }`, "Unknown argument 'wher' on field 'animal' of type 'Query'."},
		{`{ needed }`, "Field 'needed' argument 'id' of type 'ID!' is required but not provided."},
		{`{ animal }`, "Field 'animal' of type 'Animal' must have a sub selection."},
		{`{ animal { name { x } } }`, "Field 'name' of type 'String' must not have a sub selection."},
		{`{ animal { ...f } }`, "Unknown fragment 'f'."},
		{`{ animal { name } } fragment f on Animal { name }`, "Fragment 'f' is not used."},
		{`{ animal { ... on Keeper { name } } }`, "Fragment cannot be spread here as objects of type 'Animal' can never be of type 'Keeper'."},
		{`{ strict(data: {}) }`, "Argument 'data' expected type 'Strict!' but got: {}. Reason: 'name' Expected non-null value, found null. (line 1, column 16):"},
		{`{ a: animal { name } a: animals { name } }`, "Field 'a' conflict because they return conflicting types 'Animal' and '[Animal!]'."},
		{`{ animal { x: name x: diet } }`, "Field 'x' conflict because"},
		{`{ animals(first: 1) { name } animals(first: 2) { name } }`, "Field 'animals' conflict because they have differing arguments."},
		{`{ named { ... on Animal { x: mate { name } } ... on Keeper { x: age } } }`, "conflicting types"},
		{`{ animal { mate { ...a ...b } } } fragment a on Animal { p: parents(first: 1) { name } } fragment b on Animal { p: parents { name } }`, "Field 'p' conflict"},
		{`subscription { animal { name } }`, ""},
		{`{ named { ... on Animal { x: name } ... on Keeper { x: name } name ... on Named { n: name } } }`, ""},
		{`{ animal { ...f } } fragment f on Animal { mate { ...f } }`, "Cannot spread fragment 'f' within itself"},
		{`{ a`, "Syntax error while parsing GraphQL query. "},
		{``, "Syntax error while parsing GraphQL query. "},
	}
	for _, test := range tests {
		_, errs := Check(s, test.query, DefaultLimits())
		switch {
		case test.want == "" && len(errs) > 0:
			t.Errorf("%s: %v", test.query, errs)
		case test.want != "" && len(errs) == 0:
			t.Errorf("%s: no error, want %s", test.query, test.want)
		case test.want != "" && !strings.Contains(errs.Error(), test.want):
			t.Errorf("%s\ngot  %s\nwant %s", test.query, errs, test.want)
		case test.want != "" && errs.Syntax() != strings.HasPrefix(test.want, "Syntax"):
			t.Errorf("%s: syntax error is %v", test.query, errs.Syntax())
		}
	}
}

func TestOperation(t *testing.T) {
	t.Parallel()
	doc, errs := Check(zoo(t), `query A { named { name } } mutation B { rest }`, DefaultLimits())
	if errs != nil {
		t.Fatal(errs)
	}
	for name, want := range map[string]string{
		"": "Must provide operation name if query contains multiple operations", "C": "Unknown operation name 'C'",
	} {
		if _, err := doc.Operation(name); err == nil || err.Message != want {
			t.Errorf("operation %q: %v, want %s", name, err, want)
		}
	}
	if op, err := doc.Operation("B"); err != nil || op.Kind != Mutation {
		t.Errorf("operation B: %+v %v", op, err)
	}
}

// keys prints a selection as nested keys.
func keys(fields []Field, typeName string) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Key)
		if f.HasSelection() {
			b.WriteString("{" + keys(f.Fields(typeName), typeName) + "}")
		}
	}
	return b.String()
}

func TestSelection(t *testing.T) {
	t.Parallel()
	tests := []struct{ query, variables, want string }{
		{`{ animal { name b: diet name mate { name } mate { diet } } }`, ``, `animal{name b mate{name diet}}`},
		{`{ ...q } fragment q on Query { animal { ...a ...a ... on Named { n: name } } } fragment a on Animal { diet }`, ``, `animal{diet n}`},
		{`query($no: Boolean!) { animal { name @skip(if: $no) diet @include(if: $no) ... @skip(if: true) { old } } }`, `{"no":true}`, `animal{diet}`},
		{`{ named { ... on Keeper { age } ... on Animal { diet } __typename } }`, ``, `named{diet __typename}`},
	}
	for _, test := range tests {
		sel, errs := bind(zoo(t), test.query, test.variables)
		if errs != nil {
			t.Errorf("%s: %v", test.query, errs)
			continue
		}
		if got := keys(sel.Fields(), "Animal"); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.query, got, test.want)
		}
	}
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
		{``, ``, false, ErrJSON},
	}
	for _, test := range tests {
		requests, batch, err := Decode([]byte(test.body))
		var got strings.Builder
		for _, r := range requests {
			fmt.Fprintf(&got, "%s|%s|%s;", r.Query, r.OperationName, r.Variables)
		}
		if got.String() != test.want || batch != test.batch || !errors.Is(err, test.err) {
			t.Errorf("%s: got %q %v %v, want %q %v %v", test.body, got.String(), batch, err, test.want, test.batch, test.err)
		}
	}
}

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

func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		return `{ animal ` + strings.Repeat("{ mate ", n) + "{ name }" + strings.Repeat("}", n) + "}"
	}
	var aliases, bomb, filter strings.Builder
	for i := range 501 {
		fmt.Fprintf(&aliases, "a%d: animal { name } ", i)
	}
	bomb.WriteString(`{ animal { ...f0 } } `)
	for i := range 28 {
		fmt.Fprintf(&bomb, "fragment f%d on Animal { a: mate { ...f%d } b: mate { ...f%d } } ", i, i+1, i+1)
	}
	bomb.WriteString(`fragment f28 on Animal { name }`)
	filter.WriteString(`{ animal(where: ` + strings.Repeat("{near: ", 101) + "{}" + strings.Repeat("}", 101) + ") { name } }")
	tests := []struct{ name, query, want string }{
		{"bytes", "{ named { name } } #" + strings.Repeat("x", 1<<20), "The query is longer than 1048576 bytes."},
		{"tokens", "{ " + strings.Repeat("named ", 15_001) + "}", "The query has more than 15000 tokens."},
		{"depth", nested(31), "The query is nested deeper than 32 fields."},
		{"depth allowed", nested(29), ""},
		{"roots", "{ " + aliases.String() + "}", "The operation has more than 500 root fields."},
		{"fragments", bomb.String(), "The query selects more than 50000 fields."},
		{"directives", "{ named { name " + strings.Repeat("@skip(if: true) ", 101) + "} }", "There are more than 100 directives at one place."},
		{"values", filter.String(), "Value is nested too deeply."},
		{"same key", "{ animal { " + strings.Repeat("name ", 14_000) + "} }", ""},
		{"same key below", "{ animal { " + strings.Repeat("mate { name } ", 3_000) + "} }", ""},
		{"same key in fragments", "{ animal { ...f } } fragment f on Animal { " + strings.Repeat("... on Animal { mate { name } } ", 1_500) + "}", ""},
		{"long value", `{ animal(where: {name: "` + strings.Repeat("x", 300<<10) + `"}) { name } }`, ""},
		{"wrong fields in many lines", "{ animal { " + strings.Repeat("nam\n\n\n\n\n\n\n\n\n\n", 14_000) + "} }", "Cannot query field 'nam'"},
		{"wrong fields", "{ animal { " + strings.Repeat("nam ", 14_000) + "} }", "Cannot query field 'nam'"},
		{"wrong values", "{ animal(where: {ids: [" + strings.Repeat("true ", 14_000) + "]}) { name } }", "String or Int value expected"},
	}
	s := zoo(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			_, errs := Check(s, test.query, DefaultLimits())
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
			switch {
			case test.want == "" && errs != nil:
				t.Errorf("got %v", errs[0].Message)
			case test.want != "" && (len(errs) == 0 || !strings.Contains(errs[0].Message, test.want)):
				t.Errorf("got %.300v, want %s", errs, test.want)
			case len(errs) > mostErrors:
				t.Errorf("%d errors", len(errs))
			}
		})
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

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{ animal { name } }`, `query($w: Match) { animal(where: $w) { ...f } } fragment f on Animal { mate { ...f } }`,
		`{ a: animal(where: {near: {ids: [1, null]}}) { name @skip(if: true) } }`, `mutation { feed(name: """x""") { name } }`, `{ __schema { types { name } } }`} {
		f.Add(seed)
	}
	s := zoo(f)
	f.Fuzz(func(t *testing.T, query string) {
		doc, errs := Check(s, query, DefaultLimits())
		if len(errs) > 0 {
			AppendErrors(nil, errs)
			return
		}
		for _, definition := range doc.document.Operations {
			sel, errs := doc.operation(definition).Bind(nil)
			if errs == nil {
				visit(sel.Fields())
			}
		}
	})
}

func FuzzBind(f *testing.F) {
	for _, seed := range []string{`{"w":{"name":"x"}}`, `{"w":{"all":[{"ids":["1",2]}],"extra":{"a":[1]}}}`, `{"w":null}`, `[]`, ``} {
		f.Add([]byte(seed))
	}
	doc, errs := Check(zoo(f), `query($w: Match, $s: Strict!, $n: Int = 1) { animal(where: $w) { name } strict(data: $s) animals(first: $n) { name } }`, DefaultLimits())
	if errs != nil {
		f.Fatal(errs)
	}
	f.Fuzz(func(t *testing.T, variables []byte) {
		op, _ := doc.Operation("")
		sel, errs := op.Bind(variables)
		if errs == nil {
			visit(sel.Fields())
		}
	})
}

// visit reads everything of a selection.
func visit(fields []Field) {
	for _, f := range fields {
		for _, name := range []string{"where", "data", "first", "name", "id"} {
			f.Argument(name)
		}
		visit(f.Fields("Animal"))
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

// TestIntrospectionBound asks for more than any client needs.
func TestIntrospectionBound(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	sel, errs := bind(s, `{ __schema { types { fields { name args { name } } } } }`, "")
	if errs != nil {
		t.Fatal(errs)
	}
	whole := s.introspect(sel.Fields()[0], mostIntrospection)
	if got := s.introspect(sel.Fields()[0], len(whole)/2); string(got) != "null" {
		t.Errorf("got %d bytes of %d", len(got), len(whole))
	}
}

// TestIntrospectionCache asks from several goroutines; answers belong to their document.
func TestIntrospectionCache(t *testing.T) {
	t.Parallel()
	s := zoo(t)
	cache := NewCache(s, DefaultLimits(), 10)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			name := []string{"Diet", "Animal", "Keeper"}[i%3]
			doc, _ := cache.Document(`{ __type(name: "` + name + `") { name } }`)
			op, _ := doc.Operation("")
			sel, _ := op.Bind(nil)
			if got, want := string(s.Introspect(sel.Fields()[0])), `{"name":"`+name+`"}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	wg.Wait()
}
