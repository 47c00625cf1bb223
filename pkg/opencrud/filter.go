package opencrud

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A FilterKey is the meaning of one member of a where input.
type FilterKey struct {
	Kind       FilterKind
	Field      *schema.Field // nil for And, Or, Not and FullText
	Op         Op            // of Compare
	Not        bool          // of In: the value is not among the given ones
	Quantifier Quantifier    // of Quantified
	Fold       bool          // of Compare: A and a are the same
}

// FilterKind is the shape of a filter.
type FilterKind uint8

// The kinds of filters.
const (
	And        FilterKind = iota // of a list of filters
	Or                           // of a list of filters
	Not                          // none of a list of filters
	Compare                      // a field with one value
	In                           // a field with a list of values
	Quantified                   // related nodes with a filter of their own
	JSONPath                     // what a Json field holds at a path
	FullText                     // words in the texts of a model
)

// Op is how a field is compared.
type Op uint8

// The comparisons.
const (
	Equal Op = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
	Contains
	NotContains
	StartsWith
	NotStartsWith
	EndsWith
	NotEndsWith
)

// Quantifier is how many related nodes a filter must hold for.
type Quantifier uint8

// The quantifiers. Some is also that of a to-one relation.
const (
	Some Quantifier = iota
	Every
	None
)

// An operator is one filter that a scalar field offers.
type operator struct {
	suffix      string
	description string
	key         FilterKey
}

// operators in the order of the API; the first ones are those of every type.
var operators = []operator{
	{"", "", FilterKey{Kind: Compare, Op: Equal}},
	{"_not", "All values that are not equal to given value.", FilterKey{Kind: Compare, Op: NotEqual}},
	{"_in", "All values that are contained in given list.", FilterKey{Kind: In}},
	{"_not_in", "All values that are not contained in given list.", FilterKey{Kind: In, Not: true}},
	{"_lt", "All values less than the given value.", FilterKey{Kind: Compare, Op: Less}},
	{"_lte", "All values less than or equal the given value.", FilterKey{Kind: Compare, Op: LessOrEqual}},
	{"_gt", "All values greater than the given value.", FilterKey{Kind: Compare, Op: Greater}},
	{"_gte", "All values greater than or equal the given value.", FilterKey{Kind: Compare, Op: GreaterOrEqual}},
	{"_contains", "All values containing the given string.", FilterKey{Kind: Compare, Op: Contains}},
	{"_not_contains", "All values not containing the given string.", FilterKey{Kind: Compare, Op: NotContains}},
	{"_starts_with", "All values starting with the given string.", FilterKey{Kind: Compare, Op: StartsWith}},
	{"_not_starts_with", "All values not starting with the given string.", FilterKey{Kind: Compare, Op: NotStartsWith}},
	{"_ends_with", "All values ending with the given string.", FilterKey{Kind: Compare, Op: EndsWith}},
	{"_not_ends_with", "All values not ending with the given string.", FilterKey{Kind: Compare, Op: NotEndsWith}},
}

// operatorsOf returns what fields of a type can be filtered by.
func operatorsOf(t scalar.Type) []operator {
	switch t {
	case scalar.ID, scalar.String:
		return operators
	case scalar.Int, scalar.Float, scalar.DateTime, scalar.Long, scalar.Decimal, scalar.Date:
		return operators[:8]
	case scalar.UUID, scalar.Enum:
		return operators[:4]
	case scalar.Boolean:
		return operators[:2]
	}
	return nil
}

// folded are the operators of operators that compare with one text, each as
// one that does not tell A from a.
var folded = foldable(operators)

func foldable(all []operator) []operator {
	var found []operator
	for _, o := range all {
		switch o.key.Op {
		case Less, LessOrEqual, Greater, GreaterOrEqual:
			continue
		}
		if o.key.Kind != Compare {
			continue
		}
		o.suffix += foldSuffix
		o.description = strings.TrimSpace(o.description + " Large and small letters are the same.")
		o.key.Fold = true
		found = append(found, o)
	}
	return found
}

// operatorsOf adds the operators of features to those of every service.
func (b *builder) operatorsOf(t scalar.Type) []operator {
	found := operatorsOf(t)
	if t == scalar.String && b.schema.Has(schema.CaseInsensitive) {
		found = slices.Concat(found, folded)
	}
	if t == scalar.Json && b.schema.Has(schema.JSONFilters) {
		found = jsonOperators
	}
	return found
}

// quantified are the members that a to-many relation field adds.
var quantified = []struct {
	suffix     string
	quantifier Quantifier
}{{"_every", Every}, {"_some", Some}, {"_none", None}}

// logic returns AND, OR and NOT of an input.
func logic(input string) ast.FieldList {
	return ast.FieldList{
		field(andKey, "Logical AND on all given filters.", listOf(input)),
		field(orKey, "Logical OR on all given filters.", listOf(input)),
		field(notKey, "Logical NOT on all given filters combined by AND.", listOf(input)),
	}
}

// where adds the filter inputs of a model and remembers the meaning of their keys.
func (b *builder) where(m *schema.Model) {
	keys := make(map[string]FilterKey, 10*len(m.Fields))
	keys[andKey], keys[orKey], keys[notKey] = FilterKey{Kind: And}, FilterKey{Kind: Or}, FilterKey{Kind: Not}
	fields := append(logic(whereInput(m)), b.scalarFilters(m)...)
	for _, f := range b.filterable(m) {
		for _, o := range b.operatorsOf(f.Type) {
			key := o.key
			key.Field = f
			b.addFilter(m, keys, f.Name+o.suffix, key)
		}
	}
	if len(m.FullText) > 0 {
		keys[schema.FullTextFilter] = FilterKey{Kind: FullText}
	}
	for _, f := range m.Fields {
		if f.Hidden || !f.IsRelation() {
			continue
		}
		target := optional(whereInput(f.OtherModel()))
		if !f.List {
			b.addFilter(m, keys, f.Name, FilterKey{Kind: Quantified, Field: f, Quantifier: Some})
			fields = append(fields, field(f.Name, "", target))
			continue
		}
		for _, q := range quantified {
			b.addFilter(m, keys, f.Name+q.suffix, FilterKey{Kind: Quantified, Field: f, Quantifier: q.quantifier})
			fields = append(fields, field(f.Name+q.suffix, "", target))
		}
	}
	b.input(whereInput(m), fields)
	b.api.filters[m] = keys
}

// filterable adds what features can filter to what every service can.
func (b *builder) filterable(m *schema.Model) []*schema.Field {
	var fields []*schema.Field
	for _, f := range visible(m) {
		if f.IsScalar() && len(b.operatorsOf(f.Type)) > 0 {
			fields = append(fields, f)
		}
	}
	return fields
}

// filterable returns the scalars that a model's nodes can be filtered by.
func filterable(m *schema.Model) []*schema.Field {
	var fields []*schema.Field
	for _, f := range m.Fields {
		if !f.Hidden && f.IsScalar() && len(operatorsOf(f.Type)) > 0 {
			fields = append(fields, f)
		}
	}
	return fields
}

// scalarFilters returns the members that filter a model's own scalars. Its
// inputs share them.
func (b *builder) scalarFilters(m *schema.Model) ast.FieldList {
	if fields, made := b.filters[m]; made {
		return fields
	}
	var fields ast.FieldList
	for _, f := range b.filterable(m) {
		one, many := optional(f.TypeName()), listOf(f.TypeName())
		for _, o := range b.operatorsOf(f.Type) {
			t := one
			switch o.key.Kind {
			case In:
				t = many
			case JSONPath:
				t = optional(jsonFilterInput)
			}
			fields = append(fields, field(f.Name+o.suffix, o.description, t))
		}
	}
	if len(m.FullText) > 0 {
		fields = append(fields, field(schema.FullTextFilter, "All nodes whose texts hold each word of the given string.", optional("String")))
	}
	b.filters[m] = fields
	return fields
}

// scalarWhere adds the filter of nested updateMany and deleteMany.
func (b *builder) scalarWhere(m *schema.Model) {
	name := scalarWhereInput(m)
	if b.claim(name) {
		b.define(name, append(logic(name), b.scalarFilters(m)...))
	}
}

// subscriptionWhere adds the filter of a model's events.
func (b *builder) subscriptionWhere(m *schema.Model) {
	name := subscriptionWhereInput(m)
	b.input(name, append(logic(name),
		field(mutationInKey, "The subscription event gets dispatched when it's listed in mutation_in", listOf(mutationTypeEnum)),
		field(updatedContainsKey, "The subscription event gets only dispatched when one of the updated fields names is included in this list", optional("String")),
		field(updatedEveryKey, "The subscription event gets only dispatched when all of the field names included in this list have been updated", listOf("String")),
		field(updatedSomeKey, "The subscription event gets only dispatched when some of the field names included in this list have been updated", listOf("String")),
		field("node", "", optional(whereInput(m))),
	))
}
