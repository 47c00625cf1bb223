package plan

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// An Event is what a mutation did with one node. It names things, so that it
// outlives the schema it was made with.
type Event struct {
	Kind     EventKind
	Model    string
	ID       scalar.Value
	Updated  []string   // of an update: names of the fields that it wrote, lists last; may be none
	Previous []Previous // of an update and a delete: the scalar fields of the node as they were
}

// A Previous is one scalar field of a node before it was written.
type Previous struct {
	Field string
	Value scalar.Value
}

// EventKind is what was done with a node.
type EventKind uint8

// The kinds of events.
const (
	Created EventKind = iota
	Updated
	Deleted
)

// String returns the kind's name in the API's enum MutationType.
func (k EventKind) String() string { return [...]string{"CREATED", "UPDATED", "DELETED"}[k] }

// An EventFilter says which events a subscription waits for. The set is closed.
type EventFilter interface {
	// reduce returns what is left to ask of the node of an event: True or False,
	// when the event itself tells. Under a NOT, what has no meaning for the event
	// must not decide either; inverted tells which of the two that is.
	reduce(e *Event, inverted bool) Filter
}

// True and False are filters that need no database.
var (
	True  Filter = And{}
	False Filter = Or{}
)

type (
	eventAll  []EventFilter
	eventAny  []EventFilter
	eventNone []EventFilter
	// eventKinds are the kinds that mutation_in lists.
	eventKinds []string
	// eventFields is one of the filters on updated fields.
	eventFields struct {
		names   []string
		any     bool // one of names is enough
		lenient bool // says nothing about events that update nothing
	}
	// eventNode is a filter on the node as it is now. Of deleted nodes it says nothing.
	eventNode struct{ filter Filter }
)

func (f eventAll) reduce(e *Event, inverted bool) Filter {
	var left []Filter
	for _, part := range f {
		switch filter := part.reduce(e, inverted); {
		case IsFalse(filter):
			return False
		case !IsTrue(filter):
			left = append(left, filter)
		}
	}
	return And{left}
}

func (f eventAny) reduce(e *Event, inverted bool) Filter {
	var left []Filter
	for _, part := range f {
		switch filter := part.reduce(e, inverted); {
		case IsTrue(filter):
			return True
		case !IsFalse(filter):
			left = append(left, filter)
		}
	}
	return Or{left}
}

func (f eventNone) reduce(e *Event, inverted bool) Filter {
	switch filter := eventAny(f).reduce(e, !inverted); {
	case IsTrue(filter):
		return False
	case IsFalse(filter):
		return True
	default:
		return Not{filter}
	}
}

func (f eventKinds) reduce(e *Event, _ bool) Filter {
	return constant(slices.Contains(f, e.Kind.String()))
}

func (f eventFields) reduce(e *Event, inverted bool) Filter {
	if f.lenient && e.Kind != Updated {
		return constant(!inverted)
	}
	written := func(name string) bool { return slices.Contains(e.Updated, name) }
	if f.any {
		return constant(slices.ContainsFunc(f.names, written))
	}
	return constant(!slices.ContainsFunc(f.names, func(name string) bool { return !written(name) }))
}

func (f eventNode) reduce(e *Event, inverted bool) Filter {
	if e.Kind == Deleted {
		return constant(!inverted)
	}
	if f.filter == nil {
		return True
	}
	return f.filter
}

func constant(holds bool) Filter {
	if holds {
		return True
	}
	return False
}

// IsTrue tells whether a filter holds for every node.
func IsTrue(f Filter) bool {
	and, ok := f.(And)
	return f == nil || ok && len(and.Filters) == 0
}

// IsFalse tells whether a filter holds for no node.
func IsFalse(f Filter) bool {
	or, ok := f.(Or)
	return ok && len(or.Filters) == 0
}
