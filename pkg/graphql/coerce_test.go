package graphql

import (
	"fmt"
	"strings"
	"testing"
)

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
