package graphql

import (
	"strings"
	"testing"
)

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
