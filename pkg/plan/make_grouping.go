package plan

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var aggregateOps = map[opencrud.Aggregate]AggregateOp{
	opencrud.Sum: Sum,
	opencrud.Avg: Avg,
	opencrud.Min: Min,
	opencrud.Max: Max,
}

// addGrouping plans groupBy of a connection. A fault fails the connection.
func (m *maker) addGrouping(read *Read, f graphql.Field) {
	g, err := m.grouping(read.Model, f)
	if err != nil && read.Err == nil {
		read.Err = err
	}
	read.Connection.Groups = append(read.Connection.Groups, g)
}

// grouping plans groupBy of a connection. Returns fault.InvalidGrouping,
// InvalidSkipArgument and InvalidFirstArgument.
func (m *maker) grouping(model *schema.Model, f graphql.Field) (*Grouping, error) {
	order := m.api.GroupOrder(f.Argument("orderBy").Value.Text)
	g := &Grouping{ByCount: order.Count, Desc: order.Desc, First: NoLimit}
	for _, item := range f.Argument("by").Items {
		place(&g.By, model.Field(item.Value.Text))
	}
	if len(g.By) == 0 {
		return nil, fault.NoGroupBy()
	}
	if skip := f.Argument("skip"); !skip.IsNull() {
		g.Skip = int(skip.Value.Int)
	}
	first := f.Argument("first")
	if !first.IsNull() {
		g.First = int(first.Value.Int)
	}
	switch {
	case g.Skip < 0:
		return nil, fault.NegativeSkip()
	case !first.IsNull() && g.First < 0:
		return nil, fault.NegativeFirst()
	}
	var err error
	g.Shape, err = m.group(g, model, f)
	return g, err
}

// group plans the selection of a group or of an object inside it.
func (m *maker) group(g *Grouping, model *schema.Model, f graphql.Field) ([]Entry, error) {
	typeName := f.Type.Name()
	var shape []Entry
	for _, sub := range f.Fields(typeName) {
		e := Entry{Key: sub.Key, At: position(sub), Kind: AggregateEntry}
		var err error
		switch sub.Name {
		case "__typename":
			e.Kind, e.Text = TypeNameEntry, typeName
		case "key":
			e.Shape, err = m.key(g, model, sub)
		case "aggregate":
			e.Shape, err = m.group(g, model, sub)
		case "count":
			e.Kind, e.Index = ValueEntry, g.aggregate(Aggregate{Op: Count})
		default:
			e.Shape = m.aggregates(g, model, sub)
		}
		if err != nil {
			return nil, err
		}
		shape = append(shape, e)
	}
	return shape, nil
}

// key plans the values that the nodes of a group have in common.
func (m *maker) key(g *Grouping, model *schema.Model, f graphql.Field) ([]Entry, error) {
	typeName := f.Type.Name()
	var shape []Entry
	for _, sub := range f.Fields(typeName) {
		e := Entry{Key: sub.Key, At: position(sub), Kind: TypeNameEntry, Text: typeName}
		if sub.Name != "__typename" {
			e = Entry{Key: sub.Key, At: position(sub), Kind: ValueEntry, Index: slices.Index(g.By, model.Field(sub.Name))}
		}
		if e.Index < 0 {
			return nil, fault.NotGroupedBy(sub.Name)
		}
		shape = append(shape, e)
	}
	return shape, nil
}

// aggregates plans sum, avg, min or max of some fields.
func (m *maker) aggregates(g *Grouping, model *schema.Model, f graphql.Field) []Entry {
	typeName := f.Type.Name()
	op, _ := m.api.Aggregate(f.Name)
	var shape []Entry
	for _, sub := range f.Fields(typeName) {
		e := Entry{Key: sub.Key, At: position(sub), Kind: TypeNameEntry, Text: typeName}
		if sub.Name != "__typename" {
			index := g.aggregate(Aggregate{aggregateOps[op], model.Field(sub.Name)})
			e = Entry{Key: sub.Key, At: position(sub), Kind: ValueEntry, Index: index}
		}
		shape = append(shape, e)
	}
	return shape
}

// aggregate returns the cell of a, which is added when it is new. By is complete already.
func (g *Grouping) aggregate(a Aggregate) int {
	i := slices.Index(g.Aggregates, a)
	if i < 0 {
		i = len(g.Aggregates)
		g.Aggregates = append(g.Aggregates, a)
	}
	return len(g.By) + i
}
