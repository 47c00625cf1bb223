package datamodel_test

import (
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
)

// hostile are texts of one thing over and over. None of them is right.
func hostile(n int) map[string]string {
	again := func(text string) string { return strings.Repeat(text, n) }
	return map[string]string{
		"lists in lists":     "type A { a: " + again("[") + "Int" + again("]") + " }",
		"lists without end":  "type A { a: " + again("["),
		"values in values":   "type A { a: Int @default(value: " + again("[") + again("]") + ") }",
		"objects in objects": "type A { a: Int @default(value: " + again("{a:") + "1" + again("}") + ") }",
		"directives":         "type A { a: Int " + again("@unique ") + "}",
		"arguments":          "type A { a: Int @default(" + again("a: 1 ") + ") }",
		"one type":           again("type A { a: Int } "),
		"one field":          "type A {" + again("a: Int ") + "}",
		"one relation":       "type A { id: ID! @id " + again("a: A ") + "}",
		"one enum":           again("enum A { B } "),
		"one value":          "enum A {" + again(" b") + "}",
		"one rename":         again(`type A @rename(oldName: "A") { a: Int @rename(oldName: "a") } `),
		"long string":        `type A { a: String @default(value: "` + again(`\"`) + `") }`,
		"long name":          "type " + again("A") + " { id: ID! @id } enum A { A a }",
		"comments":           again("#\n"),
		"braces":             again("{"),
		"types without end":  again("type A { a: Int "),
		"quotes":             again(`"`),
		"no text":            again("\x00\xff("),
		"1.0":                again("type A { id: ID! @unique a: A } "),
	}
}

// TestHostile reads texts that ask for as much work as they can; each is refused.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile(20_000) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, syntax := datamodel.Parse(text)
			if syntax != nil {
				if len(syntax.Message) > 10_000 || syntax.Line < 1 || syntax.Column < 1 {
					t.Errorf("a message of %d bytes at %d:%d", len(syntax.Message), syntax.Line, syntax.Column)
				}
				return
			}
			for _, d := range []*datamodel.Document{document, document.After(nil)} {
				if len(d.Check(all)) == 0 {
					t.Error("no problem")
				}
				if s, err := datamodel.Infer(d, nil); err == nil {
					datamodel.Render(s)
				}
			}
			if edits, problems, _ := datamodel.Upgrade(text, all.Features...); len(edits) > 0 && len(problems) > 0 {
				t.Error("upgraded in spite of problems")
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(200_000) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				if document, syntax := datamodel.Parse(text); syntax == nil {
					document.Check(all)
				}
			}
		})
	}
}
