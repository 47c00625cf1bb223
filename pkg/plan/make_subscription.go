package plan

import (
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Subscription is what a subscription with its variables asks for.
type Subscription struct {
	Key     string // response key of its one field
	Model   *schema.Model
	Payload []PayloadEntry

	where EventFilter // nil for all events
}

// A PayloadEntry is one key of what is sent for an event.
type PayloadEntry struct {
	Key   string // response key
	At    Position
	Kind  PayloadKind
	Text  string // of a TypeNamePayload
	Read  *Read  // of a NodePayload: the node, without a selector
	Shape []Entry
	Model *schema.Model // of a PreviousPayload, whose Shape has the Columns and Lists of Read
}

// PayloadKind is where the value of a PayloadEntry comes from.
type PayloadKind uint8

const (
	TypeNamePayload PayloadKind = iota
	MutationPayload
	UpdatedFieldsPayload
	NodePayload
	PreviousPayload
)

// MakeSubscription plans a subscription of one field. Returns the faults of filters.
func MakeSubscription(api *opencrud.API, sel *graphql.Selection) (*Subscription, error) {
	m := &maker{api: api}
	fields := sel.Fields()
	if len(fields) != 1 {
		return nil, fmt.Errorf("plan a subscription of %d fields", len(fields))
	}
	f := fields[0]
	root, ok := api.Root(graphql.Subscription, f.Name)
	if !ok {
		return nil, fmt.Errorf("plan %s: no such subscription", f.Name)
	}
	s := &Subscription{Key: f.Key, Model: root.Model}
	for _, sub := range f.Fields(f.Type.Name()) {
		s.Payload = append(s.Payload, m.payload(root.Model, f.Type.Name(), sub))
	}
	var err error
	s.where, err = m.eventFilter(root.Model, f.Argument("where"), f.IsVariable("where"))
	return s, err
}

func (m *maker) payload(model *schema.Model, typeName string, f graphql.Field) PayloadEntry {
	e := PayloadEntry{Key: f.Key, At: position(f)}
	switch f.Name {
	case "__typename":
		e.Kind, e.Text = TypeNamePayload, typeName
	case "mutation":
		e.Kind = MutationPayload
	case "updatedFields":
		e.Kind = UpdatedFieldsPayload
	case "node":
		e.Kind = NodePayload
		e.Read = nodeOf(model)
		e.Read.Shape = m.shape(e.Read, f)
	case "previousValues":
		e.Kind = PreviousPayload
		e.Read = nodeOf(model)
		e.Shape = m.previous(e.Read, f)
	}
	return e
}

func nodeOf(model *schema.Model) *Read {
	return &Read{Model: model, One: true, Page: wholeList(), Memo: new(Memo)}
}

// previous plans the selection of previousValues, which has no relations.
func (m *maker) previous(read *Read, f graphql.Field) []Entry {
	var shape []Entry
	for _, sub := range f.Fields(f.Type.Name()) {
		e := m.entry(read, sub)
		if e.Kind == TypeNameEntry {
			e.Text = f.Type.Name()
		}
		shape = append(shape, e)
	}
	return shape
}

// eventFilter reads a subscription's where; nil when it holds for every event.
//
// Prisma 1 joins all mutation_in and updatedFields filters by AND, wherever they
// stand; here AND, OR and NOT mean what they say. As there, filters on updated
// fields leave creates and deletes alone only when the whole filter is a variable
// (SubscriptionResolver.scala).
func (m *maker) eventFilter(model *schema.Model, where graphql.Input, lenient bool) (EventFilter, error) {
	var all eventAll
	for _, member := range where.Fields {
		if member.Value.IsNull() {
			continue
		}
		part, err := m.eventCondition(model, member, lenient)
		if err != nil {
			return nil, err
		}
		all = append(all, part)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

func (m *maker) eventCondition(model *schema.Model, member graphql.InputField, lenient bool) (EventFilter, error) {
	switch member.Name {
	case "AND", "OR", "NOT":
		return m.combinedEvents(model, member, lenient)
	case "mutation_in":
		return eventKinds(texts(member.Value)), nil
	case "updatedFields_contains":
		return eventFields{names: []string{member.Value.Value.Text}, lenient: lenient}, nil
	case "updatedFields_contains_every":
		return eventFields{names: texts(member.Value), lenient: lenient}, nil
	case "updatedFields_contains_some":
		return eventFields{names: texts(member.Value), any: true, lenient: lenient}, nil
	case "node":
		filter, err := m.filter(model, member.Value)
		return eventNode{filter}, err
	}
	return nil, fmt.Errorf("filter events of %s: no key %q", model.Name, member.Name)
}

func (m *maker) combinedEvents(model *schema.Model, member graphql.InputField, lenient bool) (EventFilter, error) {
	var parts []EventFilter
	for _, item := range member.Value.Items {
		part, err := m.eventFilter(model, item, lenient)
		if err != nil {
			return nil, err
		}
		if part == nil {
			part = eventAll{}
		}
		parts = append(parts, part)
	}
	switch member.Name {
	case "AND":
		return eventAll(parts), nil
	case "OR":
		return eventAny(parts), nil
	}
	return eventNone(parts), nil
}

// texts returns the texts of a list.
func texts(list graphql.Input) []string {
	var all []string
	for _, item := range list.Items {
		all = append(all, item.Value.Text)
	}
	return all
}

// NodeFilter returns which node of the model an event is sent for: the one it
// is about, if that satisfies what the subscription says about nodes. False: it
// is not sent at all. asks tells whether the database has to be asked.
func (s *Subscription) NodeFilter(e *Event) (filter Filter, asks bool) {
	left := True
	if s.where != nil {
		left = s.where.reduce(e, false)
	}
	if IsFalse(left) {
		return False, false
	}
	id := Compare{Field: s.Model.ID(), Op: Equal, Value: e.ID}
	return And{[]Filter{id, left}}, !IsTrue(left)
}

// PreviousOf returns the value that a field had before an event, null when it had none.
func (e *Event) PreviousOf(field string) scalar.Value {
	for _, p := range e.Previous {
		if p.Field == field {
			return p.Value
		}
	}
	return scalar.Value{}
}
