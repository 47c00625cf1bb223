package datamodel

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Render returns a schema as datamodel text: models, tables of relations,
// enums, with a blank line between them. Parsed and inferred again the text
// gives the same schema. Hidden fields are left out, and what goes without
// saying (names of relations, @id's strategy AUTO) is not said.
func Render(s *schema.Schema) string { return RenderWithNotes(s, &Notes{}) }

// Notes are what a schema cannot say; they stand in its text as comments.
type Notes struct {
	Models map[string][]string    // by model: above it
	Fields map[[2]string][]string // by model and field: above it
	Inside map[string][]string    // by model: below its last field
	End    []string               // paragraphs below everything
}

// RenderWithNotes is Render with comments.
func RenderWithNotes(s *schema.Schema, notes *Notes) string {
	r := renderer{s, notes}
	var parts []string
	for _, m := range s.Models {
		parts = append(parts, r.model(m))
	}
	for _, relation := range s.Relations {
		if link, ok := relation.Link.(*schema.LinkTable); ok && !isPlain(relation, link) {
			parts = append(parts, relationTableText(relation, link))
		}
	}
	for _, e := range s.Enums {
		parts = append(parts, "enum "+e.Name+" {\n  "+strings.Join(e.Values, "\n  ")+"\n}\n")
	}
	for _, paragraph := range notes.End {
		parts = append(parts, commented("", paragraph))
	}
	return strings.Join(parts, "\n")
}

type renderer struct {
	schema *schema.Schema
	notes  *Notes
}

// commented returns texts as comments, a line each.
func commented(indent string, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		for line := range strings.Lines(text) {
			b.WriteString(strings.TrimRight(indent+"# "+strings.TrimRight(line, "\r\n"), " ") + "\n")
		}
	}
	return b.String()
}

func (r renderer) model(m *schema.Model) string {
	var b strings.Builder
	b.WriteString(commented("", r.notes.Models[m.Name]...))
	b.WriteString("type " + m.Name)
	if m.DBName != "" {
		b.WriteString(" " + dbText(m.DBName))
	}
	if m.Embedded {
		b.WriteString(" @embedded")
	}
	for _, u := range m.Uniques {
		b.WriteString(" " + uniqueText(u))
	}
	if len(m.FullText) > 0 {
		b.WriteString(" " + fullTextText(m))
	}
	b.WriteString(" {\n")
	for _, f := range m.Fields {
		if !f.Hidden {
			b.WriteString(commented("  ", r.notes.Fields[[2]string{m.Name, f.Name}]...))
			b.WriteString("  " + r.field(f) + "\n")
		}
	}
	b.WriteString(commented("  ", r.notes.Inside[m.Name]...))
	b.WriteString("}\n")
	return b.String()
}

func (r renderer) field(f *schema.Field) string {
	text := f.Name + ": " + typeText(f)
	directives := r.directives(f)
	slices.SortFunc(directives, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	for _, directive := range directives {
		text += " " + directive
	}
	return text
}

func typeText(f *schema.Field) string {
	switch {
	case f.List:
		return "[" + f.TypeName() + "]"
	case f.Required:
		return f.TypeName() + "!"
	}
	return f.TypeName()
}

func (r renderer) directives(f *schema.Field) []string {
	if f.Relation != nil {
		return r.relationDirectives(f)
	}
	var texts []string
	if f.DBName != "" {
		texts = append(texts, dbText(f.DBName))
	}
	if f.Unique && !f.IsID() {
		texts = append(texts, "@unique")
	}
	if !f.Default.IsNull() {
		texts = append(texts, "@default(value: "+valueText(f.Default)+")")
	}
	return append(texts, behaviourTexts(f.Behaviour)...)
}

func behaviourTexts(behaviour schema.Behaviour) []string {
	switch b := behaviour.(type) {
	case schema.ID:
		return idTexts(b)
	case schema.CreatedAt:
		return []string{"@createdAt"}
	case schema.UpdatedAt:
		return []string{"@updatedAt"}
	case schema.ScalarList:
		return []string{"@scalarList(strategy: " + strings.ToUpper(string(b.Strategy)) + ")"}
	}
	return nil
}

func idTexts(id schema.ID) []string {
	if id.Strategy == schema.StrategyAuto {
		return []string{"@id"}
	}
	texts := []string{"@id(strategy: " + strings.ToUpper(string(id.Strategy)) + ")"}
	if id.Sequence != nil {
		texts = append(texts, fmt.Sprintf("@sequence(name: %s, initialValue: %d, allocationSize: %d)",
			quoted(id.Sequence.Name), id.Sequence.InitialValue, id.Sequence.AllocationSize))
	}
	return texts
}

func dbText(name string) string { return "@db(name: " + quoted(name) + ")" }

func quoted(text string) string { return string(scalar.AppendQuoted(nil, text)) }

func valueText(v scalar.Value) string {
	switch v.Type {
	case scalar.String, scalar.Json, scalar.DateTime, scalar.Decimal, scalar.Date:
		return quoted(v.String())
	}
	return v.String()
}

func (r renderer) relationDirectives(f *schema.Field) []string {
	var texts, arguments []string
	if name := r.relationName(f); name != "" {
		arguments = append(arguments, "name: "+quoted(name))
	}
	if link := linkText(f); link != "" {
		arguments = append(arguments, "link: "+link)
	}
	if f.Cascades() {
		arguments = append(arguments, "onDelete: CASCADE")
	}
	if len(arguments) > 0 {
		texts = append(texts, "@relation("+strings.Join(arguments, ", ")+")")
	}
	if column := columnText(f); column != f.Name {
		texts = append(texts, dbText(column))
	}
	return texts
}

// relationName returns the name to be written, "" where it follows from the models' names.
func (r renderer) relationName(f *schema.Field) string {
	relation := f.Relation
	a, b := sorted(relation.ModelA.Name, relation.ModelB.Name)
	link, isTable := relation.Link.(*schema.LinkTable)
	switch {
	case isTable && !isPlain(relation, link),
		relation.Name != generatedName(a, b),
		len(r.schema.Between(a, b)) > 1,
		relation.IsSelf() && !f.Back().Hidden:
		return relation.Name
	}
	return ""
}

// linkText returns the link that a field has to write, "" where it is the default or stands on the other side.
func linkText(f *schema.Field) string {
	back := f.Back()
	oneToOne := !f.List && !back.List && !back.Hidden
	switch f.Relation.Link.(type) {
	case *schema.Inline:
		if oneToOne && namesColumn(f) {
			return linkInline
		}
	case *schema.LinkTable:
		if oneToOne && f.Side == schema.SideA || !f.List && (back.List || back.Hidden) {
			return linkTable
		}
	}
	return ""
}

// namesColumn tells whether an inline relation's column is called after the
// field. In a self relation that is not always the field whose rows own it.
func namesColumn(f *schema.Field) bool {
	inline, ok := f.Relation.Link.(*schema.Inline)
	switch {
	case !ok || f.List || inline.Model != f.Model:
		return false
	case !f.Relation.IsSelf() || f.Back().Hidden || f.Back().List:
		return true
	case f.Column() == inline.Column:
		return f.Back().Column() != inline.Column || f.OwnsColumn()
	}
	return f.OwnsColumn() && f.Back().Column() != inline.Column
}

// columnText returns the column that @db has to give a relation field, the field's name for none.
func columnText(f *schema.Field) string {
	if namesColumn(f) {
		return f.Relation.Link.(*schema.Inline).Column
	}
	if f.List {
		return f.Name
	}
	return f.Column()
}

// isPlain tells whether a relation's table is as it is without @relationTable.
func isPlain(r *schema.Relation, link *schema.LinkTable) bool {
	return *link == schema.LinkTable{Table: "_" + r.Name, ColumnA: "A", ColumnB: "B"}
}

func relationTableText(r *schema.Relation, link *schema.LinkTable) string {
	var b strings.Builder
	b.WriteString("type " + r.Name)
	if link.Table != r.Name {
		b.WriteString(" " + dbText(link.Table))
	}
	b.WriteString(" @relationTable {\n")
	if link.ID != "" {
		b.WriteString("  " + tableColumn(link.ID, "id", "ID") + " @id\n")
	}
	b.WriteString("  " + tableColumn(link.ColumnA, "a", r.ModelA.Name) + "\n")
	b.WriteString("  " + tableColumn(link.ColumnB, "b", r.ModelB.Name) + "\n}\n")
	return b.String()
}

var graphQLName = regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]*$`)

// tableColumn returns a field of a relation table: named like its column where that is a name.
func tableColumn(column, name, typeName string) string {
	if graphQLName.MatchString(column) {
		return column + ": " + typeName + "!"
	}
	return name + ": " + typeName + "! " + dbText(column)
}
