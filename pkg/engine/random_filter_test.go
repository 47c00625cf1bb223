package engine_test

import (
	"cmp"
	"slices"
	"strings"
)

// A truth is what a condition makes of a node, in the logic of SQL.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func (t truth) not() truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// filter makes a filter of nodes of a model and its meaning.
func (w *world) filter(m *worldModel, depth int) (object, func(*worldNode) truth) {
	var written object
	var conditions []func(*worldNode) truth
	add := func(key string, value any, condition func(*worldNode) truth) {
		if !slices.ContainsFunc(written, func(x member) bool { return x.key == key }) {
			written, conditions = append(written, member{key, value}), append(conditions, condition)
		}
	}
	for range w.IntN(3) + btoi(w.chance(80)) {
		switch {
		case depth < 3 && w.chance(25):
			add(w.combination(m, depth))
		case depth < 3 && w.chance(35) && len(m.sides) > 0:
			add(w.relationFilter(chosen(w, m.sides...), depth))
		default:
			if w.features && w.chance(40) {
				if key, value, condition, ok := w.featureFilter(m); ok {
					add(key, value, condition)
					continue
				}
			}
			add(w.scalarFilter(m))
		}
	}
	return written, func(n *worldNode) truth {
		all := yes
		for _, condition := range conditions {
			all = min(all, condition(n))
		}
		return all
	}
}

// combination joins filters by AND, OR or NOT.
func (w *world) combination(m *worldModel, depth int) (string, any, func(*worldNode) truth) {
	var list []any
	var parts []func(*worldNode) truth
	for range w.IntN(4) {
		written, part := w.filter(m, depth+1)
		list, parts = append(list, written), append(parts, part)
	}
	key := chosen(w, "AND", "OR", "NOT")
	return key, list, func(n *worldNode) truth {
		result := truthOf(key != "OR")
		for _, part := range parts {
			switch key {
			case "AND":
				result = min(result, part(n))
			case "OR":
				result = max(result, part(n))
			case "NOT":
				result = min(result, part(n).not())
			}
		}
		return result
	}
}

// relationFilter asks about related nodes.
func (w *world) relationFilter(s *worldSide, depth int) (string, any, func(*worldNode) truth) {
	if !s.list && w.chance(20) {
		return s.field, nil, func(n *worldNode) truth { return truthOf(len(s.related(n)) == 0) }
	}
	written, condition := w.filter(s.back().model, depth+1)
	some := func(n *worldNode, wanted truth) bool {
		return slices.ContainsFunc(s.related(n), func(x *worldNode) bool { return condition(x) == wanted })
	}
	key := s.field
	if s.list {
		key += chosen(w, "_some", "_every", "_none")
	}
	return key, written, func(n *worldNode) truth {
		switch {
		case strings.HasSuffix(key, "_every"):
			return truthOf(!some(n, no))
		case strings.HasSuffix(key, "_none"):
			return truthOf(!some(n, yes))
		}
		return truthOf(some(n, yes))
	}
}

// operators of scalar filters by type; "" is equality.
var operators = map[string][]string{
	"Boolean": {"", "_not"},
	"Kind":    {"", "_not", "_in", "_not_in"},
	"Int":     {"", "_not", "_in", "_not_in", "_lt", "_lte", "_gt", "_gte"},
	"String": {"", "_not", "_in", "_not_in", "_lt", "_lte", "_gt", "_gte", "_contains", "_not_contains",
		"_starts_with", "_not_starts_with", "_ends_with", "_not_ends_with"},
}

// scalarFilter asks about the id or a scalar field.
func (w *world) scalarFilter(m *worldModel) (string, any, func(*worldNode) truth) {
	fields := m.ordered()
	name, typ, of := m.key(), "String", func(n *worldNode) any { return n.id }
	if m.intIDs {
		typ = "Int"
	}
	ids := append(slices.Clone(m.nodes), &worldNode{id: w.unusedID(m)})
	draw := func() any { return chosen(w, ids...).id }
	if len(fields) > 0 && w.chance(85) {
		f := chosen(w, fields...)
		name, typ, of = f.name, f.typ, func(n *worldNode) any { return n.values[f.name] }
		draw = func() any { return w.value(typ) }
	}
	known := operators[typ]
	if known == nil {
		known = operators["Int"]
	}
	operator := chosen(w, known...)
	value := draw()
	switch {
	case w.chance(10):
		value = nil
	case strings.HasSuffix(operator, "_in"):
		list := []any{}
		for range w.IntN(4) {
			list = append(list, draw())
		}
		value = list
	case strings.Contains(operator, "with") || strings.Contains(operator, "contains"):
		value = chosen(w, "", "a", "b", "ab", "c", "%", "_", "!", "0")
	}
	declared := cmp.Or(when(name == "id" && !m.intIDs, "ID"), typ)
	if strings.HasSuffix(operator, "_in") {
		declared = "[" + declared + "!]"
	}
	return name + operator, declarable{declared, value}, func(n *worldNode) truth { return holds(operator, of(n), value) }
}

// holds compares a stored value with the one of a filter.
func holds(operator string, stored, value any) truth {
	base, negated := strings.CutPrefix(operator, "_not")
	if negated {
		if list, ok := value.([]any); ok && len(list) == 0 {
			return yes
		}
		return holds(base, stored, value).not()
	}
	list, isList := value.([]any)
	switch {
	case isList && len(list) == 0:
		return no
	case value == nil && (operator == "" || operator == "_in"):
		return truthOf(stored == nil)
	case stored == nil || value == nil:
		return unknown
	case isList:
		return truthOf(slices.Contains(list, stored))
	}
	switch operator {
	case "":
		return truthOf(stored == value)
	case "_lt":
		return truthOf(compareValues(stored, value) < 0)
	case "_lte":
		return truthOf(compareValues(stored, value) <= 0)
	case "_gt":
		return truthOf(compareValues(stored, value) > 0)
	case "_gte":
		return truthOf(compareValues(stored, value) >= 0)
	case "_contains":
		return truthOf(strings.Contains(stored.(string), value.(string)))
	case "_starts_with":
		return truthOf(strings.HasPrefix(stored.(string), value.(string)))
	}
	return truthOf(strings.HasSuffix(stored.(string), value.(string)))
}
