package graphql

import (
	"testing"
)

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
