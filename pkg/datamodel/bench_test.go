package datamodel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
)

// large are datamodels of ten thousand fields in different shapes.
var large = map[string]func() string{
	"one model":       func() string { return models(1, 10_000, "f%[2]d: String") },
	"hundred models":  func() string { return models(100, 100, "f%[2]d: String @default(value: \"x\")") },
	"thousand models": func() string { return models(1000, 10, "f%[2]d: Int @unique") },
	"lists":           func() string { return models(100, 100, "f%[2]d: [Int] @scalarList(strategy: RELATION)") },
	"relations":       func() string { return models(100, 100, "f%[2]d: M%[2]d @relation(name: \"R%[1]d_%[2]d\")") },
	"one relation":    func() string { return models(2, 5_000, "f%[2]d: M%[1]d @relation(name: \"R%[1]d_%[2]d\")") },
	"one enum": func() string {
		return "type M { id: ID! @id, e: E }\n" + strings.Replace(models(1, 10_000, "V%[2]d"), "type M0 {\n  id: ID! @id", "enum E {", 1)
	},
}

// models writes n models with so many fields each; field gets the numbers of model and field.
func models(n, fields int, field string) string {
	var b strings.Builder
	for m := range n {
		fmt.Fprintf(&b, "type M%d {\n  id: ID! @id\n", m)
		for f := range fields {
			fmt.Fprintf(&b, "  "+field+"\n", m, f)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// BenchmarkLarge reads, checks, infers and renders ten thousand fields.
func BenchmarkLarge(b *testing.B) {
	for name, text := range large {
		text := text()
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				document, syntax := datamodel.Parse(text)
				if syntax != nil {
					b.Fatal(syntax)
				}
				if problems := document.Check(postgres); len(problems) > 0 {
					b.Fatalf("%+v", problems[0])
				}
				s, err := datamodel.Infer(document, nil)
				if err != nil {
					b.Fatal(err)
				}
				datamodel.Render(s)
			}
		})
	}
}
