package engine_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/engine"
)

// seeds are those of the random services of a property test:
// PRISMA1_TEST_SEEDS=first-last, or a few.
func seeds(t *testing.T) (first, last int) {
	text := cmp.Or(os.Getenv("PRISMA1_TEST_SEEDS"), "1-3")
	if n, err := fmt.Sscanf(text, "%d-%d", &first, &last); n != 2 {
		t.Fatalf("PRISMA1_TEST_SEEDS=%s: %v", text, err)
	}
	return first, last
}

// eachWorld makes a random service per seed and connector.
func eachWorld(t *testing.T, kind worldKind, f func(t *testing.T, s *engine.Service, w *world)) {
	t.Parallel()
	first, last := seeds(t)
	for seed := first; seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			connectortest.Each(t, func(t *testing.T, c *connector.Connector) {
				w := newWorld(uint64(seed), kind)
				w.nullsFirst, w.uuids = c.Facts().NullsFirst, c.Rules().UUIDs
				var features []string
				if kind.features {
					features = allFeatures
				}
				s := deploy(t, c, w.datamodel(), engine.Options{}, features...)
				f(t, s, w)
				if t.Failed() {
					t.Log(w.datamodel())
				}
			})
		})
	}
}

// TestRandomQueries asks random questions about random nodes of a random
// datamodel: the answers are those that are found in memory.
func TestRandomQueries(t *testing.T) {
	eachWorld(t, worldKind{}, func(t *testing.T, s *engine.Service, w *world) {
		w.fill(t, s)
		for range 60 {
			q := w.newQuestion()
			w.check(t, s, q)
			if t.Failed() {
				return
			}
		}
	})
}

// fill makes nodes and links, in memory and in the database.
func (w *world) fill(t *testing.T, s *engine.Service) {
	t.Helper()
	var b strings.Builder
	for _, m := range w.models {
		for range 3 + w.IntN(8) {
			n := &worldNode{id: w.newID(m), values: w.values(m)}
			m.nodes = append(m.nodes, n)
			fmt.Fprintf(&b, "n%d: create%s(data: %s) { id }\n", b.Len(), m.name, input(m.data(n), false))
		}
	}
	for _, x := range w.relations {
		for range w.IntN(20) {
			side := x.sides[1] // the one that always has a field
			n, other := chosen(w, side.model.nodes...), chosen(w, x.sides[0].model.nodes...)
			side.link(n, other)
			fmt.Fprintf(&b, "n%d: update%s(where: {id: %s}, data: {%s: {connect: {id: %s}}}) { id }\n",
				b.Len(), side.model.name, input(n.id, false), side.field, input(other.id, false))
		}
	}
	if answer := ask(t, s, "mutation {"+b.String()+"}", "null"); strings.Contains(string(answer), `"errors"`) {
		t.Fatalf("%s\n%s", b.String(), answer)
	}
}

// data is what creates a node.
func (m *worldModel) data(n *worldNode) object {
	data := object{{m.key(), n.id}}
	for _, f := range m.fields {
		value := n.values[f.name]
		if f.list {
			value = object{{"set", value}}
		}
		data = append(data, member{f.name, value})
	}
	return data
}

// A question is a query with its right answer.
type question struct {
	query     string
	variables object
	declared  []string
	answer    map[string]any
	aliases   int
}

// mostAliases is how many aliases a question has before it selects no more relations.
const mostAliases = 250

// declare makes a variable of the question.
func (q *question) declare(typ string, value any) variable {
	name := fmt.Sprintf("v%d", len(q.declared))
	q.declared, q.variables = append(q.declared, "$"+name+": "+typ), append(q.variables, member{name, value})
	return variable(name)
}

// withVariables makes some values variables.
func (q *question) withVariables(w *world, value any) any {
	switch value := value.(type) {
	case declarable:
		if w.chance(10) {
			return q.declare(value.typ, value.value)
		}
	case []any:
		list := []any{}
		for _, v := range value {
			list = append(list, q.withVariables(w, v))
		}
		return list
	case object:
		members := object{}
		for _, m := range value {
			members = append(members, member{m.key, q.withVariables(w, m.value)})
		}
		return members
	}
	return value
}

func (w *world) newQuestion() *question {
	q := &question{answer: map[string]any{}}
	var b strings.Builder
	for i := range 1 + w.IntN(2) {
		m, key := chosen(w, w.models...), fmt.Sprintf("q%d", i)
		plural := strings.ToLower(m.name) + "s"
		switch w.IntN(5) {
		case 0:
			n := chosen(w, m.nodes...)
			text, answer := q.selection(w, m, 0)
			fmt.Fprintf(&b, "%s: %s(where: %s) %s\n", key, strings.ToLower(m.name), m.selected(w, n), text)
			q.answer[key] = answer.of(n)
		case 1:
			l := q.list(w, m)
			text, answer := q.connection(w, m, l)
			fmt.Fprintf(&b, "%s: %sConnection%s %s\n", key, plural, l.text, text)
			q.answer[key] = answer(m.nodes)
		default:
			l := q.list(w, m)
			text, answer := q.selection(w, m, 0)
			fmt.Fprintf(&b, "%s: %s%s %s\n", key, plural, l.text, text)
			q.answer[key] = answer.all(l.cut(m.nodes).nodes)
		}
	}
	head := "query"
	if len(q.declared) > 0 {
		head += " (" + strings.Join(q.declared, ", ") + ")"
	}
	q.query = head + " {\n" + b.String() + "}"
	return q
}

func (w *world) check(t *testing.T, s *engine.Service, q *question) {
	t.Helper()
	variables := input(q.variables, true)
	got := ask(t, s, q.query, variables)
	var answer map[string]any
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]any{"data": q.answer}, answer); diff != "" {
		t.Errorf("%s\nvariables %s\n(-want +got)\n%s\n%s", q.query, variables, diff, got)
	}
}

// A node describes what is selected of nodes of a model.
type node struct {
	members map[string]func(*worldNode) any
}

func (s node) of(n *worldNode) any {
	answer := map[string]any{}
	for key, value := range s.members {
		answer[key] = value(n)
	}
	return answer
}

func (s node) all(nodes []*worldNode) any {
	answers := []any{}
	for _, n := range nodes {
		answers = append(answers, s.of(n))
	}
	return answers
}

// selection selects fields of a model, and those behind relations.
func (q *question) selection(w *world, m *worldModel, depth int) (string, node) {
	s := node{members: map[string]func(*worldNode) any{"id": func(n *worldNode) any { return idOutput(n.id) }}}
	text := []string{"id"}
	for _, f := range m.fields {
		if w.chance(40) {
			text = append(text, f.name)
			s.members[f.name] = func(n *worldNode) any { return f.output(n.values[f.name]) }
		}
	}
	for i := range 2 * len(m.sides) { // each may be selected twice
		side := m.sides[i/2]
		if depth > 2 || !w.chance(50-40*(i%2)) || q.aliases > mostAliases {
			continue
		}
		q.aliases++
		key, other := fmt.Sprintf("a%d", i), side.back().model
		if !side.list {
			inner, answer := q.selection(w, other, depth+1)
			text = append(text, fmt.Sprintf("%s: %s %s", key, side.field, inner))
			s.members[key] = func(n *worldNode) any {
				if found := side.related(n); len(found) > 0 {
					return answer.of(found[0])
				}
				return nil
			}
			continue
		}
		l := q.list(w, other)
		inner, answer := q.selection(w, other, depth+1)
		text = append(text, fmt.Sprintf("%s: %s%s %s", key, side.field, l.text, inner))
		s.members[key] = func(n *worldNode) any { return answer.all(l.cut(side.related(n)).nodes) }
	}
	return "{ " + q.dressed(w, m, text) + " }", s
}

// dressed writes a selection with fragments and directives, and things that they leave out.
func (q *question) dressed(w *world, m *worldModel, selected []string) string {
	for i, text := range selected {
		switch w.IntN(30) {
		case 0:
			selected[i] = "... on " + m.name + " { " + text + " }"
		case 1:
			selected[i] = "... { " + text + " }"
		case 2:
			selected[i] = "... @include(if: $" + string(q.declare("Boolean!", true)) + ") { " + text + " }"
		case 3:
			selected[i] = "... @skip(if: false) { " + text + " } ... @skip(if: true) { id2: id }"
		case 4:
			selected[i] = text + " id3: id @include(if: $" + string(q.declare("Boolean!", false)) + ")"
		}
	}
	return strings.Join(selected, " ")
}

// connection selects parts of a connection.
func (q *question) connection(w *world, m *worldModel, l *list) (string, func([]*worldNode) any) {
	edges, info := w.chance(70), w.chance(60)
	count := w.chance(60) || !edges && !info
	text := when(info, "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } ")
	inner, aggregate := "aggregate { count }", func(nodes []*worldNode) any { return map[string]any{"count": float64(len(nodes))} }
	groups := func([]*worldNode) any { return nil }
	grouped := w.features && w.chance(40)
	if w.features {
		inner, aggregate = w.aggregates(m, w.chance(60))
	}
	if grouped {
		var grouping string
		grouping, groups = w.groups(m)
		text += "groups: " + grouping + " "
	}
	var answer node
	if edges {
		inner, selected := q.selection(w, m, 1)
		text, answer = text+"edges { cursor node "+inner+" } ", selected
	}
	return "{ " + text + when(count, inner) + " }", func(nodes []*worldNode) any {
		cut, got := l.cut(nodes), map[string]any{}
		if count {
			got["aggregate"] = aggregate(cut.nodes)
		}
		if grouped {
			got["groups"] = groups(cut.nodes)
		}
		if edges {
			list := []any{}
			for _, n := range cut.nodes {
				list = append(list, map[string]any{"cursor": fmt.Sprint(n.id), "node": answer.of(n)})
			}
			got["edges"] = list
		}
		if info {
			page := map[string]any{"hasNextPage": cut.next, "hasPreviousPage": cut.previous, "startCursor": nil, "endCursor": nil}
			if k := len(cut.nodes); k > 0 {
				page["startCursor"], page["endCursor"] = fmt.Sprint(cut.nodes[0].id), fmt.Sprint(cut.nodes[k-1].id)
			}
			got["pageInfo"] = page
		}
		return got
	}
}

// A list is the arguments of a list.
type list struct {
	text              string
	model             *worldModel
	where             func(*worldNode) truth
	field             *worldField // nil is the id
	desc, nullsFirst  bool
	sort              []sortKey
	skip, first, last *int
	after, before     string
}

// A cut is a page of nodes, and whether first or last left some out.
type cut struct {
	nodes          []*worldNode
	next, previous bool
}

func (q *question) list(w *world, m *worldModel) *list {
	l := &list{model: m, nullsFirst: w.nullsFirst}
	var text []string
	if w.chance(60) {
		filter, where := w.filter(m, 0)
		l.where = where
		if w.chance(30) {
			text = append(text, "where: "+input(q.declare(m.name+"WhereInput", filter), false))
		} else {
			text = append(text, "where: "+input(q.withVariables(w, filter), false))
		}
	}
	switch {
	case w.features && w.chance(50):
		var keys []string
		for range 1 + w.IntN(3) {
			key := w.sortKey(m, 0)
			l.sort, keys = append(l.sort, key), append(keys, key.text)
		}
		text = append(text, "sort: ["+strings.Join(keys, ", ")+"]")
	case w.chance(60):
		name, fields := "id", m.ordered()
		if len(fields) > 0 && w.chance(80) {
			l.field = chosen(w, fields...)
			name = l.field.name
		}
		l.desc = w.chance(50)
		text = append(text, "orderBy: "+name+"_"+cmp.Or(when(l.desc, "DESC"), "ASC"))
	}
	number := func(name string, percent int) *int {
		if !w.chance(percent) {
			return nil
		}
		n := w.IntN(5)
		var written any = n
		if w.chance(15) {
			written = q.declare("Int", n)
		}
		text = append(text, name+": "+input(written, false))
		return &n
	}
	l.skip = number("skip", 25)
	if w.chance(50) {
		l.first = number("first", 50)
	} else {
		l.last = number("last", 50)
	}
	cursor := func(name string) (id string) {
		if w.chance(15) {
			id = fmt.Sprint(chosen(w, append(m.nodes, &worldNode{id: 5000})...).id)
			text = append(text, fmt.Sprintf("%s: %q", name, id))
		}
		return id
	}
	l.after, l.before = cursor("after"), cursor("before")
	if len(text) > 0 {
		l.text = "(" + strings.Join(text, ", ") + ")"
	}
	return l
}

func (l *list) value(n *worldNode) any {
	if l.field == nil {
		return n.id
	}
	return n.values[l.field.name]
}

// compare is the order of the list; ties are broken by ascending ids.
func (l *list) compare(x, y *worldNode) int {
	keys := l.sort
	if keys == nil {
		keys = []sortKey{{of: l.value, desc: l.desc}}
	}
	for _, key := range keys {
		c := compareNullable(key.of(x), key.of(y), l.nullsFirst)
		if key.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return compareValues(x.id, y.id)
}

// cut does what the arguments say: filter, order, cursors, skip, limit.
func (l *list) cut(nodes []*worldNode) cut {
	nodes = slices.Clone(nodes)
	slices.SortFunc(nodes, l.compare)
	nodes = slices.DeleteFunc(nodes, func(n *worldNode) bool {
		return l.where != nil && l.where(n) != yes || l.after != "" && !l.beyond(n, l.after, 1) || l.before != "" && !l.beyond(n, l.before, -1)
	})
	skip := 0
	if l.skip != nil {
		skip = min(*l.skip, len(nodes))
	}
	if l.last != nil {
		nodes = nodes[:len(nodes)-skip]
		kept := min(*l.last, len(nodes))
		return cut{nodes: nodes[len(nodes)-kept:], previous: kept < len(nodes)}
	}
	nodes = nodes[skip:]
	if l.first != nil {
		kept := min(*l.first, len(nodes))
		return cut{nodes: nodes[:kept], next: kept < len(nodes)}
	}
	return cut{nodes: nodes}
}

// beyond tells whether a node comes after a cursor (sign 1) or before it (-1).
// What is null is neither, unless the list is sorted.
func (l *list) beyond(n *worldNode, cursor string, sign int) bool {
	i := slices.IndexFunc(l.model.nodes, func(x *worldNode) bool { return fmt.Sprint(x.id) == cursor })
	if i < 0 {
		return false
	}
	at := l.model.nodes[i]
	return (l.sort != nil || l.value(n) != nil && l.value(at) != nil) && l.compare(n, at)*sign > 0
}
