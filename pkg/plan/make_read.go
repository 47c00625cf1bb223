package plan

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// list plans the read of a list with its arguments; what each node brings is
// left to shape. A fault in the arguments stands in Read.Err.
func (m *maker) list(f graphql.Field, model *schema.Model, via *schema.Field) *Read {
	read := &Read{Model: model, Via: via, Memo: new(Memo), source: f}
	m.arguments(read, f)
	return read
}

// arguments reads the arguments of the field that a read answers.
func (m *maker) arguments(read *Read, f graphql.Field) {
	if read.Selector != nil {
		selector, err := m.selector(read.Model, f.Argument("where"))
		read.Selector, read.Err = &selector, err
		return
	}
	read.Filter, read.Err = m.filter(read.Model, f.Argument("where"))
	if read.Err == nil {
		read.Page, read.Err = m.page(f, read.Model)
	}
}

// page reads the list arguments. Order of checks: QueryArguments.scala.
func (m *maker) page(f graphql.Field, model *schema.Model) (Page, error) {
	p := wholeList()
	first, last, skip := f.Argument("first"), f.Argument("last"), f.Argument("skip")
	if !first.IsNull() {
		p.First = int(first.Value.Int)
	}
	if !last.IsNull() {
		p.Last = int(last.Value.Int)
	}
	if !skip.IsNull() {
		p.Skip = int(skip.Value.Int)
	}
	switch {
	case !first.IsNull() && !last.IsNull():
		return p, fault.FirstAndLast()
	case !first.IsNull() && p.First < 0:
		return p, fault.NegativeFirst()
	case !last.IsNull() && p.Last < 0:
		return p, fault.NegativeLast()
	case p.Skip < 0:
		return p, fault.NegativeSkip()
	}
	if order := f.Argument("orderBy"); !order.IsNull() {
		field, desc, ok := m.api.Order(model, order.Value.Text)
		if !ok {
			return p, fmt.Errorf("plan %s: no order %q", f.Name, order.Value.Text)
		}
		p.Order, p.Desc = field, desc
	}
	var err error
	if p.Sort, err = m.sort(model, f); err != nil {
		return p, err
	}
	if p.After, err = cursor(model, f.Argument("after")); err != nil {
		return p, err
	}
	p.Before, err = cursor(model, f.Argument("before"))
	return p, err
}

// sort reads the argument sort. Returns fault.InvalidSort.
func (m *maker) sort(model *schema.Model, f graphql.Field) ([]SortKey, error) {
	sort := f.Argument("sort")
	if len(sort.Items) == 0 {
		return nil, nil
	}
	if !f.Argument("orderBy").IsNull() {
		return nil, fault.SortAndOrderBy()
	}
	keys := make([]SortKey, len(sort.Items))
	for i, item := range sort.Items {
		key, ok := m.api.SortKey(model, item)
		if !ok {
			return nil, fault.AmbiguousSort()
		}
		keys[i] = SortKey(key)
	}
	return keys, nil
}

// wholeList is the page of a list without arguments.
func wholeList() Page { return Page{First: NoLimit, Last: NoLimit} }

// cursor reads the id behind after or before, text for every type of id. Returns
// fault.InputInvalid (3036) for text that cannot be an id of the model, which was
// an internal error.
func cursor(model *schema.Model, input graphql.Input) (scalar.Value, error) {
	if input.IsNull() {
		return scalar.Value{}, nil
	}
	text, id := input.Value.Text, model.ID()
	switch id.Type {
	case scalar.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return scalar.Value{}, fault.Invalid(text, id.Name, model.Name)
		}
		return scalar.OfInt(n), nil
	case scalar.UUID:
		parsed, err := uuid.Parse(text)
		if err != nil {
			return scalar.Value{}, fault.Invalid(text, id.Name, model.Name)
		}
		return scalar.OfUUID(parsed.String()), nil
	}
	return scalar.Value{Type: id.Type, Text: text}, nil
}

// shape plans what the nodes of read bring: the selection of f on the model.
func (m *maker) shape(read *Read, f graphql.Field) []Entry {
	fields := f.Fields(read.Model.Name)
	shape := make([]Entry, 0, len(fields))
	for _, sub := range fields {
		shape = append(shape, m.entry(read, sub))
	}
	return shape
}

func (m *maker) entry(read *Read, f graphql.Field) Entry {
	e := Entry{Key: f.Key, At: position(f)}
	if f.Name == "__typename" {
		e.Kind, e.Text = TypeNameEntry, read.Model.Name
		return e
	}
	field := read.Model.Field(f.Name)
	switch {
	case field.IsRelation():
		e.Kind, e.Index = ChildEntry, len(read.Children)
		child := m.list(f, field.OtherModel(), field)
		child.One = !field.List
		read.Children = append(read.Children, child)
		child.Shape = m.shape(child, f)
	case field.IsScalarList():
		e.Kind = ListEntry
		e.Index = place(&read.Lists, field)
	default:
		e.Kind = ColumnEntry
		e.Index = place(&read.Columns, field)
	}
	return e
}

// place returns the index of f in fields and adds it when it is new.
func place(fields *[]*schema.Field, f *schema.Field) int {
	if i := slices.Index(*fields, f); i >= 0 {
		return i
	}
	*fields = append(*fields, f)
	return len(*fields) - 1
}

// connection plans the parts of a connection around read.
func (m *maker) connection(read *Read, f graphql.Field) {
	c := &Connection{}
	read.Connection = c
	c.Shape = m.part(read, f)
}

// part plans the selection of a connection or of an object inside it.
func (m *maker) part(read *Read, f graphql.Field) []Entry {
	typeName := f.Type.Name()
	var shape []Entry
	for _, sub := range f.Fields(typeName) {
		e := Entry{Key: sub.Key, At: position(sub)}
		switch sub.Name {
		case "__typename":
			e.Kind, e.Text = TypeNameEntry, typeName
		case "edges":
			e.Kind, e.Shape = EdgesEntry, m.part(read, sub)
			read.Connection.Nodes = true
		case "node":
			e.Kind, e.Index = NodeEntry, len(read.Connection.Shapes)
			read.Connection.Shapes = append(read.Connection.Shapes, m.shape(read, sub))
		case "cursor":
			e.Kind = CursorEntry
		case "pageInfo":
			e.Kind, e.Shape = PageInfoEntry, m.part(read, sub)
			read.Connection.Nodes = read.Connection.Nodes || !onlyTypeNames(e.Shape)
		case "hasNextPage":
			e.Kind = HasNextEntry
		case "hasPreviousPage":
			e.Kind = HasPreviousEntry
		case "startCursor":
			e.Kind = StartCursorEntry
		case "endCursor":
			e.Kind = EndCursorEntry
		case "aggregate":
			e.Kind, e.Shape = AggregateEntry, m.part(read, sub)
		case "count":
			e.Kind = CountEntry
			read.Connection.Count = true
		case "groupBy":
			e.Kind, e.Index = GroupsEntry, len(read.Connection.Groups)
			m.addGrouping(read, sub)
		default:
			e.Kind, e.Shape = AggregateEntry, m.aggregates(&read.Connection.Total, read.Model, sub)
		}
		shape = append(shape, e)
	}
	return shape
}

func onlyTypeNames(shape []Entry) bool {
	return !slices.ContainsFunc(shape, func(e Entry) bool { return e.Kind != TypeNameEntry })
}
