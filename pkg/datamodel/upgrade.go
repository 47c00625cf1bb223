package datamodel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// An Edit replaces a part of a text, in byte offsets.
type Edit struct {
	Start, End int
	Text       string
}

// Upgrade returns the edits that make a datamodel 1.0 one of 1.1 which means the
// same down to the tables: a deploy of it on a service that has the 1.0 changes
// no table. Comments, order and all that both versions share stay as they are.
//
// Fields that every model had without naming them are written out, and each
// relation gets a type with @relationTable that describes its table, the id
// column of its rows included. features are those of the service. A text that has problems, or would have some as
// 1.1, is not touched. A text of 1.1 needs no edits.
func Upgrade(text string, features ...schema.Feature) ([]Edit, []Problem, *SyntaxError) {
	document, syntax := Parse(text)
	if syntax != nil {
		return nil, nil, syntax
	}
	if document.says11() {
		c := newChecker(document, Rules{})
		c.mixed()
		return nil, c.problems, nil
	}
	read := document.readAs10()
	rules := Rules{IntIDs: true, UUIDs: true, Features: features, Decimals: true}
	if problems := read.Check(rules); len(problems) > 0 {
		return nil, problems, nil
	}
	s, err := Infer(read, nil)
	if err != nil {
		return nil, []Problem{{Type: "Global", Description: err.Error(), Line: 1, Column: 1}}, nil
	}
	u := &upgrade{text: text, doc: document, schema: s, newline: "\n", names: map[*schema.Relation]string{}, inline: map[*schema.Relation]bool{}}
	if strings.Contains(text, "\r\n") {
		u.newline = "\r\n"
	}
	u.nameRelations()
	for i, t := range document.typeSpans(text) {
		u.typ(document.types[i], t)
	}
	u.relationTables()
	slices.SortStableFunc(u.edits, func(a, b Edit) int { return a.Start - b.Start })
	if problems := document.problems11(Apply(text, u.edits), s, rules); len(problems) > 0 {
		return nil, problems, nil
	}
	return u.edits, nil, nil
}

// Apply returns a text with edits done, which are in order and do not overlap.
func Apply(text string, edits []Edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.Start])
		b.WriteString(e.Text)
		at = e.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// upgrade gathers the edits of one text.
type upgrade struct {
	text    string
	doc     *Document
	schema  *schema.Schema // what the text means as 1.0
	newline string
	names   map[*schema.Relation]string // in the new text
	inline  map[*schema.Relation]bool   // whose column was written
	edits   []Edit
}

// replace writes a text in place of another; a name that follows at once stays one of its own.
func (u *upgrade) replace(s span, text string) {
	if text != "" && s.end < len(u.text) && isNamePart(text[len(text)-1]) && isNamePart(u.text[s.end]) {
		text += " "
	}
	u.edits = append(u.edits, Edit{s.start, s.end, text})
}

func isNamePart(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func (u *upgrade) insert(at int, text string) { u.replace(span{at, at}, text) }

// nameRelations gives each relation a name that a type can have, too. Those that
// can keep their own come first, so that no other one gets it.
func (u *upgrade) nameRelations() {
	taken := map[string]bool{}
	for _, t := range u.doc.types {
		taken[strings.ToLower(t.name)] = true
	}
	for _, e := range u.doc.enums {
		taken[strings.ToLower(e.name)] = true
	}
	var others []*schema.Relation
	for _, r := range u.schema.Relations {
		_, inline := r.Link.(*schema.Inline) // no type is called so
		if key := strings.ToLower(r.Name); asTypeName(r.Name) == r.Name && (inline || !taken[key]) {
			u.names[r], taken[key] = r.Name, true
			continue
		}
		others = append(others, r)
	}
	for _, r := range others {
		name := asTypeName(r.Name)
		base := name
		for i, suffix := 2, "Relation"; taken[strings.ToLower(name)]; i++ {
			name = shortenedTo(base, maxRelationName-len(suffix)) + suffix
			suffix = fmt.Sprintf("Relation%d", i)
		}
		u.names[r], taken[strings.ToLower(name)] = name, true
	}
}

var noName = regexp.MustCompile(`[^_0-9A-Za-z]+`)

// asTypeName returns the name that is most like a relation's and can be one of 1.1.
func asTypeName(name string) string {
	if relationName.MatchString(name) && len(name) <= maxRelationName {
		return name
	}
	name = strings.TrimLeft(noName.ReplaceAllString(name, "_"), "_0123456789")
	if name == "" {
		return "Relation"
	}
	return shortenedTo(strings.ToUpper(name[:1])+name[1:], maxRelationName)
}

func shortenedTo(name string, length int) string { return name[:min(len(name), length)] }

func (u *upgrade) typ(t *typeDef, at typeSpan) {
	u.oldDirectives(at.directives, "pgTable")
	for i, f := range t.fields {
		u.field(f, at.fields[i])
	}
	u.impliedFields(t, at)
}

func (u *upgrade) field(f *fieldDef, at fieldSpan) {
	field := u.schema.Model(f.owner.name).Field(f.name)
	if d, ok := at.directives["default"]; ok {
		literal := argumentValue(f.directives, "default", "value")
		if converted := literalText(u.doc.default10(f, literal)); converted != literalText(literal) {
			u.replace(d.values["value"], converted)
		}
	}
	switch unique, isUnique := at.directives["unique"]; {
	case field.IsRelation():
		u.relation(f, field, at)
		return
	case field.IsID() && isUnique:
		u.replace(unique.span, "@id")
	case field.IsCreatedAt() || field.IsUpdatedAt():
		u.insert(at.end, " @"+f.name)
	case field.List:
		u.insert(at.end, " @scalarList(strategy: RELATION)")
	}
	u.oldDirectives(at.directives, "pgColumn")
}

// oldDirectives writes @db for the one that names something, and takes out the
// directives of 1.0 that say nothing where they stand.
func (u *upgrade) oldDirectives(at map[string]directiveSpan, naming string) {
	for _, name := range directives10 {
		if d, ok := at[name]; ok && name == naming {
			u.replace(d.name, "db")
		} else {
			u.remove(at, name)
		}
	}
}

// relation writes the relation's name into the field, which leads to the
// description of its table, and where 1.0 named a column that column.
func (u *upgrade) relation(f *fieldDef, field *schema.Field, at fieldSpan) {
	name, old := u.names[field.Relation], field.Relation.Name
	_, isTable := field.Relation.Link.(*schema.LinkTable)
	var arguments [][2]string
	if isTable && name != f.relationName() || name != old {
		arguments = append(arguments, [2]string{"name", quoted(name)})
	}
	if name != old {
		arguments = append(arguments, [2]string{"oldName", quoted(old)})
	}
	if column, ok := f.inlineColumn10(); ok && !u.inline[field.Relation] {
		u.inline[field.Relation] = true
		arguments = append(arguments, [2]string{"link", linkInline})
		if column != f.name {
			u.replace(at.directives["pgRelation"].span, dbText(column))
			delete(at.directives, "pgRelation")
		}
	}
	u.oldDirectives(at.directives, "")
	u.remove(at.directives, "unique")
	u.relationArguments(arguments, at)
}

// relationArguments writes arguments of @relation, names and values, in place of
// what stands there; and @relation where there is none.
func (u *upgrade) relationArguments(arguments [][2]string, at fieldSpan) {
	relation, there := at.directives["relation"]
	var added []string
	for _, a := range arguments {
		if value, said := relation.values[a[0]]; said {
			u.replace(value, a[1])
		} else {
			added = append(added, a[0]+": "+a[1])
		}
	}
	switch {
	case len(added) == 0:
	case !there:
		u.insert(at.end, " @relation("+strings.Join(added, ", ")+")")
	default:
		u.insert(relation.end-1, ", "+strings.Join(added, ", "))
	}
}

// remove takes a directive out, with the space before it.
func (u *upgrade) remove(at map[string]directiveSpan, directive string) {
	d, ok := at[directive]
	if !ok {
		return
	}
	start := d.start
	for start > 0 && (u.text[start-1] == ' ' || u.text[start-1] == '\t') {
		start--
	}
	u.replace(span{start, d.end}, "")
}

// impliedFields writes out the fields that a model has without naming them: the
// id at the top, times at the end, each on a line of its own if the type has
// more than one.
func (u *upgrade) impliedFields(t *typeDef, at typeSpan) {
	var first, last []string
	for _, f := range u.schema.Model(t.name).Fields {
		switch {
		case !f.Hidden || f.IsRelation():
		case f.IsID():
			first = append(first, "id: ID! @id")
		default:
			last = append(last, f.Name+": DateTime! @"+f.Name)
		}
	}
	if len(first)+len(last) == 0 {
		return
	}
	if !strings.Contains(u.text[at.open:at.close], "\n") {
		if len(first) > 0 {
			u.insert(at.open+1, " "+first[0]+",")
		}
		if len(last) > 0 {
			space := ""
			if before := u.text[at.close-1]; before != ' ' && before != '\t' {
				space = " "
			}
			u.insert(at.close, space+strings.Join(last, " ")+" ")
		}
		return
	}
	indent := u.indent(at)
	if len(first) > 0 {
		line := at.open + 1 + strings.IndexByte(u.text[at.open+1:], '\n') + 1
		if rest := strings.TrimSpace(u.text[at.open+1 : line]); rest == "" || rest[0] == '#' {
			u.insert(line, indent+first[0]+u.newline)
		} else {
			u.insert(at.open+1, " "+first[0]+", ")
		}
	}
	var lines strings.Builder
	for _, field := range last {
		lines.WriteString(indent + field + u.newline)
	}
	line := strings.LastIndexByte(u.text[:at.close], '\n') + 1
	if strings.TrimSpace(u.text[line:at.close]) != "" { // a field stands before the brace
		u.insert(at.close, u.newline+lines.String())
		return
	}
	u.insert(line, lines.String())
}

// indent returns the white space before the first field that begins a line.
func (u *upgrade) indent(at typeSpan) string {
	for _, f := range at.fields {
		line := strings.LastIndexByte(u.text[:f.start], '\n') + 1
		if before := u.text[line:f.start]; strings.TrimSpace(before) == "" {
			return before
		}
	}
	return "  "
}

// relationTables describes the table of each relation at the end of the text.
func (u *upgrade) relationTables() {
	var b strings.Builder
	for _, r := range u.schema.Relations {
		link, ok := r.Link.(*schema.LinkTable)
		if !ok {
			continue
		}
		named := *r
		named.Name = u.names[r]
		b.WriteString("\n" + relationTableText(&named, link))
	}
	if b.Len() == 0 {
		return
	}
	text := b.String()
	if !strings.HasSuffix(u.text, "\n") {
		text = "\n" + text
	}
	u.insert(len(u.text), strings.ReplaceAll(text, "\n", u.newline))
}
