package engine_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

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

// insert stores a node if no other has one of its unique values.
func (m *worldModel) insert(n *worldNode) error {
	m.nodes = append(m.nodes, n)
	return m.checkUnique()
}

func (m *worldModel) checkUnique() error {
	unique := map[string]func(*worldNode) any{m.key(): func(n *worldNode) any { return n.id }}
	for _, f := range m.fields {
		if f.unique {
			unique[f.name] = func(n *worldNode) any { return n.values[f.name] }
		}
	}
	if len(m.compound) > 0 {
		unique[m.compoundName()] = m.compoundValue
	}
	var failures refusal
	for field, value := range unique {
		seen := map[any]bool{}
		for _, n := range m.nodes {
			if v := value(n); v != nil && seen[v] {
				failures = append(failures, fault.Unique(m.name, field))
			} else {
				seen[v] = true
			}
		}
	}
	return failures.orNil()
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
	var failures refusal
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
					failures = append(failures, s.requires())
				}
			}
		}
	}
	if len(failures) > 0 {
		return failures
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

// requires is the fault of a relation that must not lose a link.
func (s *worldSide) requires() *fault.Error {
	return fault.RequiredRelation(s.relation.name, s.relation.sides[0].model.name, s.relation.sides[1].model.name)
}

// notFound is the refusal of a selector that finds nothing.
func (m *worldModel) notFound(where object) error {
	return refusal{fault.NotFound(m.name, bare(where[0].value), where[0].key)}
}

// end names a node by its id in a fault.
func (m *worldModel) end(n *worldNode) fault.End {
	id := fmt.Sprint(n.id)
	if m.auto != "" {
		id = unknownID
	}
	return fault.End{Model: m.name, Field: "id", Value: id}
}
