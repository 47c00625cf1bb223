package engine_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

// checkMutation sends a mutation and compares what it answers, which is
// selected of its node or the count. A node that is gone since it deleted itself
// cannot be read again, as in Prisma 1.
func (w *world) checkMutation(t *testing.T, s *engine.Service, m *mutation, failure error) {
	t.Helper()
	var answer struct {
		Data   map[string]any
		Errors []*fault.Error
	}
	if err := json.Unmarshal(ask(t, s, m.query, m.variables), &answer); err != nil {
		t.Fatal(err)
	}
	gone := m.node != nil && m.node.gone && m.answer == nil
	switch {
	case failure != nil:
		if len(answer.Errors) != 1 || !failure.(refusal).is(answer.Errors[0]) {
			t.Errorf("answered %v %v, wanted %v", answer.Data, answer.Errors, failure)
		}
	case gone:
		if len(answer.Errors) != 1 || answer.Errors[0].Code != fault.NodeNotFoundForWhere {
			t.Errorf("answered %v %v for a node that is gone", answer.Data, answer.Errors)
		}
	default:
		want := m.answer
		if want == nil {
			_, whole := w.whole(m.model)
			want = whole.of(m.node)
		}
		if diff := gocmp.Diff(map[string]any{m.text: want}, answer.Data); diff != "" || len(answer.Errors) > 0 {
			t.Errorf("answered (-want +got)\n%s\n%v", diff, answer.Errors)
		}
	}
}

// checkGone sends a mutation that deletes a node and writes at it, and takes it
// back: whatever it says, the error is not ours.
func (w *world) checkGone(t *testing.T, s *engine.Service, m *mutation) {
	t.Helper()
	fails := fmt.Sprintf("mutation { delete%s(where: { %s: %s }) { %s } }", m.model.name, m.model.key(), input(w.unusedID(m.model), false), m.model.key())
	answer := askTransaction(t, s, m.literal()+"---\n"+fails)
	if strings.Contains(string(answer), "Whoops") {
		t.Errorf("%s\n%s", m.literal(), answer)
	}
}

// A refusal is the faults of which a mutation meets one.
type refusal []*fault.Error

func (r refusal) Error() string { return fmt.Sprint([]*fault.Error(r)) }

func (r refusal) orNil() error {
	if len(r) == 0 {
		return nil
	}
	return r
}

// is tells whether one of the faults is got. Ids that the database gave are not
// known in memory.
func (r refusal) is(got *fault.Error) bool {
	return slices.ContainsFunc(r, func(f *fault.Error) bool {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(f.Message), regexp.QuoteMeta(unknownID), ".*")
		return f.Code == got.Code && regexp.MustCompile("^"+pattern+"$").MatchString(got.Message)
	})
}

const unknownID = "<id>"

// whole selects all of a node: its key, fields and links.
func (w *world) whole(m *worldModel) (string, node) {
	text := []string{m.key()}
	selected := node{members: map[string]func(*worldNode) any{m.key(): func(n *worldNode) any { return idOutput(n.id) }}}
	for _, f := range m.fields {
		text = append(text, f.name)
		selected.members[f.name] = func(n *worldNode) any { return f.output(n.values[f.name]) }
	}
	for _, side := range m.sides {
		if side.required {
			continue // set may take away what is required; the other side tells, too
		}
		key := side.back().model.key()
		text = append(text, fmt.Sprintf("%s%s { %s }", side.field, when(side.list, "(orderBy: "+key+"_ASC)"), key))
		ids := node{members: map[string]func(*worldNode) any{key: func(n *worldNode) any { return idOutput(n.id) }}}
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
	return strings.Join(text, " "), selected
}

// checkAll reads all nodes and links.
func (w *world) checkAll(t *testing.T, s *engine.Service) {
	t.Helper()
	want := map[string]any{}
	var b strings.Builder
	for _, m := range w.models {
		text, selected := w.whole(m)
		key := strings.ToLower(m.name) + "s"
		fmt.Fprintf(&b, "%s(orderBy: %s_ASC) { %s }\n", key, m.key(), text)
		all := &list{model: m}
		want[key] = selected.all(all.cut(m.nodes).nodes)
		for _, side := range m.sides {
			if !side.required {
				continue
			}
			key := fmt.Sprintf("%s_%s", key, side.field)
			fmt.Fprintf(&b, "%s: %ss(orderBy: %s_ASC, where: { %s: {} }) { %s %s { %s } }\n", key, strings.ToLower(m.name), m.key(), side.field, m.key(), side.field, side.back().model.key())
			found := []any{}
			for _, n := range all.cut(m.nodes).nodes {
				for _, other := range side.related(n) {
					found = append(found, map[string]any{m.key(): idOutput(n.id), side.field: map[string]any{side.back().model.key(): idOutput(other.id)}})
				}
			}
			want[key] = found
		}
	}
	query := "{\n" + b.String() + "}"
	var answer map[string]any
	got := ask(t, s, query, "null")
	if err := json.Unmarshal(got, &answer); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(map[string]any{"data": want}, answer); diff != "" {
		t.Errorf("afterwards (-want +got)\n%s", diff)
	}
}
