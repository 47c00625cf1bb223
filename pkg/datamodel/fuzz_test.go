package datamodel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
)

// FuzzParse feeds any text through the whole room: nothing may panic, and what
// Check lets pass must come back from Render.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "datamodel", "*.txtar"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, datamodel, _ := strings.Cut(string(text), "-- datamodel.prisma --\n")
		datamodel, _, _ = strings.Cut(datamodel, "\n-- ")
		f.Add(datamodel)
	}
	f.Add("type A { a: A @relation(link: [INLINE], name: {a: 1}) a: A @default(value: $x) }")
	f.Fuzz(func(t *testing.T, text string) {
		document, syntax := datamodel.Parse(text)
		if syntax != nil {
			if syntax.Message == "" || syntax.Line < 1 || syntax.Column < 1 {
				t.Fatalf("syntax error %+v", syntax)
			}
			return
		}
		problems := document.Check(all)
		document.Warnings(nil)
		s, err := datamodel.Infer(document, nil)
		if err != nil {
			return
		}
		datamodel.Render(s)
		if _, err := datamodel.Infer(document, s); err != nil {
			t.Fatalf("infer again: %v", err)
		}
		if len(problems) == 0 && len(s.Models) > 0 {
			checkRoundTrip(t, "fuzz", text)
		}
	})
}
