package datamodel_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// all is a connector that can everything and does not tell names by their case.
var all = datamodel.Rules{
	IntIDs: true, UUIDs: true, Sequences: true, FoldedNames: true, Features: schema.Features(), MaxColumns: 64, Decimals: true,
	Names: datamodel.Names{
		Longest: 63, LongestTable: 60, InBytes: true, BasicPlane: true, Columns: []string{"xmin"}, TablesBegin: []string{"sqlite_"},
	},
}

// TestGolden runs testdata/datamodel: a text, maybe the one deployed before,
// and what becomes of it: schema.txt and rendered.prisma, or problems.txt, or
// syntax.txt, or fault.txt.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/datamodel", func(t *testing.T, c *golden.Case) {
		text := c.Get("datamodel.prisma")
		document, syntax := datamodel.Parse(text)
		if syntax != nil {
			c.Want(t, "syntax.txt", fmt.Sprintf("%d:%d %s\n%s\n", syntax.Line, syntax.Column, syntax.Hint, syntax.Message))
			return
		}
		document = document.After(nil)
		switch upgraded, problems := upgraded(t, text); {
		case len(problems) > 0 && len(document.Check(all)) == 0:
			c.Want(t, "upgrade_problems.txt", listed(problems))
		case upgraded != text:
			c.Want(t, "upgraded.prisma", upgraded)
		}
		if problems := document.Check(all); len(problems) > 0 {
			c.Want(t, "problems.txt", listed(problems))
			return
		}
		if warnings := document.Warnings(nil); len(warnings) > 0 {
			c.Want(t, "warnings.txt", listed(warnings))
		}
		var previous *schema.Schema
		if c.Has("previous.prisma") {
			previous = mustInfer(t, c.Get("previous.prisma"), nil)
		}
		s, err := datamodel.Infer(document, previous)
		if err != nil {
			c.Want(t, "fault.txt", err.Error()+"\n")
			return
		}
		c.Want(t, "schema.txt", dump(s))
		if document.Legacy() {
			return // rendered it would be one of 1.1
		}
		c.Want(t, "rendered.prisma", datamodel.Render(s))
		if previous != nil {
			c.Want(t, "kept.txt", kept(s, previous)+renamed(document.Renames(previous)))
			return
		}
		checkRoundTrip(t, c.Name, text)
	})
}

// upgraded returns a datamodel 1.0 as one of 1.1, which has to be free of problems.
func upgraded(t *testing.T, text string) (string, []datamodel.Problem) {
	t.Helper()
	if document, syntax := datamodel.Parse(text); syntax != nil || !document.After(nil).Legacy() {
		return text, nil
	}
	edits, problems, syntax := datamodel.Upgrade(text, all.Features...)
	if syntax != nil || len(problems) > 0 {
		return text, problems
	}
	now := datamodel.Apply(text, edits)
	document, syntax := datamodel.Parse(now)
	if syntax != nil {
		t.Fatalf("%s\n%s", syntax.Message, now)
	}
	if problems := document.Check(all); len(problems) > 0 || document.After(nil).Legacy() {
		t.Errorf("the upgraded text has problems %v\n%s", problems, now)
	}
	return now, nil
}

func listed(problems []datamodel.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		name := p.Type
		if p.Field != "" {
			name += "." + p.Field
		}
		fmt.Fprintf(&b, "%d:%d %s: %s\n", p.Line, p.Column, name, strings.TrimSpace(p.Description))
	}
	return b.String()
}

// kept lists the models that have the stable id of an earlier one.
func kept(next, previous *schema.Schema) string {
	var b strings.Builder
	for _, m := range next.Models {
		for _, old := range previous.Models {
			if old.StableID == m.StableID {
				fmt.Fprintf(&b, "%s was %s\n", m.Name, old.Name)
			}
		}
	}
	return b.String()
}

// renamed lists renames, sorted by kind and new name.
func renamed(r datamodel.Renames) string {
	var b strings.Builder
	list := func(kind string, names map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			fmt.Fprintf(&b, "%s %s from %s\n", kind, name, names[name])
		}
	}
	list("model", r.Models)
	for _, model := range slices.Sorted(maps.Keys(r.Fields)) {
		list("field "+model, r.Fields[model])
	}
	list("enum", r.Enums)
	list("relation", r.Relations)
	return b.String()
}
