package connectortest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// randomService is a datamodel that changes at random. Everything in it has a
// number that stays when names change.
type randomService struct {
	*rand.Rand
	withRows  bool // ids of nodes cannot change then
	last      int
	models    []*randomModel
	relations []*randomRelation
}

type (
	randomModel struct {
		number        int
		name, was, db string
		id            string // type of the id
		idName, idWas string
		fields        []*randomField
	}
	randomField struct {
		number                 int
		name, was, db          string
		typ                    string
		list, required, unique bool
		changed                bool // lost its values in this deploy
	}
	randomRelation struct {
		number         int
		name, was      string
		a, b           *randomModel
		fieldA, fieldB string // "" where that side is not declared
		listA, listB   bool
		table          bool // link: TABLE
		changed        bool
	}
)

func (r *randomService) next() int { r.last++; return r.last }

func (r *randomService) chance(percent int) bool { return r.IntN(100) < percent }

func pick[T any](r *randomService, list []T) T { return list[r.IntN(len(list))] }

var randomTypes = []string{"String", "Int", "Float", "Boolean", "DateTime", "Json", "E"}

func (r *randomService) addModel() {
	n := r.next()
	m := &randomModel{number: n, name: fmt.Sprintf("M%d", n), id: pick(r, []string{"ID", "Int"}), idName: "id"}
	for range r.IntN(5) {
		r.addField(m)
	}
	r.models = append(r.models, m)
}

func (r *randomService) addField(m *randomModel) {
	n := r.next()
	f := &randomField{number: n, name: fmt.Sprintf("f%d", n), typ: pick(r, randomTypes), changed: true}
	switch {
	case r.chance(20):
		f.list = true
	case r.chance(30):
		f.required = true
	case r.chance(40):
		f.unique = true
	}
	if f.typ == "Boolean" || f.typ == "Json" {
		f.unique = false
	}
	m.fields = append(m.fields, f)
}

func (r *randomService) addRelation() {
	n := r.next()
	x := &randomRelation{number: n, name: fmt.Sprintf("R%d", n), a: pick(r, r.models), b: pick(r, r.models), changed: true}
	x.fieldA, x.fieldB = fmt.Sprintf("a%d", n), fmt.Sprintf("b%d", n)
	r.reshape(x)
	r.relations = append(r.relations, x)
}

// reshape gives a relation another cardinality and link.
func (r *randomService) reshape(x *randomRelation) {
	x.listA, x.listB, x.table = r.chance(50), r.chance(50), r.chance(40)
	x.listB = x.listB || x.fieldB == ""
	x.table = x.table || x.listA && x.listB
	x.changed = true
}

// settle forgets the names of the deploy before.
func (r *randomService) settle() {
	for _, m := range r.models {
		m.was, m.idWas = m.name, m.idName
		for _, f := range m.fields {
			f.was, f.changed = f.name, false
		}
	}
	for _, x := range r.relations {
		x.was, x.changed = x.name, false
	}
}

func (r *randomService) change() {
	m := pick(r, r.models)
	switch r.IntN(12) {
	case 0:
		r.addModel()
	case 1:
		r.deleteModel()
	case 2:
		if m.was != "" {
			m.name = fmt.Sprintf("M%d", r.next())
		}
	case 3:
		r.addField(m)
	case 4:
		if len(m.fields) > 0 {
			i := r.IntN(len(m.fields))
			m.fields = slices.Delete(m.fields, i, i+1)
		}
	case 5, 6, 7:
		if len(m.fields) > 0 {
			r.changeField(m, pick(r, m.fields))
		}
	case 8:
		r.addRelation()
	case 9:
		if len(r.relations) > 0 {
			i := r.IntN(len(r.relations))
			r.relations = slices.Delete(r.relations, i, i+1)
		}
	case 10:
		if len(r.relations) > 0 {
			r.changeRelation(pick(r, r.relations))
		}
	case 11:
		r.changeTable(m)
	}
}

func (r *randomService) deleteModel() {
	if len(r.models) < 2 {
		return
	}
	i := r.IntN(len(r.models))
	gone := r.models[i]
	r.models = slices.Delete(r.models, i, i+1)
	r.relations = slices.DeleteFunc(r.relations, func(x *randomRelation) bool { return x.a == gone || x.b == gone })
}

func (r *randomService) changeField(m *randomModel, f *randomField) {
	switch r.IntN(6) {
	case 0:
		f.name = fmt.Sprintf("f%d", r.next())
	case 1:
		other := pick(r, m.fields)
		if f.was != "" && other.was != "" { // exchange the names
			f.name, other.name = other.name, f.name
		}
	case 2:
		f.typ, f.changed, f.unique = pick(r, randomTypes), true, false
	case 3:
		f.list, f.changed, f.required, f.unique = !f.list, true, false, false
	case 4:
		f.required = !f.list && !f.required
	case 5:
		if !f.list && f.typ != "Boolean" && f.typ != "Json" {
			f.unique = !f.unique
		}
	}
}

func (r *randomService) changeTable(m *randomModel) {
	switch r.IntN(5) {
	case 0:
		m.db = fmt.Sprintf("t%d", r.next())
	case 3:
		m.idName = fmt.Sprintf("i%d", r.next())
	case 4: // exchange the tables
		other := pick(r, r.models)
		m.db, other.db = other.table(), m.table()
	case 1:
		if len(m.fields) > 0 {
			pick(r, m.fields).db = fmt.Sprintf("c%d", r.next())
		}
	case 2:
		if r.withRows {
			return
		}
		m.id = pick(r, []string{"ID", "Int"})
		if r.chance(50) {
			m.idName, m.idWas = fmt.Sprintf("i%d", r.next()), ""
		}
		for _, x := range r.relations {
			x.changed = true
		}
	}
}

func (r *randomService) changeRelation(x *randomRelation) {
	switch r.IntN(4) {
	case 0:
		x.name = fmt.Sprintf("R%d", r.next())
	case 1:
		r.reshape(x)
	case 2: // one side is declared: the other is a list then
		x.fieldB = ""
		r.reshape(x)
	case 3:
		if x.fieldB == "" {
			x.fieldB = fmt.Sprintf("b%d", r.next())
			x.listB, x.changed = true, true
		}
	}
}

// text writes the datamodel with the renames of this deploy.
func (r *randomService) text() string {
	var b strings.Builder
	for _, m := range r.models {
		fmt.Fprintf(&b, "type %s%s%s {\n", m.name, directive("db", "name", m.db), renaming(m.was, m.name))
		fmt.Fprintf(&b, "  %s: %s! @id%s\n", m.idName, m.id, renaming(m.idWas, m.idName))
		for _, f := range m.fields {
			fmt.Fprintf(&b, "  %s\n", f.text())
		}
		for _, x := range r.relations {
			x.write(&b, m)
		}
		b.WriteString("}\n\n")
	}
	return b.String() + "enum E { A B }\n"
}

func directive(name, argument, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(" @%s(%s: %q)", name, argument, value)
}

func renaming(was, name string) string {
	if was == "" || was == name {
		return ""
	}
	return directive("rename", "oldName", was)
}

func (f *randomField) text() string {
	typ := f.typ
	switch {
	case f.list:
		typ = "[" + typ + "] @scalarList(strategy: RELATION)"
	case f.required:
		typ += "!"
	}
	if f.unique && !f.list {
		typ += " @unique"
	}
	return f.name + ": " + typ + directive("db", "name", f.db) + renaming(f.was, f.name)
}

func (x *randomRelation) write(b *strings.Builder, m *randomModel) {
	link := "INLINE"
	if x.table {
		link = "TABLE"
	}
	rename := ""
	if x.was != "" && x.was != x.name {
		rename = fmt.Sprintf(", oldName: %q", x.was)
	}
	// The link stands at the first side if that can hold it.
	linkAtA := x.fieldB == "" || !x.listA || x.table
	side := func(field, other string, list, leads bool) {
		if field == "" {
			return
		}
		typ := other
		if list {
			typ = "[" + other + "]"
		}
		fmt.Fprintf(b, "  %s: %s @relation(name: %q%s", field, typ, x.name, rename)
		if leads {
			fmt.Fprintf(b, ", link: %s", link)
		}
		b.WriteString(")\n")
	}
	if m == x.a {
		side(x.fieldA, x.b.name, x.listA, linkAtA)
	}
	if m == x.b {
		side(x.fieldB, x.a.name, x.listB, !linkAtA)
	}
}

func (m *randomModel) table() string {
	if m.db != "" {
		return m.db
	}
	return m.name
}
