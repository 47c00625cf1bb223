package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// pathFilter asks what a Json field holds at a path.
func (w *world) pathFilter(f *worldField) (string, any, func(*worldNode) truth) {
	path := chosen(w, []string{"a"}, []string{"a", "0"}, []string{"a", "1"}, []string{"x"}, []string{"n"}, []string{"n", "m"}, []string{"0"}, []string{})
	var steps []any
	for _, step := range path {
		steps = append(steps, step)
	}
	filter := object{{"path", steps}}
	op := chosen(w, "equals", "not", "in", "lt", "lte", "gt", "gte", "contains", "starts_with", "ends_with", "exists")
	value := chosen[any](w, 1, 2.5, -3, "y", "ab", "", true, false, "1")
	switch op {
	case "exists":
		value = w.chance(50)
	case "contains", "starts_with", "ends_with":
		value = chosen(w, "a", "b", "", "y", "%")
	case "lt", "lte", "gt", "gte":
		value = chosen[any](w, 1, 2.5, -3, "y", "ab")
	case "in":
		value = []any{value, chosen[any](w, 1, "y")}
	case "equals", "not":
		if w.chance(20) {
			value = nil
		}
	}
	filter = append(filter, member{op, value})
	return f.name + "_path", filter, func(n *worldNode) truth {
		found, there := atPath(n.values[f.name], path)
		if op == "exists" {
			return truthOf(there == value)
		}
		return pathHolds(op, found, there, value)
	}
}

// atPath returns what a stored Json has at a path.
func atPath(stored any, path []string) (found any, there bool) {
	text := fmt.Sprint(stored)
	if stored == nil || json.Unmarshal([]byte(text), &found) != nil {
		return nil, false
	}
	for _, step := range path {
		switch at := found.(type) {
		case map[string]any:
			if found, there = at[step]; !there {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				return nil, false
			}
			found = at[i]
		default:
			return nil, false
		}
	}
	return found, true
}

// pathHolds compares what stands at a path. Values of another type, and what is
// not there, are unequal to everything, also for not.
func pathHolds(op string, found any, there bool, value any) truth {
	number := func(v any) any {
		if i, ok := v.(int); ok {
			return float64(i)
		}
		return v
	}
	value = number(value)
	simple := func(v any) bool {
		switch v.(type) {
		case nil, string, float64, bool:
			return true
		}
		return false
	}
	switch op {
	case "equals":
		return truthOf(there && simple(found) && found == value)
	case "not":
		return truthOf(there && !(simple(found) && found == value))
	case "in":
		return truthOf(there && simple(found) && slices.ContainsFunc(value.([]any), func(v any) bool { return number(v) == found }))
	case "contains", "starts_with", "ends_with":
		text, ok := found.(string)
		return truthOf(ok && holds("_"+op, text, value) == yes)
	}
	switch x := found.(type) {
	case float64:
		y, ok := value.(float64)
		return truthOf(ok && holds("_"+op, x, y) == yes)
	case string:
		y, ok := value.(string)
		return truthOf(ok && holds("_"+op, x, y) == yes)
	}
	return no
}

// searchFilter asks for nodes with all words of a text in two fields.
func (m *worldModel) searchFilter(w *world) (string, any, func(*worldNode) truth) {
	words := []string{chosen(w, "a", "ab", "abc", "b", "ba", "cab", "bc")}
	if w.chance(30) {
		words = append(words, chosen(w, "a", "ab", "ABC", "cab"))
	}
	return "fullText", strings.Join(words, " "), func(n *worldNode) truth {
		return truthOf(!slices.ContainsFunc(words, func(word string) bool {
			return !slices.ContainsFunc(m.searched, func(f *worldField) bool { return f.of(n) == strings.ToLower(word) })
		}))
	}
}

// featureFilter asks what only features know, of a field of the model if it can.
func (w *world) featureFilter(m *worldModel) (key string, value any, condition func(*worldNode) truth, ok bool) {
	if len(m.searched) > 0 && w.chance(20) {
		key, value, condition = m.searchFilter(w)
		return key, value, condition, true
	}
	fields := slices.DeleteFunc(slices.Clone(m.fields), func(f *worldField) bool { return f.list || f.typ != "Json" && f.typ != "String" })
	if len(fields) == 0 {
		return "", nil, nil, false
	}
	f := chosen(w, fields...)
	if f.typ == "Json" {
		key, value, condition = w.pathFilter(f)
		return key, value, condition, true
	}
	operator := chosen(w, "", "_not", "_contains", "_not_contains", "_starts_with", "_not_starts_with", "_ends_with", "_not_ends_with")
	text := chosen(w, "a", "AB", "Ab", "B", "C", "cAb", "", "%", "_", "U1")
	if w.chance(10) {
		return f.name + operator + "_i", nil, func(n *worldNode) truth { return holds(operator, f.of(n), nil) }, true
	}
	return f.name + operator + "_i", text, func(n *worldNode) truth { return holds(operator, f.of(n), strings.ToLower(text)) }, true
}
