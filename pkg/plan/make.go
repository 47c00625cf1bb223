package plan

import (
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Make plans the operation of a selection against the API of a service. Faults
// in arguments do not stop it: they stand where their field is, so that the
// other fields of the operation can be answered.
func Make(api *opencrud.API, sel *graphql.Selection) *Plan {
	m := &maker{api: api}
	p := &Plan{Mutation: sel.Kind == graphql.Mutation}
	for _, f := range sel.Fields() {
		p.Fields = append(p.Fields, m.root(f, sel))
	}
	return p
}

// A maker plans the fields of one operation.
type maker struct {
	api *opencrud.API
}

func (m *maker) root(f graphql.Field, sel *graphql.Selection) Field {
	field := Field{Key: f.Key, At: position(f), NonNull: f.Type != nil && f.Type.NonNull}
	switch f.Name {
	case "__typename":
		field.TypeName = sel.TypeName
	case "__schema", "__type":
		field.JSON, field.Err = m.api.Schema.Introspect(f)
	default:
		field.Err = m.action(&field, f, sel.Kind)
	}
	return field
}

func position(f graphql.Field) Position { return Position{Line: f.Line, Column: f.Column} }

// action plans what the root field of a model does.
func (m *maker) action(field *Field, f graphql.Field, kind graphql.Kind) error {
	root, ok := m.api.Root(kind, f.Name)
	if !ok {
		return fmt.Errorf("plan %s: no such root field", f.Name)
	}
	var err error
	switch root.Action {
	case opencrud.One:
		field.Read = m.one(f, root.Model)
		err = field.Read.Err
	case opencrud.Many, opencrud.Connection:
		field.Read = m.list(f, root.Model, nil)
		if root.Action == opencrud.Connection {
			m.connection(field.Read, f)
		} else {
			field.Read.Shape = m.shape(field.Read, f)
		}
		err = field.Read.Err
	case opencrud.Node:
		field.Node = m.node(f)
	case opencrud.ExecuteRaw:
		field.Raw = f.Argument("query").Value.Text
		field.IsRaw = true
	case opencrud.CreateMany, opencrud.UpdateMany, opencrud.DeleteMany:
		field.Count = true
		field.Shape = countShape(f)
		field.Write, err = m.write(f, root)
	default:
		field.Read = &Read{Model: root.Model, One: true, Page: wholeList()}
		field.Read.Shape = m.shape(field.Read, f)
		field.Write, err = m.write(f, root)
	}
	return err
}

// one plans the read of the node that a selector names.
func (m *maker) one(f graphql.Field, model *schema.Model) *Read {
	read := &Read{Model: model, Selector: new(Selector), One: true, Page: wholeList(), Memo: new(Memo), source: f}
	m.arguments(read, f)
	read.Shape = m.shape(read, f)
	return read
}

// node plans a read per model in which the id of node(id:) may be: those whose
// nodes implement Node.
func (m *maker) node(f graphql.Field) []*Read {
	id := f.Argument("id").Value.Text
	reads := []*Read{}
	for _, model := range m.api.Nodes() {
		key := model.ID()
		read := &Read{
			Model:    model,
			Selector: &Selector{Field: key, Value: scalar.Value{Type: key.Type, Text: id}},
			One:      true,
			Page:     wholeList(),
		}
		read.Shape = m.shape(read, f)
		reads = append(reads, read)
	}
	return reads
}

// countShape is the selection of a BatchPayload.
func countShape(f graphql.Field) []Entry {
	var shape []Entry
	for _, sub := range f.Fields(f.Type.Name()) {
		switch sub.Name {
		case "__typename":
			shape = append(shape, Entry{Key: sub.Key, Kind: TypeNameEntry, Text: f.Type.Name()})
		case "count":
			shape = append(shape, Entry{Key: sub.Key, Kind: CountEntry})
		}
	}
	return shape
}
