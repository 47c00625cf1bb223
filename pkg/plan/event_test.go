package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestEventFilter reduces filters to what only the database can tell.
func TestEventFilter(t *testing.T) {
	t.Parallel()
	age := Compare{Field: &schema.Field{Name: "age"}, Op: Equal, Value: scalar.OfInt(3)}
	node := eventNode{age}
	created, deleted := eventKinds{"CREATED"}, eventKinds{"DELETED"}
	strict, lenient := eventFields{names: []string{"age"}}, eventFields{names: []string{"age"}, lenient: true}
	update := Event{Kind: Updated, Updated: []string{"age", "name"}}
	tests := []struct {
		name   string
		filter EventFilter
		event  Event
		want   Filter
	}{
		{"nothing said", eventAll{}, Event{Kind: Deleted}, True},
		{"kind", created, Event{}, True},
		{"another kind", created, update, False},
		{"no kind at all", eventKinds(nil), Event{}, False},
		{"node", eventAll{created, node}, Event{}, And{[]Filter{age}}},
		{"node of another kind", eventAll{created, node}, update, False},
		{"a deleted node says nothing", eventAll{deleted, node}, Event{Kind: Deleted}, True},
		{"nor does it not", eventNone{node}, Event{Kind: Deleted}, True},
		{"any node", eventNode{}, Event{}, True},
		{"or", eventAny{eventAll{created, node}, deleted}, Event{Kind: Deleted}, True},
		{"or of a node", eventAny{eventAll{created, node}, deleted}, Event{}, Or{[]Filter{And{[]Filter{age}}}}},
		{"or of neither", eventAny{eventAll{created, node}, deleted}, update, False},
		{"not", eventNone{created}, update, True},
		{"not that", eventNone{created}, Event{}, False},
		{"not of a node", eventNone{created, node}, update, Not{Or{[]Filter{age}}}},
		{"contains", strict, update, True},
		{"contains all", eventFields{names: []string{"age", "x"}}, update, False},
		{"contains one", eventFields{names: []string{"age", "x"}, any: true}, update, True},
		{"contains one of none", eventFields{any: true}, update, False},
		{"a create updates nothing", strict, Event{}, False},
		{"of which variables say nothing", lenient, Event{}, True},
		{"nor the opposite", eventNone{lenient}, Event{}, True},
		{"of updates they do", eventNone{lenient}, update, False},
	}
	for _, test := range tests {
		got := test.filter.reduce(&test.event, false)
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Compare{}, "Field"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}
