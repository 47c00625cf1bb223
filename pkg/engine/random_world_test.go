package engine_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A world is a random datamodel with nodes in memory: what a database must answer.
type world struct {
	*rand.Rand
	worldKind
	models     []*worldModel
	relations  []*worldRelation
	nullsFirst bool // as the database sorts
	uuids      bool // it takes ids of type UUID
	lastID     int
}

// A worldKind is what a world has.
type worldKind struct {
	required bool // relation fields may be required and cascade; a required one leads to a model above its own
	features bool
	careful  bool // nothing is written that may leave a node without one that it requires
}

type (
	worldModel struct {
		name     string
		renamed  bool // its table has another name
		intIDs   bool
		auto     string // type of ids that nobody gives: nodes are known by a field key then; "" where they are given
		fields   []*worldField
		sides    []*worldSide // relation fields
		nodes    []*worldNode
		searched []*worldField // of @fullText
		compound []*worldField // of @unique on the type
	}
	worldField struct {
		name, typ              string
		list, required, unique bool
		renamed                bool // its column has another name
		value                  any  // the default; nil is none
	}
	// A worldSide is one end of a relation: a field of a model, hidden when it has no name.
	worldSide struct {
		relation                *worldRelation
		model                   *worldModel
		end                     int // 0 or 1, in relation.sides and in pairs
		field                   string
		list, required, cascade bool
		renamed                 bool // its column, if it has one, has another name
	}
	worldRelation struct {
		name  string
		sides [2]*worldSide
		table bool // link: TABLE
		leads int  // the side whose column has the link otherwise
		pairs [][2]*worldNode
	}
	worldNode struct {
		id     any // string or int
		values map[string]any
		gone   bool
	}
)

func (s *worldSide) back() *worldSide { return s.relation.sides[1-s.end] }

func (w *world) chance(percent int) bool { return w.IntN(100) < percent }

func chosen[T any](w *world, list ...T) T { return list[w.IntN(len(list))] }

// newWorld makes a datamodel.
func newWorld(seed uint64, kind worldKind) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), worldKind: kind}
	names := []string{"Apple", "Bear", "Cloud", "Door"}
	for _, name := range names[:2+w.IntN(3)] {
		w.models = append(w.models, w.newModel(name))
	}
	if kind.required {
		for _, m := range w.models {
			w.makeAuto(m)
		}
	}
	for i := range 2 + w.IntN(5) {
		w.addRelation(i)
	}
	return w
}

func (w *world) newModel(name string) *worldModel {
	m := &worldModel{name: name, renamed: w.chance(20), intIDs: w.chance(25)}
	types := []string{"String", "String", "Int", "Float", "Boolean", "DateTime", "Kind", "Json"}
	if w.features {
		types = append(types, "Long", "Date")
	}
	for i, typ := range types {
		if !w.chance(60) {
			continue
		}
		f := &worldField{name: fmt.Sprintf("f%d", i), typ: typ, renamed: w.chance(20)}
		switch {
		case w.chance(15):
			f.list = true
		case w.chance(30) && (typ == "String" || typ == "Int"):
			f.unique, f.required = true, w.chance(40)
		case w.chance(25):
			f.required = true
		}
		m.fields = append(m.fields, f)
	}
	if w.features {
		w.feature(m)
	}
	return m
}

// makeAuto lets the server or the database give ids, and adds defaults.
func (w *world) makeAuto(m *worldModel) {
	if w.chance(35) {
		m.intIDs, m.auto = false, chosen(w, "ID", "Int", "UUID")
	}
	for _, f := range m.fields {
		if !f.list && !f.unique && w.chance(25) {
			f.value = w.value(f.typ)
		}
	}
}

// key is the field by which nodes are known.
func (m *worldModel) key() string {
	if m.auto != "" {
		return "key"
	}
	return "id"
}

func (w *world) addRelation(n int) {
	low := w.IntN(len(w.models))
	high := low + w.IntN(len(w.models)-low)
	x := &worldRelation{name: fmt.Sprintf("R%d", n), leads: w.IntN(2)}
	for end, model := range []*worldModel{w.models[low], w.models[high]} {
		x.sides[end] = &worldSide{relation: x, model: model, end: end, field: fmt.Sprintf("r%d%c", n, 'a'+end), list: w.chance(50)}
		x.sides[end].cascade = w.required && w.chance(15)
		x.sides[end].renamed = w.chance(20)
	}
	a, b := x.sides[0], x.sides[1]
	if w.required && low != high && !b.list && w.chance(40) {
		b.required = true
		a.required = !a.list && w.chance(25)
	}
	if w.chance(20) && !a.required { // one field alone: the other end is a hidden list
		a.field, a.list, a.cascade, x.leads = "", true, false, 1
	}
	switch {
	case a.list && b.list:
		x.table = true
	case a.list:
		x.leads = 1
	case b.list:
		x.leads = 0
	}
	x.table = x.table || w.chance(40)
	for _, s := range x.sides {
		if s.field != "" {
			s.model.sides = append(s.model.sides, s)
		}
	}
	w.relations = append(w.relations, x)
}

// datamodel writes the text that is deployed.
func (w *world) datamodel() string {
	var b strings.Builder
	for _, m := range w.models {
		id := "ID! @id"
		switch {
		case m.intIDs:
			id = "Int! @id(strategy: NONE)"
		case m.auto != "" && (m.auto != "UUID" || w.uuids):
			id = m.auto + "! @id"
		}
		fmt.Fprintf(&b, "type %s%s%s {\n  id: %s\n%s", m.name, when(m.renamed, ` @db(name: "the `+m.name+`s")`), m.directives(), id, when(m.auto != "", "  key: String! @unique\n"))
		for _, f := range m.fields {
			typ := f.typ
			if f.list {
				typ = "[" + typ + "] @scalarList(strategy: RELATION)"
			}
			value := ""
			if f.value != nil {
				value = " @default(value: " + input(f.value, false) + ")"
			}
			fmt.Fprintf(&b, "  %s: %s%s%s%s%s\n", f.name, typ, when(f.required, "!"), when(f.unique, " @unique"), value, when(f.renamed, ` @db(name: "`+f.name+`_Of")`))
		}
		for _, s := range m.sides {
			typ := s.back().model.name
			if s.list {
				typ = "[" + typ + "]"
			}
			link := when(s.relation.leads == s.end, ", link: "+cmp.Or(when(s.relation.table, "TABLE"), "INLINE"))
			column := when(s.renamed && s.relation.leads == s.end && !s.relation.table, ` @db(name: "the_`+s.field+`")`)
			fmt.Fprintf(&b, "  %s: %s%s @relation(name: %q%s%s)%s\n", s.field, typ, when(s.required, "!"), s.relation.name, link, when(s.cascade, ", onDelete: CASCADE"), column)
		}
		b.WriteString("}\n\n")
	}
	return b.String() + "enum Kind { B A C }\n"
}

func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

// newID returns an id that no node has.
func (w *world) newID(m *worldModel) any {
	w.lastID++
	scattered := w.lastID * 37 % 1000
	if m.intIDs {
		return scattered
	}
	return fmt.Sprintf("%s%03d", strings.ToLower(m.name[:1]), scattered)
}

// related returns the nodes behind a side of a node, in the order of ids.
func (s *worldSide) related(n *worldNode) []*worldNode {
	var found []*worldNode
	for _, pair := range s.relation.pairs {
		if pair[s.end] == n {
			found = append(found, pair[1-s.end])
		}
	}
	slices.SortFunc(found, func(x, y *worldNode) int { return compareValues(x.id, y.id) })
	return found
}

func (s *worldSide) linked(n, other *worldNode) bool { return slices.Contains(s.related(n), other) }

// unlink removes the links of a node at its side.
func (s *worldSide) unlink(n *worldNode) {
	s.relation.pairs = slices.DeleteFunc(s.relation.pairs, func(pair [2]*worldNode) bool { return pair[s.end] == n })
}

// link links two nodes; a to-one side loses what it had.
func (s *worldSide) link(n, other *worldNode) {
	if !s.list {
		s.unlink(n)
	}
	if !s.back().list {
		s.back().unlink(other)
	}
	if !s.linked(n, other) {
		var pair [2]*worldNode
		pair[s.end], pair[1-s.end] = n, other
		s.relation.pairs = append(s.relation.pairs, pair)
	}
}

type (
	enumValue string // without quotes in GraphQL
	jsonValue string // within quotes there, and itself among variables
	variable  string // the name

	// A declarable is a value that may be a variable.
	declarable struct {
		typ   string
		value any
	}
)

// value returns a random value of a type, never null.
func (w *world) value(typ string) any {
	switch typ {
	case "Int":
		return chosen(w, -7, 0, 1, 2, 3, 2147483647)
	case "Float":
		return chosen(w, -1.5, 0.0, 0.25, 2.0, 123456.75)
	case "Boolean":
		return w.chance(50)
	case "DateTime":
		return chosen(w, "1969-07-20T20:17:40.000Z", "2017-01-01T00:00:00.057Z", "2017-01-01T00:00:00.058Z", "2024-02-29T23:59:59.999Z")
	case "Kind":
		return enumValue(chosen(w, "A", "B", "C"))
	case "Long":
		return chosen(w, -1<<40, 0, 1, 1<<40)
	case "Date":
		return chosen(w, "0001-01-01", "1999-12-31", "2024-02-29")
	case "Json":
		if w.features {
			return chosen(w, jsonValue(`{"a":[1,null]}`), `{}`, `{"x":"y"}`, `[2.5,"ab",true]`, `{"a":{"0":"1","1":-3}}`, `{"n":{"m":false},"x":null}`, `{"a":true,"x":["y"]}`, `{"x":1,"n":"ab"}`, `{"a":[]}`)
		}
		return chosen(w, jsonValue(`{"a":[1,null]}`), `{}`, `{"x":"y"}`)
	}
	return chosen(w, "", "a", "ab", "abc", "b", "ba", "cab", "bc")
}

// values returns the scalar values of a new node.
func (w *world) values(m *worldModel) map[string]any {
	values := map[string]any{}
	for _, f := range m.fields {
		values[f.name] = w.fieldValue(f)
	}
	return values
}

func (w *world) fieldValue(f *worldField) any {
	switch {
	case f.list:
		list := []any{}
		for range w.IntN(4) {
			list = append(list, w.value(f.typ))
		}
		return list
	case !f.required && w.chance(30):
		return nil
	case f.unique:
		w.lastID++
		if f.typ == "Int" {
			return w.lastID
		}
		return fmt.Sprintf("u%d", w.lastID)
	}
	return w.value(f.typ)
}

// compareValues is the order of two values that are not null.
func compareValues(x, y any) int {
	switch x := x.(type) {
	case int:
		return cmp.Compare(x, y.(int))
	case float64:
		return cmp.Compare(x, y.(float64))
	case bool:
		return cmp.Compare(btoi(x), btoi(y.(bool)))
	case enumValue:
		return cmp.Compare(x, y.(enumValue))
	}
	return cmp.Compare(x.(string), y.(string))
}

// An object is an input object; its members keep their order.
type (
	object []member
	member struct {
		key   string
		value any
	}
)

// input writes a value in GraphQL, or as JSON for variables.
func input(value any, asJSON bool) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case enumValue:
		if asJSON {
			return fmt.Sprintf("%q", string(value))
		}
		return string(value)
	case variable:
		return "$" + string(value)
	case declarable:
		return input(value.value, asJSON)
	case jsonValue:
		if asJSON {
			return string(value)
		}
		return input(string(value), false)
	case object:
		parts := make([]string, len(value))
		for i, m := range value {
			parts[i] = m.key + ": " + input(m.value, asJSON)
			if asJSON {
				parts[i] = `"` + m.key + `": ` + input(m.value, asJSON)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(value))
		for i, v := range value {
			parts[i] = input(v, asJSON)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		text, _ := json.Marshal(value)
		return string(text)
	}
	return fmt.Sprint(value)
}

// output is how a value stands in an answer that was decoded.
func (f *worldField) output(value any) any {
	switch value := value.(type) {
	case []any:
		list := []any{}
		for _, v := range value {
			list = append(list, (&worldField{typ: f.typ}).output(v))
		}
		return list
	case int:
		return float64(value)
	case enumValue:
		return string(value)
	case jsonValue:
		var decoded any
		_ = json.Unmarshal([]byte(value), &decoded)
		return decoded
	}
	return value
}

func idOutput(id any) any { return (&worldField{typ: "ID"}).output(id) }
