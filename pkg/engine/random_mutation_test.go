package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

// TestRandomMutations sends random nested mutations and reads everything after
// each: what fails in memory is refused, and both hold the same nodes and links
// afterwards.
func TestRandomMutations(t *testing.T) {
	eachWorld(t, worldKind{required: true}, func(t *testing.T, s *engine.Service, w *world) {
		done, tried := 0, 0
		for tried < 80 {
			before := w.snapshot()
			m := w.newMutation()
			if m.text == "" {
				w.restore(before)
				continue
			}
			tried++
			failure := m.run()
			if failure == errGone {
				w.restore(before)
				continue
			}
			if failure != nil {
				w.restore(before)
			} else {
				done++
			}
			text, variables := m.request(w)
			gone := m.node != nil && !slices.Contains(m.model.nodes, m.node)
			w.checkMutation(t, s, text, variables, failure, gone)
			w.checkAll(t, s)
			if t.Failed() {
				t.Logf("%s\nvariables %s\nin memory: %v", text, variables, failure)
				return
			}
		}
		if done < tried/4 {
			t.Errorf("of %d mutations only %d could be done", tried, done)
		}
	})
}

// refusals are the codes of mutations that cannot be done. Where there are
// several reasons, memory may meet another one first.
var refusals = []fault.Code{fault.UniqueConstraintViolation, fault.NodeNotFoundForWhere, fault.NodesNotConnected, fault.RequiredRelationViolated}

// checkMutation sends a mutation. A node that is gone since it deleted itself
// cannot be read again, as in Prisma 1.
func (w *world) checkMutation(t *testing.T, s *engine.Service, text, variables string, failure error, gone bool) {
	t.Helper()
	got := ask(t, s, text, variables)
	var answer struct{ Errors []struct{ Code fault.Code } }
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	switch {
	case failure == nil && len(answer.Errors) == 0:
	case failure == nil && gone && answer.Errors[0].Code == fault.NodeNotFoundForWhere:
	case failure == nil || len(answer.Errors) != 1 || !slices.Contains(refusals, answer.Errors[0].Code):
		t.Errorf("%s", got)
	}
}

// checkAll reads all nodes and links.
func (w *world) checkAll(t *testing.T, s *engine.Service) {
	t.Helper()
	q := &question{answer: map[string]any{}}
	var b strings.Builder
	for _, m := range w.models {
		text := []string{"id"}
		selected := node{members: map[string]func(*worldNode) any{"id": func(n *worldNode) any { return idOutput(n.id) }}}
		for _, f := range m.fields {
			text = append(text, f.name)
			selected.members[f.name] = func(n *worldNode) any { return f.output(n.values[f.name]) }
		}
		for _, side := range m.sides {
			if side.required && side.back().field != "" {
				continue // set may take away what is required; the other side tells, too
			}
			text = append(text, side.field+" { id }")
			ids := node{members: map[string]func(*worldNode) any{"id": selected.members["id"]}}
			selected.members[side.field] = func(n *worldNode) any {
				found := side.related(n)
				switch {
				case side.list:
					return ids.all(found)
				case len(found) == 0:
					return nil
				}
				return ids.of(found[0])
			}
		}
		all := &list{model: m}
		key := strings.ToLower(m.name) + "s"
		fmt.Fprintf(&b, "%s { %s }\n", key, strings.Join(text, " "))
		q.answer[key] = selected.all(all.cut(m.nodes).nodes)
	}
	q.query = "{\n" + b.String() + "}"
	var answer map[string]any
	got := ask(t, s, q.query, "null")
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]any{"data": q.answer}, answer); diff != "" {
		t.Errorf("afterwards (-want +got)\n%s", diff)
	}
}

// A snapshot is what was stored.
type snapshot struct {
	nodes  [][]*worldNode
	values map[*worldNode]map[string]any
	pairs  [][][2]*worldNode
}

func (w *world) snapshot() snapshot {
	s := snapshot{values: map[*worldNode]map[string]any{}}
	for _, m := range w.models {
		s.nodes = append(s.nodes, slices.Clone(m.nodes))
		for _, n := range m.nodes {
			s.values[n] = maps.Clone(n.values)
		}
	}
	for _, x := range w.relations {
		s.pairs = append(s.pairs, slices.Clone(x.pairs))
	}
	return s
}

func (w *world) restore(s snapshot) {
	for i, m := range w.models {
		m.nodes = s.nodes[i]
		for _, n := range m.nodes {
			n.values, n.gone = s.values[n], false
		}
	}
	for i, x := range w.relations {
		x.pairs = s.pairs[i]
	}
}

func failed(code fault.Code) error { return &fault.Error{Code: code, Message: fmt.Sprint(code)} }

// insert stores a node if no other has one of its unique values.
func (m *worldModel) insert(n *worldNode) error {
	if m.node(n.id) != nil {
		return failed(fault.UniqueConstraintViolation)
	}
	m.nodes = append(m.nodes, n)
	return m.checkUnique()
}

func (m *worldModel) checkUnique() error {
	for _, f := range m.fields {
		seen := map[any]bool{}
		for _, n := range m.nodes {
			if value := n.values[f.name]; f.unique && value != nil {
				if seen[value] {
					return failed(fault.UniqueConstraintViolation)
				}
				seen[value] = true
			}
		}
	}
	return nil
}

// change writes values to nodes at once.
func (m *worldModel) change(nodes []*worldNode, values map[string]any) error {
	for _, n := range nodes {
		n.values = maps.Clone(n.values)
		maps.Copy(n.values, values)
	}
	return m.checkUnique()
}

// delete removes nodes and what cascades reach, unless one that stays requires
// one that goes.
func (w *world) delete(m *worldModel, nodes []*worldNode) error {
	models, queue := map[*worldNode]*worldModel{}, []*worldNode{}
	add := func(m *worldModel, nodes []*worldNode) {
		for _, n := range nodes {
			if models[n] == nil {
				models[n], queue = m, append(queue, n)
			}
		}
	}
	add(m, nodes)
	for i := 0; i < len(queue); i++ {
		for _, s := range models[queue[i]].sides {
			if s.cascade {
				add(s.back().model, s.related(queue[i]))
			}
		}
	}
	for _, x := range w.relations {
		for _, pair := range x.pairs {
			for end, s := range x.sides {
				if s.required && models[pair[1-end]] != nil && models[pair[end]] == nil {
					return failed(fault.RequiredRelationViolated)
				}
			}
		}
	}
	for n := range models {
		n.gone = true
	}
	for _, x := range w.relations {
		x.pairs = slices.DeleteFunc(x.pairs, func(pair [2]*worldNode) bool { return models[pair[0]] != nil || models[pair[1]] != nil })
	}
	for _, m := range w.models {
		m.nodes = slices.DeleteFunc(m.nodes, func(n *worldNode) bool { return models[n] != nil })
	}
	return nil
}

// A mutation is one root field, and what it does in memory.
type mutation struct {
	model     *worldModel
	node      *worldNode // that was updated, if one was
	text      string     // its name
	arguments object
	types     map[string]string // of the arguments, when they are sent as variables
	selection string
	run       func() error
}

func (m *mutation) request(w *world) (text, variables string) {
	asVariables := w.chance(30)
	var declared, given []string
	for _, a := range m.arguments {
		if asVariables {
			declared = append(declared, "$"+a.key+": "+m.types[a.key])
			given = append(given, a.key+": $"+a.key)
		} else {
			given = append(given, a.key+": "+input(a.value, false))
		}
	}
	if !asVariables {
		return fmt.Sprintf("mutation { %s(%s) { %s } }", m.text, strings.Join(given, ", "), m.selection), "null"
	}
	return fmt.Sprintf("mutation (%s) { %s(%s) { %s } }", strings.Join(declared, ", "), m.text, strings.Join(given, ", "), m.selection), input(m.arguments, true)
}

// errGone is met by mutations that delete a node and go on to write at it: they
// are not sent.
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
	made = &mutation{model: m, selection: "id", types: map[string]string{"where": m.name + "WhereUniqueInput!"}}
	kind := chosen(w, "create", "create", "update", "update", "update", "upsert", "delete", "updateMany", "deleteMany")
	if len(m.nodes) == 0 {
		kind = "create"
	}
	made.text = kind + m.name + when(strings.HasSuffix(kind, "Many"), "s")
	where, find := w.selector(m)
	switch kind {
	case "create":
		data, run := w.createData(m, nil, 0)
		made.arguments, made.types["data"] = object{{"data", data}}, m.name+"CreateInput!"
		made.run = func() error { _, err := run(nil); return err }
	case "update":
		data, run := w.updateData(m, nil, 0)
		made.arguments, made.types["data"] = object{{"where", where}, {"data", data}}, m.name+"UpdateInput!"
		made.run = func() error {
			n := find()
			if n == nil {
				return failed(fault.NodeNotFoundForWhere)
			}
			made.node = n
			return run(n)
		}
	case "upsert":
		data, update := w.updateData(m, nil, 0)
		creation, create := w.createData(m, nil, 0)
		made.arguments = object{{"where", where}, {"create", creation}, {"update", data}}
		made.types["create"], made.types["update"] = m.name+"CreateInput!", m.name+"UpdateInput!"
		made.run = func() error {
			if n := find(); n != nil {
				made.node = n
				return update(n)
			}
			_, err := create(nil)
			return err
		}
	case "delete":
		made.arguments = object{{"where", where}}
		made.run = func() error {
			n := find()
			if n == nil {
				return failed(fault.NodeNotFoundForWhere)
			}
			return w.delete(m, []*worldNode{n})
		}
	default:
		filter, condition := w.filter(m, 0)
		matching := func() []*worldNode {
			return slices.DeleteFunc(slices.Clone(m.nodes), func(n *worldNode) bool { return condition(n) != yes })
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
func (w *world) selector(m *worldModel) (object, func() *worldNode) {
	key, value := "id", w.unusedID(m)
	if len(m.nodes) > 0 && w.chance(93) {
		n := chosen(w, m.nodes...)
		value = n.id
		for _, f := range m.fields {
			if f.unique && !f.list && n.values[f.name] != nil && w.chance(30) {
				key, value = f.name, n.values[f.name]
			}
		}
	}
	return object{{key, value}}, func() *worldNode {
		for _, n := range m.nodes {
			if key == "id" && n.id == value || key != "id" && n.values[key] == value {
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
			continue
		}
		value := w.fieldValue(f)
		values[f.name] = value
		if f.list {
			value = object{{"set", value}}
		}
		data = append(data, member{f.name, value})
	}
	return data, values
}
