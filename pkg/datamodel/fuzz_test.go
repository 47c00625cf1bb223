package datamodel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/schema"
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
		checkUpgraded(t, document, text)
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
		if len(problems) == 0 && len(s.Models) > 0 && utf8.ValidString(text) {
			checkRoundTrip(t, "fuzz", text)
		}
	})
}

// checkUpgraded upgrades a text that is datamodel 1.0: what comes out is 1.1 without
// problems and means the same, but that what was hidden is written.
func checkUpgraded(t *testing.T, document *datamodel.Document, text string) {
	t.Helper()
	read := document.After(nil)
	if !utf8.ValidString(text) || !read.Legacy() || len(read.Check(all)) > 0 {
		return
	}
	before, err := datamodel.Infer(read, nil)
	if err != nil {
		return
	}
	now, problems := upgraded(t, text)
	if len(problems) > 0 {
		return // names that are too long for 1.1, or tables too many
	}
	after := mustInfer(t, now, before)
	if want, got := tablesOf(before), tablesOf(after); want != got {
		t.Errorf("tables of 1.0:\n%s\nof 1.1:\n%s\n%s", want, got, now)
	}
}

// tablesOf lists tables, columns and links, in no order.
func tablesOf(s *schema.Schema) string {
	var lines []string
	for _, m := range s.Models {
		for _, f := range m.Fields {
			if !f.IsRelation() {
				lines = append(lines, fmt.Sprint(m.Table(), f.Column(), f.Type, f.List, f.Required, f.Unique, f.Default, f.IsID(), f.IsCreatedAt(), f.IsUpdatedAt()))
			}
		}
	}
	for _, r := range s.Relations {
		lines = append(lines, fmt.Sprint(r.Table(), r.ModelA.Name, r.ModelB.Name, r.OnDeleteA, r.OnDeleteB, r.Column(schema.SideA), r.Column(schema.SideB)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
