package graphql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

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
	tests := []struct {
		name, query, want string
		code              fault.Code
	}{
		{"bytes", "{ named { name } } #" + strings.Repeat("x", 256<<10), "The query is longer than 262144 bytes.", fault.QueryTooLong},
		{"tokens", "{ " + strings.Repeat("named ", 15_001) + "}", "The query has more than 15000 tokens.", fault.TooManyTokens},
		{"depth", nested(31), "The query is nested deeper than 32 fields.", fault.QueryTooDeep},
		{"depth allowed", nested(29), "", 0},
		{"roots", "{ " + aliases.String() + "}", "The operation has more than 500 aliases or root fields.", fault.TooManyAliases},
		{"aliases", "{ animal { " + strings.ReplaceAll(aliases.String(), "animal", "mate") + "} }", "The operation has more than 500 aliases or root fields.", fault.TooManyAliases},
		{"fragments", bomb.String(), "The query selects more than 50000 fields.", fault.TooManyFields},
		{"directives", "{ named { name " + strings.Repeat("@skip(if: true) ", 101) + "} }", "There are more than 100 directives at one place.", fault.TooManyDirectives},
		{"values", filter.String(), "Value is nested too deeply.", fault.ValueTooDeep},
		{"same key", "{ animal { " + strings.Repeat("name ", 14_000) + "} }", "", 0},
		{"same key below", "{ animal { " + strings.Repeat("mate { name } ", 3_000) + "} }", "", 0},
		{"same key in fragments", "{ animal { ...f } } fragment f on Animal { " + strings.Repeat("... on Animal { mate { name } } ", 1_500) + "}", "", 0},
		{"long value", `{ animal(where: {name: "` + strings.Repeat("x", 300<<10) + `"}) { name } }`, "", 0},
		{"wrong fields in many lines", "{ animal { " + strings.Repeat("nam\n\n\n\n\n\n\n\n\n\n", 14_000) + "} }", "Cannot query field 'nam'", 0},
		{"wrong fields", "{ animal { " + strings.Repeat("nam ", 14_000) + "} }", "Cannot query field 'nam'", 0},
		{"wrong values", "{ animal(where: {ids: [" + strings.Repeat("true ", 14_000) + "]}) { name } }", "String or Int value expected", 0},
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
			case test.want != "" && errs[0].Code != test.code:
				t.Errorf("got code %d, want %d", errs[0].Code, test.code)
			case len(errs) > mostErrors:
				t.Errorf("%d errors", len(errs))
			}
		})
	}
}

// Values are counted as often as their variable is used, in fragments, too.
func TestLimitOfValues(t *testing.T) {
	t.Parallel()
	limits := DefaultLimits()
	limits.Values = 12
	s := zoo(t)
	for _, test := range []struct {
		query, variables string
		refused          bool
	}{
		{`query ($l: [ID!]) { animal(where: {ids: $l}) { name } }`, `{"l": [1,2,3,4,5,6,7,8,9,10,11,12]}`, false},
		{`query ($l: [ID!]) { animal(where: {ids: $l}) { name } }`, `{"l": [1,2,3,4,5,6,7,8,9,10,11,12,13]}`, true},
		{`query ($l: [ID!]) { animal(where: {ids: $l}) { name } b: animal(where: {ids: $l}) { name } }`, `{"l": [1,2,3,4,5,6]}`, false},
		{`query ($l: [ID!]) { animal(where: {ids: $l}) { name } b: animal(where: {ids: $l}) { name } }`, `{"l": [1,2,3,4,5,6,7]}`, true},
		{`query ($l: [ID!]) { ...f ...f ...g } fragment g on Query { ...f } fragment f on Query { animal(where: {ids: $l}) { name } }`, `{"l": [1,2,3,4,5]}`, true},
		{`query ($a: [ID!], $b: [ID!]) { animal(where: {ids: $a}) { name } b: animal(where: {ids: $b}) { name } }`, `{"a": [1,2,3,4,5,6], "b": [1,2,3,4,5,6]}`, false},
		{`query ($a: [ID!], $b: [ID!]) { animal(where: {ids: $a}) { name } b: animal(where: {ids: $b}) { name } }`, `{"a": [1,2,3,4,5,6], "b": [1,2,3,4,5,6,7]}`, true},
		{`query ($w: Match) { animal(where: $w) { name } }`, `{"w": {"near": {"near": {"ids": [1,2,3,4,5,6,7,8,9]}}}}`, false},
		{`query ($w: Match) { animal(where: $w) { name } }`, `{"w": {"near": {"near": {"ids": [1,2,3,4,5,6,7,8,9,10]}}}}`, true},
	} {
		doc, errs := Check(s, test.query, limits)
		if errs != nil {
			t.Fatal(errs)
		}
		op, _ := doc.Operation("")
		_, errs = op.Bind([]byte(test.variables))
		if refused := len(errs) == 1 && errs[0].Code == fault.TooManyValues; refused != test.refused || !refused && errs != nil {
			t.Errorf("%s with %s: got %v", test.query, test.variables, errs)
		}
	}
}
