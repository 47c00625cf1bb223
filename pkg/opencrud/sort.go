package opencrud

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// sort adds the input with which lists of a model are sorted by several fields,
// also those of related nodes.
func (b *builder) sort(m *schema.Model) {
	if !b.schema.Has(schema.Sort) {
		return
	}
	var fields ast.FieldList
	for _, f := range visible(m) {
		switch {
		case isOrderable(f):
			fields = append(fields, field(f.Name, "", optional(sortOrderEnum)))
		case f.IsRelation() && f.List:
			fields = append(fields, field(f.Name, "", optional(sortCountInput)))
		case f.IsRelation():
			fields = append(fields, field(f.Name, "", optional(sortInput(f.OtherModel()))))
		}
	}
	b.input(sortInput(m), fields)
}

// sortConstants adds what the sort inputs of all models share.
func (b *builder) sortConstants() {
	if b.schema.Has(schema.Sort) {
		b.enum(sortOrderEnum, []string{sortAscending, sortDescending})
		b.input(sortCountInput, ast.FieldList{field(countKey, "The number of related nodes.", required(sortOrderEnum))})
	}
}

// A SortKey is one thing to sort by.
type SortKey struct {
	Path  []*schema.Field // relation fields on the way to Field, from the model that is sorted
	Field *schema.Field   // nil: the number of nodes behind the last of Path
	Desc  bool
}

// SortKey reads one object of the argument sort. It is false when an object in
// it does not have exactly one member, as order needs.
func (a *API) SortKey(m *schema.Model, input graphql.Input) (SortKey, bool) {
	var key SortKey
	for {
		if len(input.Fields) != 1 || input.Fields[0].Value.IsNull() {
			return key, false
		}
		member := input.Fields[0]
		if member.Value.Kind == graphql.Leaf {
			key.Desc = member.Value.Value.Text == sortDescending
			if m != nil {
				key.Field = m.Field(member.Name)
			}
			return key, true
		}
		f := m.Field(member.Name)
		key.Path = append(key.Path, f)
		input, m = member.Value, f.OtherModel()
		if f.List {
			m = nil
		}
	}
}
