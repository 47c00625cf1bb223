package opencrud

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// aggregate adds the type of what is counted, summed up and grouped over a
// connection, and returns what the connection's type has beyond Prisma 1.
func (b *builder) aggregate(m *schema.Model) ast.FieldList {
	fields := ast.FieldList{field("count", "", required("Int"))}
	if b.schema.Has(schema.Aggregate) {
		fields = append(fields, b.aggregates(m)...)
	}
	b.object(aggregateType(m), "", fields...)
	if b.schema.Has(schema.GroupBy) {
		return b.groupBy(m)
	}
	return nil
}

// aggregates adds an object for each of sum, avg, min and max that has fields.
func (b *builder) aggregates(m *schema.Model) ast.FieldList {
	var sums, averages, extremes ast.FieldList
	for _, f := range visible(m) {
		if isSummable(f) {
			sums = append(sums, field(f.Name, "", optional(b.sumType(f))))
			averages = append(averages, field(f.Name, "", optional("Float")))
		}
		if isComparable(f) {
			extremes = append(extremes, field(f.Name, "", optional(f.TypeName())))
		}
	}
	var fields ast.FieldList
	add := func(name, typeName, description string, members ast.FieldList) {
		if len(members) > 0 {
			b.object(typeName, "", members...)
			fields = append(fields, field(name, description, required(typeName)))
		}
	}
	add(sumField, aggregateSumType(m), "The sums of the values; null when there are none.", sums)
	add(avgField, aggregateAvgType(m), "The averages of the values; null when there are none.", averages)
	add(minField, aggregateMinType(m), "The smallest values; null when there are none.", extremes)
	add(maxField, aggregateMaxType(m), "The greatest values; null when there are none.", extremes)
	return fields
}

// Aggregate is a kind of number over the values of a field.
type Aggregate uint8

// The aggregates beside count.
const (
	Sum Aggregate = iota
	Avg
	Min
	Max
)

// Aggregate returns the aggregate that a field of an aggregate type names.
func (a *API) Aggregate(name string) (Aggregate, bool) {
	switch name {
	case sumField:
		return Sum, true
	case avgField:
		return Avg, true
	case minField:
		return Min, true
	case maxField:
		return Max, true
	}
	return Sum, false
}

// sumType is what the values of a field add up to: more than an Int may hold.
func (b *builder) sumType(f *schema.Field) string {
	if f.Type == scalar.Int || f.Type == scalar.Long {
		b.scalars[longType] = true
		return longType
	}
	return f.TypeName()
}

func isSummable(f *schema.Field) bool {
	return f.IsScalar() && !f.IsID() && slices.Contains([]scalar.Type{scalar.Int, scalar.Float, scalar.Long, scalar.Decimal}, f.Type)
}

// isComparable tells whether every database finds the smallest of a field's values.
func isComparable(f *schema.Field) bool {
	switch f.Type {
	case scalar.Int, scalar.Float, scalar.String, scalar.ID, scalar.DateTime, scalar.Enum, scalar.Long, scalar.Decimal, scalar.Date:
		return f.IsScalar()
	}
	return false
}

// groupBy adds the groups of a connection, if there is a field to group by.
func (b *builder) groupBy(m *schema.Model) ast.FieldList {
	var names []string
	var keys ast.FieldList
	for _, f := range visible(m) {
		if f.IsScalar() && f.Type != scalar.Json {
			names = append(names, f.Name)
			keys = append(keys, field(f.Name, "", optional(f.TypeName())))
		}
	}
	if len(names) == 0 {
		return nil
	}
	b.enum(groupByEnum(m), names)
	b.object(groupKeyType(m), "", keys...)
	b.object(groupType(m), "The nodes of a connection that have the same values in some fields.",
		field("key", "The values that all nodes of the group have, of the fields they are grouped by.", required(groupKeyType(m))),
		field("aggregate", "", required(aggregateType(m))))
	groups := field(groupByField, "Groups of the nodes of this page.", ast.NonNullListType(required(groupType(m)), nil))
	groups.Arguments = ast.ArgumentDefinitionList{
		argument("by", ast.NonNullListType(required(groupByEnum(m)), nil)),
		argument("orderBy", optional(groupOrderEnum)),
		argument("skip", optional("Int")),
		argument("first", optional("Int")),
	}
	return ast.FieldList{groups}
}

// A GroupOrder is the order of groups: by their keys or by how many nodes they have.
type GroupOrder struct{ Count, Desc bool }

// groupOrders are the values of groupOrderEnum.
var groupOrders = []struct {
	name  string
	order GroupOrder
}{
	{"key_ASC", GroupOrder{}},
	{"key_DESC", GroupOrder{Desc: true}},
	{"count_ASC", GroupOrder{Count: true}},
	{"count_DESC", GroupOrder{Count: true, Desc: true}},
}

// GroupOrder returns the order of groups that a value of orderBy names; that by key for none.
func (a *API) GroupOrder(name string) GroupOrder {
	for _, o := range groupOrders {
		if o.name == name {
			return o.order
		}
	}
	return GroupOrder{}
}
