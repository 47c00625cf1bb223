package engine_test

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// Kinds of nested writes in the order in which they run.
const (
	nestedCreate = iota
	nestedUpdate
	nestedUpsert
	nestedDelete
	nestedConnect
	nestedSet
	nestedDisconnect
	nestedUpdateMany
	nestedDeleteMany
)

// A nestedWrite is a write at a relation field of a node. The node is fresh
// when the same mutation made it.
type nestedWrite struct {
	kind int
	do   func(n *worldNode, fresh bool) error
}

func runNested(writes []nestedWrite, n *worldNode, fresh bool) error {
	slices.SortStableFunc(writes, func(x, y nestedWrite) int { return x.kind - y.kind })
	for _, write := range writes {
		if n.gone {
			return errGone
		}
		if err := write.do(n, fresh); err != nil {
			return err
		}
	}
	return nil
}

// createData makes the data of a new node, through a side of another or by
// itself. What is returned stores it; linked is called before what is nested.
func (w *world) createData(m *worldModel, through *worldSide, depth int) (object, func(linked func(*worldNode)) (*worldNode, error)) {
	if depth > 6 {
		panic(errTooDeep)
	}
	n := &worldNode{id: w.newID(m), values: w.values(m)}
	if len(m.nodes) > 0 && w.chance(2) {
		n.id = chosen(w, m.nodes...).id
	}
	data := w.newData(m, n)
	var first, writes []nestedWrite // required links in the node's own row come before it
	for _, s := range m.sides {
		if through != nil && s == through.back() {
			continue
		}
		if !s.required && !w.chance(40-depth*15) {
			data = w.appendIdle(data, s, "create", "connect")
			continue
		}
		members, made := w.newLinks(s, depth)
		data = append(data, member{s.field, members})
		if s.required && !s.relation.table && s.relation.leads == s.end {
			first = append(first, made...)
		} else {
			writes = append(writes, made...)
		}
	}
	return data, func(linked func(*worldNode)) (*worldNode, error) {
		made := &worldNode{id: n.id, values: n.values}
		if err := runNested(first, made, true); err != nil {
			return nil, err
		}
		if err := m.insert(made); err != nil {
			return nil, err
		}
		if linked != nil {
			linked(made)
		}
		return made, runNested(writes, made, true)
	}
}

// newLinks makes what a new node writes at a side.
func (w *world) newLinks(s *worldSide, depth int) (object, []nestedWrite) {
	connects := len(s.back().model.nodes) > 0 && w.chance(60) && !(s.required && s.back().required && w.chance(90))
	switch {
	case s.list:
		return w.listWrites(s, depth, []int{nestedCreate, nestedConnect})
	case connects && !w.careful && w.chance(10):
		return w.one(s, depth, nestedConnect, nestedCreate)
	case connects:
		return w.one(s, depth, nestedConnect)
	}
	return w.one(s, depth, nestedCreate)
}

// newData is the data of a new node. What is null, or as by default, may be left out.
func (w *world) newData(m *worldModel, n *worldNode) object {
	return slices.DeleteFunc(m.data(n), func(given member) bool {
		i := slices.IndexFunc(m.fields, func(f *worldField) bool { return f.name == given.key })
		switch {
		case i < 0:
			return false
		case m.fields[i].value != nil && w.chance(40):
			n.values[given.key] = m.fields[i].value
			return true
		}
		return m.fields[i].value == nil && n.values[given.key] == nil && w.chance(50)
	})
}

// appendIdle adds, now and then, input of a relation field that does nothing.
func (w *world) appendIdle(data object, s *worldSide, keys ...string) object {
	if !w.chance(10) {
		return data
	}
	return append(data, member{s.field, chosen[any](w, nil, object{}, object{{chosen(w, keys...), nil}})})
}

// updateData makes the data of an update, through a side of another node or by itself.
func (w *world) updateData(m *worldModel, through *worldSide, depth int) (object, func(*worldNode) error) {
	data, values := w.changes(m)
	var writes []nestedWrite
	for _, s := range m.sides {
		if through != nil && s == through.back() {
			continue
		}
		if !w.chance(60 - depth*25) {
			data = w.appendIdle(data, s, "create", "connect")
			continue
		}
		var members object
		var made []nestedWrite
		if s.list {
			members, made = w.listWrites(s, depth, []int{nestedCreate, nestedUpdate, nestedUpsert, nestedDelete, nestedConnect, nestedSet, nestedDisconnect, nestedUpdateMany, nestedDeleteMany})
		} else {
			kinds := []int{nestedCreate, nestedUpdate, nestedUpsert, nestedConnect}
			if !s.required {
				kinds = append(kinds, nestedDelete, nestedDisconnect)
			}
			w.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
			members, made = w.one(s, depth, kinds[:1+btoi(w.chance(15))]...)
		}
		data, writes = append(data, member{s.field, members}), append(writes, made...)
	}
	return data, func(n *worldNode) error {
		if err := m.change([]*worldNode{n}, values); err != nil {
			return err
		}
		return runNested(writes, n, false)
	}
}

// updatable tells whether an update through a side has anything to say.
func (s *worldSide) updatable() bool {
	other := s.back().model
	return len(other.fields) > 0 || slices.ContainsFunc(other.sides, func(x *worldSide) bool { return x != s.back() })
}

// one makes writes of some kinds at a to-one side.
func (w *world) one(s *worldSide, depth int, kinds ...int) (members object, writes []nestedWrite) {
	for _, kind := range kinds {
		if !s.updatable() && (kind == nestedUpdate || kind == nestedUpsert) {
			kind = nestedConnect
		}
		more, made := w.oneOf(s, depth, kind)
		if !slices.ContainsFunc(members, func(m member) bool { return m.key == more[0].key }) {
			members, writes = append(members, more...), append(writes, made...)
		}
	}
	return members, writes
}

// oneOf makes a write at a to-one side.
func (w *world) oneOf(s *worldSide, depth, kind int) (object, []nestedWrite) {
	other := s.back().model
	current := func(n *worldNode) *worldNode {
		if found := s.related(n); len(found) > 0 {
			return found[0]
		}
		return nil
	}
	switch kind {
	case nestedCreate:
		data, write := w.nestedCreate(s, depth)
		return object{{"create", data}}, []nestedWrite{write}
	case nestedConnect:
		where, write := w.nestedConnect(s)
		return object{{"connect", where}}, []nestedWrite{write}
	case nestedDisconnect, nestedDelete:
		key := map[int]string{nestedDisconnect: "disconnect", nestedDelete: "delete"}[kind]
		if w.chance(10) {
			return object{{key, false}}, nil
		}
		return object{{key, true}}, []nestedWrite{{kind, func(n *worldNode, _ bool) error { return w.remove(s, kind, n, current(n)) }}}
	case nestedUpdate:
		data, update := w.updateData(other, s, depth+1)
		return object{{"update", data}}, []nestedWrite{{kind, func(n *worldNode, _ bool) error {
			if child := current(n); child != nil {
				return update(child)
			}
			return refusal{fault.NotConnected(s.relation.name, fault.End{Model: s.model.name}, fault.End{Model: other.name})}
		}}}
	}
	data, update := w.updateData(other, s, depth+1)
	creation, create := w.nestedCreate(s, depth)
	return object{{"update", data}, {"create", creation}}.in("upsert"), []nestedWrite{{nestedUpsert, func(n *worldNode, fresh bool) error {
		if child := current(n); child != nil {
			return update(child)
		}
		return create.do(n, fresh)
	}}}
}

func (o object) in(key string) object { return object{{key, o}} }

// listWrites makes writes of some kinds at a list.
func (w *world) listWrites(s *worldSide, depth int, kinds []int) (object, []nestedWrite) {
	members, writes := object{}, []nestedWrite(nil)
	for _, kind := range kinds {
		if kind == nestedSet && w.careful && s.back().required || !w.chance(max(15, 60/len(kinds))) || !s.updatable() && (kind == nestedUpdate || kind == nestedUpsert) || len(s.back().model.fields) == 0 && kind == nestedUpdateMany {
			continue
		}
		elements := []any{}
		var children []selected // of set, which is one write
		for range 1 + btoi(w.chance(25)) {
			element, write := w.element(s, depth, kind)
			elements = append(elements, element)
			if kind == nestedSet {
				where, find := w.selector(s.back().model, s.back().model.nodes)
				elements[len(elements)-1], children = where, append(children, selected{where, find})
				continue
			}
			writes = append(writes, write)
		}
		if kind == nestedSet {
			writes = append(writes, nestedWrite{kind, func(n *worldNode, _ bool) error { return s.set(n, children) }})
		}
		key := []string{"create", "update", "upsert", "delete", "connect", "set", "disconnect", "updateMany", "deleteMany"}[kind]
		members = append(members, member{key, elements})
	}
	return members, writes
}

// element makes one element of a nested write at a list.
func (w *world) element(s *worldSide, depth, kind int) (any, nestedWrite) {
	other := s.back().model
	where, find := w.selector(other, other.nodes)
	if linked := s.linkedNodes(); len(linked) > 0 && kind != nestedConnect && w.chance(70) {
		where, find = w.selector(other, linked)
	}
	switch kind {
	case nestedCreate:
		return w.nestedCreate(s, depth)
	case nestedConnect:
		return w.nestedConnect(s)
	case nestedDelete, nestedDisconnect:
		return where, nestedWrite{kind, func(n *worldNode, _ bool) error {
			if s.forbids(kind) {
				return refusal{s.requires()}
			}
			child := find()
			if child == nil {
				return other.notFound(where)
			}
			return w.remove(s, kind, n, child)
		}}
	case nestedUpdate:
		data, update := w.updateData(other, s, depth+1)
		return object{{"where", where}, {"data", data}}, nestedWrite{kind, func(n *worldNode, _ bool) error {
			child := find()
			switch {
			case child == nil:
				return other.notFound(where)
			case !s.linked(n, child):
				end := fault.End{Model: other.name, Field: where[0].key, Value: bare(where[0].value)}
				return refusal{fault.NotConnected(s.relation.name, fault.End{Model: s.model.name}, end)}
			}
			return update(child)
		}}
	case nestedUpsert:
		data, update := w.updateData(other, s, depth+1)
		creation, create := w.nestedCreate(s, depth)
		return object{{"where", where}, {"update", data}, {"create", creation}}, nestedWrite{kind, func(n *worldNode, fresh bool) error {
			if child := find(); child != nil && s.linked(n, child) {
				return update(child)
			}
			return create.do(n, fresh)
		}}
	}
	filter, condition := w.scalarFilters(other)
	matching := func(n *worldNode) []*worldNode {
		return slices.DeleteFunc(s.related(n), func(x *worldNode) bool { return condition(x) != yes })
	}
	if kind == nestedDeleteMany {
		return filter, nestedWrite{kind, func(n *worldNode, _ bool) error { return w.delete(other, matching(n)) }}
	}
	data, values := w.changes(other)
	return object{{"where", filter}, {"data", data}}, nestedWrite{kind, func(n *worldNode, _ bool) error { return other.change(matching(n), values) }}
}

// scalarFilters is a filter without relations.
func (w *world) scalarFilters(m *worldModel) (object, func(*worldNode) truth) {
	return w.filter(m.with(m.nodes), 1)
}

// with returns a model of the same fields, without relations, that has other nodes.
func (m *worldModel) with(nodes []*worldNode) *worldModel {
	return &worldModel{name: m.name, intIDs: m.intIDs, auto: m.auto, fields: m.fields, nodes: nodes}
}

// forbids tells whether links must not be taken away.
func (s *worldSide) forbids(kind int) bool {
	return kind == nestedDisconnect && (s.required || s.back().required)
}

// remove disconnects or deletes a child, which must be linked.
func (w *world) remove(s *worldSide, kind int, n, child *worldNode) error {
	other := s.back().model
	switch {
	case s.forbids(kind):
		return refusal{s.requires()}
	case child == nil:
		return refusal{fault.NotConnected(s.relation.name, s.model.end(n), fault.End{Model: other.name})}
	case !s.linked(n, child):
		return refusal{fault.NotConnected(s.relation.name, s.model.end(n), other.end(child))}
	case kind == nestedDelete:
		return w.delete(other, []*worldNode{child})
	}
	s.relation.pairs = slices.DeleteFunc(s.relation.pairs, func(pair [2]*worldNode) bool {
		return pair[s.end] == n && pair[1-s.end] == child
	})
	return nil
}

// selected is a node that a selector finds.
type selected struct {
	where object
	find  func() *worldNode
}

func (s *worldSide) set(n *worldNode, children []selected) error {
	var found []*worldNode
	for _, c := range children {
		child := c.find()
		if child == nil {
			return s.back().model.notFound(c.where)
		}
		found = append(found, child)
	}
	s.unlink(n)
	for _, child := range found {
		s.link(n, child)
	}
	return nil
}

// holdsOn tells whether a node behind a to-one side cannot be replaced, since it requires this one.
func (s *worldSide) holdsOn(n *worldNode, fresh bool) bool {
	return s.back().required && !s.list && !fresh && (s.required || len(s.related(n)) > 0)
}

func (w *world) nestedCreate(s *worldSide, depth int) (object, nestedWrite) {
	data, create := w.createData(s.back().model, s, depth+1)
	return data, nestedWrite{nestedCreate, func(n *worldNode, fresh bool) error {
		if s.holdsOn(n, fresh) {
			return refusal{s.requires()}
		}
		_, err := create(func(made *worldNode) { s.link(n, made) })
		return err
	}}
}

func (w *world) nestedConnect(s *worldSide) (object, nestedWrite) {
	where, find := w.selector(s.back().model, s.back().model.nodes)
	return where, nestedWrite{nestedConnect, func(n *worldNode, fresh bool) error {
		if s.required && s.back().required || s.holdsOn(n, fresh) {
			return refusal{s.requires()}
		}
		child := find()
		switch {
		case child == nil:
			return s.back().model.notFound(where)
		case s.required && !s.back().list && len(s.back().related(child)) > 0:
			return refusal{s.requires()}
		}
		s.link(n, child)
		return nil
	}}
}
