package datamodel_test

import (
	"fmt"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// dump writes all that a schema says (but stable ids) for a reader and for comparing.
func dump(s *schema.Schema) string {
	var b strings.Builder
	for _, m := range s.Models {
		b.WriteString("model " + m.Name)
		if m.DBName != "" {
			b.WriteString(" table " + m.DBName)
		}
		b.WriteString("\n")
		for _, f := range m.Fields {
			b.WriteString("  " + dumpField(f) + "\n")
		}
		for _, u := range m.Uniques {
			b.WriteString("  unique " + strings.Join(u.Columns(), " ") + " as " + u.Name + "\n")
		}
		if len(m.FullText) > 0 {
			b.WriteString("  full text " + strings.Join(m.FullTextColumns(), " ") + "\n")
		}
	}
	for _, r := range s.Relations {
		b.WriteString(dumpRelation(r) + "\n")
	}
	for _, e := range s.Enums {
		b.WriteString("enum " + e.Name + ": " + strings.Join(e.Values, " ") + "\n")
	}
	return b.String()
}

func dumpField(f *schema.Field) string {
	typeName := f.TypeName()
	switch {
	case f.List:
		typeName = "[" + typeName + "]"
	case f.Required:
		typeName += "!"
	}
	words := []string{f.Name, typeName}
	add := func(when bool, format string, args ...any) {
		if when {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(f.Relation == nil && f.Type.String() != f.TypeName(), "(%s)", f.Type)
	add(f.DBName != "", "column %s", f.DBName)
	add(f.Unique, "unique")
	add(f.Generated, "generated")
	add(!f.Default.IsNull(), "default %s %q", f.Default.Type, f.Default.String())
	switch b := f.Behaviour.(type) {
	case schema.ID:
		add(true, "id %s", b.Strategy)
		if b.Sequence != nil {
			add(true, "sequence %s %d %d", b.Sequence.Name, b.Sequence.InitialValue, b.Sequence.AllocationSize)
		}
	case schema.CreatedAt:
		add(true, "createdAt")
	case schema.UpdatedAt:
		add(true, "updatedAt")
	case schema.ScalarList:
		add(true, "list in %s", f.ListTable())
	}
	if f.Relation != nil {
		add(true, "%s side %s", f.Relation.Name, f.Side)
		add(f.OwnsColumn(), "owner")
	}
	add(f.Hidden, "hidden")
	return strings.Join(words, " ")
}

func dumpRelation(r *schema.Relation) string {
	text := fmt.Sprintf("relation %s: A %s, B %s", r.Name, r.ModelA.Name, r.ModelB.Name)
	switch link := r.Link.(type) {
	case *schema.Inline:
		text += fmt.Sprintf(", column %s.%s", link.Model.Table(), link.Column)
	case *schema.LinkTable:
		text += fmt.Sprintf(", table %s(%s, %s)", link.Table, link.ColumnA, link.ColumnB)
		if link.ID != "" {
			text += " with " + link.ID
		}
	}
	for _, side := range []schema.Side{schema.SideA, schema.SideB} {
		if r.OnDelete(side) == schema.Cascade {
			text += ", cascade from " + string(side)
		}
	}
	return text
}
