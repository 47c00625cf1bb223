package opencrud_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// fifty is the schema of 50 models with twelve scalars and two relations each.
func fifty(b *testing.B) *schema.Schema {
	b.Helper()
	var text strings.Builder
	for i := range 50 {
		fmt.Fprintf(&text, "type M%d {\n id: ID! @id\n", i)
		for j, t := range []string{"String", "Int", "Float", "Boolean", "DateTime", "Json", "String!", "Int!", "Float!", "String", "E"} {
			fmt.Fprintf(&text, " f%d: %s\n", j, t)
		}
		fmt.Fprintf(&text, " l: [String] @scalarList(strategy: RELATION)\n next: M%d @relation(name: \"R%d\", link: INLINE)\n", (i+1)%50, i)
		fmt.Fprintf(&text, " previous: [M%d] @relation(name: \"R%d\")\n}\n", (i+49)%50, (i+49)%50)
	}
	text.WriteString("enum E { A B C }\n")
	doc, syntax := datamodel.Parse(text.String())
	if syntax != nil {
		b.Fatal(syntax)
	}
	s, err := datamodel.Infer(doc, nil)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkNew(b *testing.B) {
	s := fifty(b)
	for b.Loop() {
		if _, err := opencrud.New(s, opencrud.Capabilities{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIntrospect(b *testing.B) {
	a, err := opencrud.New(fifty(b), opencrud.Capabilities{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if len(introspect(a.Schema)) == 0 {
			b.Fatal("no answer")
		}
	}
}
