package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/engine"
)

// TestRandomMutations sends random nested mutations and reads everything after
// each: what fails in memory is refused, and both hold the same nodes and links
// afterwards.
func TestRandomMutations(t *testing.T) {
	eachWorld(t, worldKind{required: true}, changeRandomly)
}

// changeRandomly sends the mutations.
func changeRandomly(t *testing.T, s *engine.Service, w *world) {
	done, tried := 0, 0
	for left := 1000; tried < 80 && left > 0; left-- { // where required relations lead in a circle nothing can be made
		before := w.snapshot()
		m := w.newMutation()
		if m.text == "" {
			w.restore(before)
			continue
		}
		tried++
		failure := m.run()
		m.write(w)
		if failure == errGone {
			w.restore(before)
			w.checkGone(t, s, m)
			continue
		}
		if failure != nil {
			w.restore(before)
		} else {
			done++
		}
		w.checkMutation(t, s, m, failure)
		w.checkAll(t, s)
		if t.Failed() {
			t.Logf("%s\nvariables %s\nin memory: %v", m.query, m.variables, failure)
			return
		}
	}
	if done < tried/4 {
		t.Errorf("of %d mutations only %d could be done", tried, done)
	}
}

// A mutation is one root field, and what it does in memory.
type mutation struct {
	model     *worldModel
	node      *worldNode // that was made or changed, if one was
	text      string     // its name
	arguments object
	types     map[string]string // of the arguments, when they are sent as variables
	selection string
	run       func() error
	answer    any // what it answers, set by run; nil: what is stored of the node then

	query, variables string // as it is sent
}

// write writes the request, its arguments sometimes as variables.
func (m *mutation) write(w *world) {
	m.query, m.variables = m.literal(), "null"
	if !w.chance(30) {
		return
	}
	var declared, given []string
	for _, a := range m.arguments {
		declared = append(declared, "$"+a.key+": "+m.types[a.key])
		given = append(given, a.key+": $"+a.key)
	}
	m.query = fmt.Sprintf("mutation (%s) { %s(%s) { %s } }", strings.Join(declared, ", "), m.text, strings.Join(given, ", "), m.selection)
	m.variables = input(m.arguments, true)
}

// literal is the request without variables.
func (m *mutation) literal() string {
	var given []string
	for _, a := range m.arguments {
		given = append(given, a.key+": "+input(a.value, false))
	}
	return fmt.Sprintf("mutation { %s(%s) { %s } }", m.text, strings.Join(given, ", "), m.selection)
}

// errGone is met by mutations that delete a node and go on to write at it: what
// they do is not known here.
var errGone = errors.New("the node deleted itself before")

var errTooDeep = errors.New("required relations lead on and on")

// newMutation makes a mutation; its text is empty when that led too deep.
func (w *world) newMutation() (made *mutation) {
	defer func() {
		if p := recover(); p == errTooDeep {
			made = &mutation{}
		} else if p != nil {
			panic(p)
		}
	}()
	m := chosen(w, w.models...)
	selection, whole := w.whole(m)
	made = &mutation{model: m, selection: selection, types: map[string]string{"where": m.name + "WhereUniqueInput!"}}
	kind := chosen(w, "create", "create", "update", "update", "update", "upsert", "upsert", "delete", "updateMany", "deleteMany")
	if len(m.nodes) == 0 {
		kind = "create"
	}
	made.text = kind + m.name + when(strings.HasSuffix(kind, "Many"), "s")
	where, find := w.selector(m, m.nodes)
	switch kind {
	case "create":
		data, run := w.createData(m, nil, 0)
		made.arguments, made.types["data"] = object{{"data", data}}, m.name+"CreateInput!"
		made.run = func() (err error) { made.node, err = run(nil); return err }
	case "update":
		data, run := w.updateData(m, nil, 0)
		made.arguments, made.types["data"] = object{{"where", where}, {"data", data}}, m.name+"UpdateInput!"
		made.run = func() error {
			n := find()
			if n == nil {
				return m.notFound(where)
			}
			made.node = n
			return run(n)
		}
	case "upsert":
		data, update := w.updateData(m, nil, 0)
		creation, create := w.createData(m, nil, 0)
		made.arguments = object{{"where", where}, {"create", creation}, {"update", data}}
		made.types["create"], made.types["update"] = m.name+"CreateInput!", m.name+"UpdateInput!"
		made.run = func() (err error) {
			if n := find(); n != nil {
				made.node = n
				return update(n)
			}
			made.node, err = create(nil)
			return err
		}
	case "delete":
		made.arguments = object{{"where", where}}
		made.run = func() error {
			n := find()
			if n == nil {
				return m.notFound(where)
			}
			made.answer = whole.of(n)
			return w.delete(m, []*worldNode{n})
		}
	default:
		filter, condition := w.filter(m, 0)
		matching := func() []*worldNode {
			nodes := slices.DeleteFunc(slices.Clone(m.nodes), func(n *worldNode) bool { return condition(n) != yes })
			made.answer = map[string]any{"count": float64(len(nodes))}
			return nodes
		}
		made.arguments, made.selection, made.types["where"] = object{{"where", filter}}, "count", m.name+"WhereInput"
		made.run = func() error { return w.delete(m, matching()) }
		if kind == "updateMany" {
			data, values := w.changes(m)
			if len(m.fields) == 0 {
				panic(errTooDeep) // nothing can be updated: there is no such field
			}
			made.arguments, made.types["data"] = append(made.arguments, member{"data", data}), m.name+"UpdateManyMutationInput!"
			made.run = func() error { return m.change(matching(), values) }
		}
	}
	if kind == "update" || kind == "upsert" {
		if len(m.fields)+len(m.sides) == 0 {
			panic(errTooDeep)
		}
	}
	return made
}

// selector names a node by its id or another unique field, sometimes one that is not there.
func (w *world) selector(m *worldModel, among []*worldNode) (object, func() *worldNode) {
	key, value := m.key(), w.unusedID(m)
	if len(among) > 0 && w.chance(93) {
		n := chosen(w, among...)
		value = n.id
		for _, f := range m.fields {
			if f.unique && !f.list && n.values[f.name] != nil && w.chance(30) {
				key, value = f.name, n.values[f.name]
			}
		}
	}
	if name, values := m.compoundOf(w, among); name != "" && w.chance(20) {
		return object{{name, values}}, func() *worldNode { return m.byCompound(values) }
	}
	return object{{key, value}}, func() *worldNode {
		for _, n := range m.nodes {
			if key == m.key() && n.id == value || key != m.key() && n.values[key] == value {
				return n
			}
		}
		return nil
	}
}

// linkedNodes are the nodes behind a side of any node.
func (s *worldSide) linkedNodes() []*worldNode {
	var nodes []*worldNode
	for _, pair := range s.relation.pairs {
		nodes = append(nodes, pair[1-s.end])
	}
	return nodes
}

func (w *world) unusedID(m *worldModel) any {
	if m.intIDs {
		return 5000
	}
	return "nobody"
}

// changes are new values of some scalar fields.
func (w *world) changes(m *worldModel) (object, map[string]any) {
	data, values := object{}, map[string]any{}
	for _, f := range m.fields {
		if !w.chance(35) {
			if f.list && w.chance(20) {
				data = append(data, member{f.name, chosen[any](w, nil, object{})})
			}
			continue
		}
		value := w.fieldValue(f)
		values[f.name] = value
		if f.list {
			if value = (object{{"set", value}}); len(values[f.name].([]any)) == 0 && w.chance(50) {
				value = object{{"set", nil}}
			}
		}
		data = append(data, member{f.name, value})
	}
	return data, values
}
