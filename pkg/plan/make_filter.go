package plan

import (
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// selector reads a unique where input: exactly one member that is not null.
// Returns fault.NullProvidedForWhere (3040) and fault.TooManyUniquesForWhere (3045).
func (m *maker) selector(model *schema.Model, input graphql.Input) (Selector, error) {
	var s Selector
	for _, member := range input.Fields {
		if member.Value.IsNull() {
			continue
		}
		if s.Field != nil {
			return Selector{}, fault.AmbiguousSelector(model.Name)
		}
		s = Selector{Field: model.Field(member.Name), Value: member.Value.Value}
		if u := model.Unique(member.Name); u != nil {
			s = compound(u, member.Value)
		}
	}
	if s.Field == nil {
		return Selector{}, fault.NullSelector(model.Name)
	}
	return s, nil
}

// compound reads the values of several fields that select a node together.
func compound(u *schema.Unique, input graphql.Input) Selector {
	s := Selector{Field: u.Fields[0], Value: input.Field(u.Fields[0].Name).Value, More: &More{Unique: u}}
	for _, f := range u.Fields[1:] {
		s.More.Values = append(s.More.Values, input.Field(f.Name).Value)
	}
	return s
}

// filter reads a where input; nil when it holds for every node. Returns
// fault.FilterCannotBeNullOnMany (3033) and fault.InputInvalid (3036).
func (m *maker) filter(model *schema.Model, input graphql.Input) (Filter, error) {
	var filters []Filter
	for _, member := range input.Fields {
		f, err := m.condition(model, member)
		if err != nil {
			return nil, err
		}
		filters = append(filters, f)
	}
	switch len(filters) {
	case 0:
		return nil, nil
	case 1:
		return filters[0], nil
	}
	return And{filters}, nil
}

// condition reads one member of a where input.
func (m *maker) condition(model *schema.Model, member graphql.InputField) (Filter, error) {
	key, ok := m.api.Filter(model, member.Name)
	if !ok {
		return nil, fmt.Errorf("filter %s: no key %q", model.Name, member.Name)
	}
	switch key.Kind {
	case opencrud.And, opencrud.Or, opencrud.Not:
		return m.combined(model, key.Kind, member)
	case opencrud.Compare:
		return compare(key, member.Value), nil
	case opencrud.In:
		return in(key, member.Value), nil
	case opencrud.JSONPath:
		return m.jsonPath(key, member.Value)
	case opencrud.FullText:
		return fullText(model, member.Value)
	case opencrud.Quantified:
		return m.related(key, member.Value)
	}
	return nil, fmt.Errorf("filter %s: unknown kind of key %q", model.Name, member.Name)
}

// combined reads AND, OR and NOT. Returns fault.InputInvalid (3036) for null, which was an internal error.
func (m *maker) combined(model *schema.Model, kind opencrud.FilterKind, member graphql.InputField) (Filter, error) {
	if member.Value.IsNull() {
		return nil, fault.Invalid("null", member.Name, model.Name)
	}
	filters := make([]Filter, 0, len(member.Value.Items))
	for _, item := range member.Value.Items {
		f, err := m.filter(model, item)
		if err != nil {
			return nil, err
		}
		if f == nil {
			f = And{}
		}
		if kind == opencrud.Not {
			f = Not{f}
		}
		filters = append(filters, f)
	}
	if kind == opencrud.Or {
		return Or{filters}, nil
	}
	return And{filters}, nil
}

var ops = map[opencrud.Op]Op{
	opencrud.Equal:          Equal,
	opencrud.NotEqual:       NotEqual,
	opencrud.Less:           Less,
	opencrud.LessOrEqual:    LessOrEqual,
	opencrud.Greater:        Greater,
	opencrud.GreaterOrEqual: GreaterOrEqual,
	opencrud.Contains:       Contains,
	opencrud.NotContains:    NotContains,
	opencrud.StartsWith:     StartsWith,
	opencrud.NotStartsWith:  NotStartsWith,
	opencrud.EndsWith:       EndsWith,
	opencrud.NotEndsWith:    NotEndsWith,
}

// compare reads a comparison. Only equality knows null as a value.
func compare(key opencrud.FilterKey, input graphql.Input) Filter {
	op := ops[key.Op]
	if input.IsNull() && (op == Equal || op == NotEqual) {
		return IsNull{Field: key.Field, Not: op == NotEqual}
	}
	return Compare{Field: key.Field, Op: op, Value: input.Value, Fold: key.Fold}
}

// in reads f_in and f_not_in; null stands for the one value null.
func in(key opencrud.FilterKey, input graphql.Input) Filter {
	if input.IsNull() {
		return IsNull{Field: key.Field, Not: key.Not}
	}
	values := make([]scalar.Value, len(input.Items))
	for i, item := range input.Items {
		values[i] = item.Value
	}
	return In{Field: key.Field, Values: values, Not: key.Not}
}

var quantifiers = map[opencrud.Quantifier]Quantifier{
	opencrud.Some:  Some,
	opencrud.Every: Every,
	opencrud.None:  None,
}

// related reads a filter on related nodes. A to-one field may be null: no related node.
func (m *maker) related(key opencrud.FilterKey, input graphql.Input) (Filter, error) {
	if input.IsNull() && key.Field.List {
		return nil, fault.NullForMany(key.Field.Name)
	}
	if input.IsNull() {
		return Related{Field: key.Field, Quantifier: None}, nil
	}
	f, err := m.filter(key.Field.OtherModel(), input)
	return Related{Field: key.Field, Quantifier: quantifiers[key.Quantifier], Filter: f}, err
}
