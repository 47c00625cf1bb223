package plan

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// write plans the write of one mutation field.
//
// Faults found here come before any SQL: fault.RelationIsRequired (3032),
// fault.InputInvalid (3036), fault.FieldCannotBeNull (3020), those of a
// selector (3040, 3045), and last fault.ValueTooLong (3007).
func (m *maker) write(f graphql.Field, root opencrud.Root) (Write, error) {
	w := &writeMaker{maker: m, now: scalar.OfDateTime(time.Now().UnixMilli())}
	write, err := w.root(f, root)
	if err != nil {
		return nil, err
	}
	if w.tooLong != nil {
		return nil, w.tooLong
	}
	return write, nil
}

// A writeMaker plans one write.
type writeMaker struct {
	*maker
	now     scalar.Value // of every createdAt and updatedAt of the write
	tooLong error        // the first value that does not fit; reported when nothing else is wrong
}

func (w *writeMaker) root(f graphql.Field, root opencrud.Root) (Write, error) {
	model := root.Model
	switch root.Action {
	case opencrud.Create:
		return w.create(model, f.Argument("data"), nil)
	case opencrud.Update:
		return w.rootUpdate(model, f)
	case opencrud.Upsert:
		return w.rootUpsert(model, f)
	case opencrud.Delete:
		selector, err := w.selector(model, f.Argument("where"))
		return &Delete{Model: model, Selector: selector}, err
	case opencrud.CreateMany:
		return w.createMany(model, f.Argument("data"))
	case opencrud.UpdateMany:
		return w.rootUpdateMany(model, f)
	case opencrud.DeleteMany:
		filter, err := w.filter(model, f.Argument("where"))
		return &DeleteMany{Model: model, Filter: filter}, err
	}
	return nil, fmt.Errorf("plan %s: no write for action %v", f.Name, root.Action)
}

func (w *writeMaker) rootUpdate(model *schema.Model, f graphql.Field) (Write, error) {
	selector, err := w.selector(model, f.Argument("where"))
	if err != nil {
		return nil, err
	}
	update, err := w.update(model, f.Argument("data"), nil)
	if err != nil {
		return nil, err
	}
	update.Selector = selector
	return update, nil
}

func (w *writeMaker) rootUpsert(model *schema.Model, f graphql.Field) (Write, error) {
	selector, err := w.selector(model, f.Argument("where"))
	if err != nil {
		return nil, err
	}
	create, err := w.create(model, f.Argument("create"), nil)
	if err != nil {
		return nil, err
	}
	update, err := w.update(model, f.Argument("update"), nil)
	if err != nil {
		return nil, err
	}
	update.Selector = selector
	return &Upsert{Selector: selector, Create: create, Update: update}, nil
}

func (w *writeMaker) rootUpdateMany(model *schema.Model, f graphql.Field) (Write, error) {
	filter, err := w.filter(model, f.Argument("where"))
	if err != nil {
		return nil, err
	}
	values, lists, err := w.updateValues(model, f.Argument("data"))
	if err != nil {
		return nil, err
	}
	return &UpdateMany{Model: model, Filter: filter, Values: values, Lists: lists}, nil
}

func (w *writeMaker) createMany(model *schema.Model, data graphql.Input) (Write, error) {
	many := &CreateMany{Creates: make([]*Create, len(data.Items))}
	for i, item := range data.Items {
		var err error
		if many.Creates[i], err = w.create(model, item, nil); err != nil {
			return nil, err
		}
	}
	return many, nil
}

// create plans a node. via is the relation field through which it is created,
// nil at the root; the field at the other end of it needs no value.
func (w *writeMaker) create(model *schema.Model, data graphql.Input, via *schema.Field) (*Create, error) {
	create := &Create{Model: model}
	for _, f := range model.Fields {
		var err error
		switch {
		case f.IsID():
			create.ID = w.id(f, data.Field(f.Name))
		case f.IsScalar():
			create.Values, err = w.appendCreateValue(create.Values, f, data.Field(f.Name))
		case f.IsScalarList():
			create.Lists = w.appendList(create.Lists, f, data.Field(f.Name))
		}
		if err != nil {
			return nil, err
		}
	}
	var back *schema.Field
	if via != nil {
		back = via.Back()
	}
	if err := checkRequired(model, data, back); err != nil {
		return nil, err
	}
	nested, err := w.nested(model, data, back)
	create.Nested = nested
	return create, err
}

// checkRequired tells whether every required relation of a created node gets its node.
func checkRequired(model *schema.Model, data graphql.Input, back *schema.Field) error {
	for _, f := range model.Fields {
		if !f.IsRelation() || !f.Required || f == back {
			continue
		}
		input := data.Field(f.Name)
		if input.Field("create").IsNull() && input.Field("connect").IsNull() {
			return fault.Required(f.Name, model.Name)
		}
	}
	return nil
}

// id returns the id of a node that is created; null where the database makes it.
func (w *writeMaker) id(f *schema.Field, input graphql.Input) scalar.Value {
	if !input.IsNull() {
		return w.sized(f, input.Value)
	}
	if behaviour, ok := f.Behaviour.(schema.ID); ok && behaviour.Strategy == schema.StrategyNone {
		return scalar.Value{}
	}
	switch f.Type {
	case scalar.ID, scalar.String:
		return scalar.OfID(cuid.New())
	case scalar.UUID:
		return scalar.OfUUID(uuid.NewString())
	}
	return scalar.Value{}
}

// appendCreateValue adds what a field of a new node gets: a timestamp, the
// given value or the default. Null given for a field with a default stays null.
func (w *writeMaker) appendCreateValue(values []Assignment, f *schema.Field, input graphql.Input) ([]Assignment, error) {
	switch {
	case f.IsCreatedAt() || f.IsUpdatedAt():
		return append(values, Assignment{f, w.now}), nil
	case !input.Given() && f.Default.IsNull():
		return values, nil
	case !input.Given():
		return append(values, Assignment{f, f.Default}), nil
	case !input.IsNull():
		return append(values, Assignment{f, w.sized(f, input.Value)}), nil
	case f.Required:
		return nil, fault.Invalid("null", f.Name, f.Model.Name)
	}
	return values, nil
}

// update plans the change of a node that is reached through via, nil at the root.
func (w *writeMaker) update(model *schema.Model, data graphql.Input, via *schema.Field) (*Update, error) {
	values, lists, err := w.updateValues(model, data)
	if err != nil {
		return nil, err
	}
	var back *schema.Field
	if via != nil {
		back = via.Back()
	}
	nested, err := w.nested(model, data, back)
	if err != nil {
		return nil, err
	}
	return &Update{Model: model, Values: values, Lists: lists, Nested: nested}, nil
}

// updateValues returns what changes in the node's own row and lists. updatedAt
// is set when anything of them is; links do not count.
func (w *writeMaker) updateValues(model *schema.Model, data graphql.Input) (values []Assignment, lists []ListAssignment, err error) {
	for _, f := range model.Fields {
		input := data.Field(f.Name)
		switch {
		case f.IsScalarList():
			lists = w.appendList(lists, f, input)
		case !f.IsScalar() || !f.IsWritable() || !input.Given():
		case !input.IsNull():
			values = append(values, Assignment{f, w.sized(f, input.Value)})
		case f.Required:
			return nil, nil, fault.NullForRequired(f.Name)
		default:
			values = append(values, Assignment{Field: f})
		}
	}
	if len(values) == 0 && len(lists) == 0 {
		return nil, nil, nil
	}
	for _, f := range model.Fields {
		if f.IsUpdatedAt() {
			values = append(values, Assignment{f, w.now})
		}
	}
	return values, lists, nil
}

// appendList adds the values of a scalar list's input object { set }. Without
// set the list stays; null empties it.
func (w *writeMaker) appendList(lists []ListAssignment, f *schema.Field, input graphql.Input) []ListAssignment {
	set := input.Field("set")
	if !set.Given() {
		return lists
	}
	list := ListAssignment{Field: f}
	for _, item := range set.Items {
		list.Values = append(list.Values, w.sized(f, item.Value))
	}
	return append(lists, list)
}

// Longest values that Prisma 1 takes, in characters.
const (
	longestID    = 25
	longestEnum  = 191
	longestFloat = 35 // as plain decimal text
)

// sized returns v and notes a fault when v is longer than the field's column.
func (w *writeMaker) sized(f *schema.Field, v scalar.Value) scalar.Value {
	limit := 0
	switch f.Type {
	case scalar.ID:
		limit = longestID
	case scalar.Enum:
		limit = longestEnum
	case scalar.Float:
		limit = longestFloat
	}
	if limit > 0 && w.tooLong == nil && utf8.RuneCountInString(v.String()) > limit {
		w.tooLong = fault.TooLong(f.Name)
	}
	return v
}
