package plan

import (
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// nestedWrites are the nested writes of one node by kind: kinds run one after
// the other over all relation fields (DatabaseMutactions.scala).
type nestedWrites struct {
	creates, updates, upserts, deletes, connects, sets, disconnects, updateManys, deleteManys []Nested
}

// inOrder returns the writes in order of execution.
func (n *nestedWrites) inOrder() []Nested {
	var all []Nested
	for _, kind := range [][]Nested{
		n.creates, n.updates, n.upserts, n.deletes, n.connects, n.sets, n.disconnects, n.updateManys, n.deleteManys,
	} {
		all = append(all, kind...)
	}
	return all
}

// nested plans the writes behind the relation fields of a node, without back,
// through which the node is reached.
func (w *writeMaker) nested(model *schema.Model, data graphql.Input, back *schema.Field) ([]Nested, error) {
	var n nestedWrites
	for _, f := range model.Fields {
		if !f.IsRelation() || f.Hidden || f == back {
			continue
		}
		for _, member := range data.Field(f.Name).Fields {
			if err := w.nestedMember(&n, f, member); err != nil {
				return nil, err
			}
		}
	}
	return n.inOrder(), nil
}

// nestedMember plans one key of a relation's input object. A set is one write,
// whatever the number of nodes; null is none.
func (w *writeMaker) nestedMember(n *nestedWrites, f *schema.Field, member graphql.InputField) error {
	if member.Name == "set" && !member.Value.IsNull() {
		return w.nestedSet(n, f, items(member.Value))
	}
	for _, input := range items(member.Value) {
		if err := w.nestedWrite(n, f, member.Name, input); err != nil {
			return err
		}
	}
	return nil
}

// items returns the members of a list, or the one input that stands for itself.
// Null stands for nothing.
func items(input graphql.Input) []graphql.Input {
	switch {
	case input.IsNull():
		return nil
	case input.Kind == graphql.List:
		return input.Items
	}
	return []graphql.Input{input}
}

// nestedWrite adds one write behind field f.
func (w *writeMaker) nestedWrite(n *nestedWrites, f *schema.Field, member string, input graphql.Input) error {
	var err error
	switch member {
	case "create":
		err = w.nestedCreate(n, f, input)
	case "update":
		err = w.nestedUpdate(n, f, input)
	case "upsert":
		err = w.nestedUpsert(n, f, input)
	case "connect":
		err = w.nestedConnect(n, f, input)
	case "delete":
		err = w.nestedDelete(n, f, input)
	case "disconnect":
		err = w.nestedDisconnect(n, f, input)
	case "updateMany":
		err = w.nestedUpdateMany(n, f, input)
	case "deleteMany":
		err = w.nestedDeleteMany(n, f, input)
	}
	return err
}

func (w *writeMaker) nestedCreate(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	create, err := w.create(f.OtherModel(), input, f)
	n.creates = append(n.creates, &NestedCreate{Field: f, Create: create})
	return err
}

// nestedUpdate reads { where, data } of a list field, the data itself of a to-one field.
func (w *writeMaker) nestedUpdate(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	data := input
	if f.List {
		data = input.Field("data")
	}
	selector, err := w.memberSelector(f, input.Field("where"))
	if err != nil {
		return err
	}
	update, err := w.update(f.OtherModel(), data, f)
	n.updates = append(n.updates, &NestedUpdate{Field: f, Selector: selector, Update: update})
	return err
}

func (w *writeMaker) nestedUpsert(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	selector, err := w.memberSelector(f, input.Field("where"))
	if err != nil {
		return err
	}
	create, err := w.create(f.OtherModel(), input.Field("create"), f)
	if err != nil {
		return err
	}
	update, err := w.update(f.OtherModel(), input.Field("update"), f)
	n.upserts = append(n.upserts, &NestedUpsert{Field: f, Selector: selector, Create: create, Update: update})
	return err
}

func (w *writeMaker) nestedConnect(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	selector, err := w.selector(f.OtherModel(), input)
	n.connects = append(n.connects, &NestedConnect{Field: f, Selector: selector})
	return err
}

func (w *writeMaker) nestedSet(n *nestedWrites, f *schema.Field, inputs []graphql.Input) error {
	set := &NestedSet{Field: f}
	for _, input := range inputs {
		selector, err := w.selector(f.OtherModel(), input)
		if err != nil {
			return err
		}
		set.Selectors = append(set.Selectors, selector)
	}
	n.sets = append(n.sets, set)
	return nil
}

func (w *writeMaker) nestedDelete(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	if !f.List && !input.Value.Bool() {
		return nil
	}
	selector, err := w.memberSelector(f, input)
	n.deletes = append(n.deletes, &NestedDelete{Field: f, Selector: selector})
	return err
}

func (w *writeMaker) nestedDisconnect(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	if !f.List && !input.Value.Bool() {
		return nil
	}
	selector, err := w.memberSelector(f, input)
	n.disconnects = append(n.disconnects, &NestedDisconnect{Field: f, Selector: selector})
	return err
}

func (w *writeMaker) nestedUpdateMany(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	filter, err := w.filter(f.OtherModel(), input.Field("where"))
	if err != nil {
		return err
	}
	values, lists, err := w.updateValues(f.OtherModel(), input.Field("data"))
	n.updateManys = append(n.updateManys, &NestedUpdateMany{Field: f, Filter: filter, Values: values, Lists: lists})
	return err
}

func (w *writeMaker) nestedDeleteMany(n *nestedWrites, f *schema.Field, input graphql.Input) error {
	filter, err := w.filter(f.OtherModel(), input)
	n.deleteManys = append(n.deleteManys, &NestedDeleteMany{Field: f, Filter: filter})
	return err
}

// memberSelector returns which node of a list field is meant; nil on a to-one field, whose node needs no name.
func (w *writeMaker) memberSelector(f *schema.Field, where graphql.Input) (*Selector, error) {
	if !f.List {
		return nil, nil
	}
	selector, err := w.selector(f.OtherModel(), where)
	if err != nil {
		return nil, err
	}
	return &selector, nil
}
