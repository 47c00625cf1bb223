package engine_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/engine"
)

// allFeatures are those that change what is asked, with scalars.
var allFeatures = []string{"aggregate", "groupBy", "sort", "caseInsensitive", "compoundUnique", "jsonFilters", "fullText", "scalars"}

// TestRandomFeatures is TestRandomQueries with what services switch on beyond Prisma 1.
func TestRandomFeatures(t *testing.T) {
	eachWorld(t, worldKind{features: true}, func(t *testing.T, s *engine.Service, w *world) {
		w.fill(t, s)
		for range 60 {
			w.check(t, s, w.newQuestion())
			if t.Failed() {
				return
			}
		}
	})
}

// TestRandomFeatureMutations is TestRandomMutations with the same. Afterwards
// questions find what was changed, also by its words.
func TestRandomFeatureMutations(t *testing.T) {
	eachWorld(t, worldKind{required: true, features: true}, func(t *testing.T, s *engine.Service, w *world) {
		changeRandomly(t, s, w)
		if slices.ContainsFunc(w.models, func(m *worldModel) bool { return m.auto != "" || len(m.nodes) == 0 }) {
			return // questions know nodes, by ids that are called id
		}
		for range 20 {
			w.check(t, s, w.newQuestion())
		}
	})
}

// A sortKey is one member of the argument sort.
type sortKey struct {
	text string
	of   func(*worldNode) any
	desc bool
}

// sortKey sorts by a field, by how many nodes are behind a list, or by what is
// behind a to-one field.
func (w *world) sortKey(m *worldModel, depth int) sortKey {
	k := sortKey{desc: w.chance(50)}
	direction := cmp.Or(when(k.desc, "desc"), "asc")
	if len(m.sides) > 0 && depth < 3 && w.chance(45) {
		side := chosen(w, m.sides...)
		if side.list {
			k.text = fmt.Sprintf("{%s: {count: %s}}", side.field, direction)
			k.of = func(n *worldNode) any { return len(side.related(n)) }
			return k
		}
		inner := w.sortKey(side.back().model, depth+1)
		return sortKey{text: fmt.Sprintf("{%s: %s}", side.field, inner.text), desc: inner.desc, of: func(n *worldNode) any {
			if found := side.related(n); len(found) > 0 {
				return inner.of(found[0])
			}
			return nil
		}}
	}
	f := w.sortable(m)
	k.text = fmt.Sprintf("{%s: %s}", f.name, direction)
	k.of = f.of
	return k
}

// sortable draws the id or a field that has an order.
func (w *world) sortable(m *worldModel) *worldField {
	fields := append(m.ordered(), m.idField())
	return chosen(w, fields...)
}

// ordered are the fields of single values that have an order.
func (m *worldModel) ordered() []*worldField {
	return slices.DeleteFunc(slices.Clone(m.fields), func(f *worldField) bool { return f.list || f.typ == "Json" })
}

func (m *worldModel) idField() *worldField {
	if m.intIDs {
		return &worldField{name: "id", typ: "Int", unique: true}
	}
	return &worldField{name: "id", typ: "String", unique: true}
}

func (f *worldField) of(n *worldNode) any {
	if f.name == "id" {
		return n.id
	}
	return n.values[f.name]
}

// aggregates selects parts of the aggregate of nodes, and count if count.
func (w *world) aggregates(m *worldModel, count bool) (string, func([]*worldNode) any) {
	members := map[string]func([]*worldNode) any{}
	var text []string
	if count {
		text, members["count"] = append(text, "count"), func(nodes []*worldNode) any { return float64(len(nodes)) }
	}
	fields := append(m.ordered(), m.idField())
	for _, op := range []string{"sum", "avg", "min", "max"} {
		known := slices.DeleteFunc(slices.Clone(fields), func(f *worldField) bool { return !f.aggregates(op) })
		if len(known) == 0 || !w.chance(40) {
			continue
		}
		w.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
		known = known[:1+w.IntN(len(known))]
		inner := []string{}
		for _, f := range known {
			inner = append(inner, f.name)
		}
		text = append(text, op+" { "+strings.Join(inner, " ")+" }")
		members[op] = func(nodes []*worldNode) any {
			answer := map[string]any{}
			for _, f := range known {
				answer[f.name] = f.aggregate(op, nodes)
			}
			return answer
		}
	}
	if len(text) == 0 {
		return w.aggregates(m, true)
	}
	return "aggregate { " + strings.Join(text, " ") + " }", func(nodes []*worldNode) any {
		answer := map[string]any{}
		for key, of := range members {
			answer[key] = of(nodes)
		}
		return answer
	}
}

func (f *worldField) aggregates(op string) bool {
	number := f.typ == "Int" || f.typ == "Float" || f.typ == "Long"
	if op == "sum" || op == "avg" {
		return number && f.name != "id"
	}
	return f.typ != "Boolean"
}

func (f *worldField) aggregate(op string, nodes []*worldNode) any {
	var values []any
	for _, n := range nodes {
		if v := f.of(n); v != nil {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	if op == "min" || op == "max" {
		slices.SortFunc(values, compareValues)
		if op == "max" {
			slices.Reverse(values)
		}
		return f.output(values[0])
	}
	sum := 0.0
	for _, v := range values {
		switch v := v.(type) {
		case int:
			sum += float64(v)
		case float64:
			sum += v
		}
	}
	if op == "avg" {
		return sum / float64(len(values))
	}
	return sum
}

// A group is nodes with the same key.
type group struct {
	key   []any
	nodes []*worldNode
}

// groups selects groups of a connection's nodes.
func (w *world) groups(m *worldModel) (string, func([]*worldNode) any) {
	var by []*worldField
	for range 1 + w.IntN(2) {
		if f := w.sortable(m); !slices.ContainsFunc(by, func(x *worldField) bool { return x.name == f.name }) {
			by = append(by, f)
		}
	}
	names := []string{}
	for _, f := range by {
		names = append(names, f.name)
	}
	args, order := "by: ["+strings.Join(names, ", ")+"]", chosen(w, "", "key_ASC", "key_DESC", "count_ASC", "count_DESC")
	if order != "" {
		args += ", orderBy: " + order
	}
	skip, first := 0, -1
	if w.chance(20) {
		skip = w.IntN(3)
		args += fmt.Sprintf(", skip: %d", skip)
	}
	if w.chance(30) {
		first = w.IntN(4)
		args += fmt.Sprintf(", first: %d", first)
	}
	inner, aggregate := w.aggregates(m, w.chance(70))
	return fmt.Sprintf("groupBy(%s) { key { %s } %s }", args, strings.Join(names, " "), inner), func(nodes []*worldNode) any {
		var groups []*group
		for _, n := range nodes {
			var key []any
			for _, f := range by {
				key = append(key, f.of(n))
			}
			i := slices.IndexFunc(groups, func(g *group) bool { return slices.Equal(g.key, key) })
			if i < 0 {
				i, groups = len(groups), append(groups, &group{key: key})
			}
			groups[i].nodes = append(groups[i].nodes, n)
		}
		slices.SortFunc(groups, func(x, y *group) int { return w.compareGroups(x, y, order) })
		groups = groups[min(skip, len(groups)):]
		if first >= 0 {
			groups = groups[:min(first, len(groups))]
		}
		answers := []any{}
		for _, g := range groups {
			key := map[string]any{}
			for i, f := range by {
				key[f.name] = f.output(g.key[i])
			}
			answers = append(answers, map[string]any{"key": key, "aggregate": aggregate(g.nodes)})
		}
		return answers
	}
}

func (w *world) compareGroups(x, y *group, order string) int {
	key := 0
	for i := range x.key {
		key = cmp.Or(key, compareNullable(x.key[i], y.key[i], w.nullsFirst))
	}
	count := cmp.Compare(len(x.nodes), len(y.nodes))
	switch order {
	case "key_DESC":
		return -key
	case "count_ASC":
		return cmp.Or(count, key)
	case "count_DESC":
		return cmp.Or(-count, key)
	}
	return key
}

// compareNullable is the ascending order of two values.
func compareNullable(x, y any, nullsFirst bool) int {
	switch {
	case x != nil && y != nil:
		return compareValues(x, y)
	case nullsFirst:
		return cmp.Compare(btoi(x != nil), btoi(y != nil))
	}
	return cmp.Compare(btoi(x == nil), btoi(y == nil))
}

// selected writes a selector of a node: its id, or its compound unique if the
// model has one and the node all its values.
func (m *worldModel) selected(w *world, n *worldNode) string {
	if name, values := m.compoundOf(w, []*worldNode{n}); name != "" && w.chance(50) {
		return input(object{{name, values}}, false)
	}
	return input(object{{"id", n.id}}, false)
}

// compoundOf draws a node and returns its compound unique; name is "" where
// the model has none or the node not all its values.
func (m *worldModel) compoundOf(w *world, among []*worldNode) (name string, values object) {
	if len(m.compound) == 0 || len(among) == 0 {
		return "", nil
	}
	n := chosen(w, among...)
	for _, f := range m.compound {
		if f.of(n) == nil {
			return "", nil
		}
		values = append(values, member{f.name, f.of(n)})
	}
	return m.compoundName(), values
}

func (m *worldModel) compoundName() string {
	var names []string
	for _, f := range m.compound {
		names = append(names, f.name)
	}
	return strings.Join(names, "_")
}

// compoundValue tells the values of a compound unique apart; nil where one is null.
func (m *worldModel) compoundValue(n *worldNode) any {
	var values object
	for _, f := range m.compound {
		if f.of(n) == nil {
			return nil
		}
		values = append(values, member{f.name, f.of(n)})
	}
	return input(values, true)
}

// bare writes the value of a selector as messages print it.
func bare(value any) string {
	values, ok := value.(object)
	if !ok {
		return fmt.Sprint(value)
	}
	var texts []string
	for _, v := range values {
		texts = append(texts, fmt.Sprint(v.value))
	}
	return strings.Join(texts, ", ")
}

// byCompound returns the node whose compound unique has these values.
func (m *worldModel) byCompound(values object) *worldNode {
	i := slices.IndexFunc(m.nodes, func(n *worldNode) bool {
		return !slices.ContainsFunc(m.compound, func(f *worldField) bool {
			return !slices.ContainsFunc(values, func(v member) bool { return v.key == f.name && v.value == f.of(n) })
		})
	})
	if i < 0 {
		return nil
	}
	return m.nodes[i]
}

// feature gives a model what features know.
func (w *world) feature(m *worldModel) {
	var texts []*worldField
	for _, f := range m.fields {
		if !f.list && f.typ == "String" {
			texts = append(texts, f)
		}
	}
	if len(texts) > 0 && w.chance(60) {
		m.searched = texts
	}
	unique := slices.IndexFunc(m.fields, func(f *worldField) bool { return f.unique })
	others := slices.DeleteFunc(m.ordered(), func(f *worldField) bool { return f.unique || f.typ == "Float" })
	if unique >= 0 && len(others) > 0 {
		m.compound = []*worldField{chosen(w, others...), m.fields[unique]}
	}
}

// directives are those of a model with features.
func (m *worldModel) directives() string {
	var text string
	list := func(fields []*worldField) string {
		var names []string
		for _, f := range fields {
			names = append(names, f.name)
		}
		return strings.Join(names, ", ")
	}
	if len(m.searched) > 0 {
		text += " @fullText(fields: [" + list(m.searched) + "])"
	}
	if len(m.compound) > 0 {
		text += " @unique(fields: [" + list(m.compound) + "])"
	}
	return text
}
