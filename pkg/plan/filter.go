package plan

import (
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Filter is a condition on the nodes of one model. The set is closed. nil is no condition.
type Filter interface{ filter() }

type (
	And struct{ Filters []Filter } // true when empty
	Or  struct{ Filters []Filter } // false when empty
	Not struct{ Filter Filter }

	// Compare holds where the field's value stands in relation Op to Value.
	// SQL's rules for null apply: a row without a value never holds. A null
	// Value never holds either.
	Compare struct {
		Field *schema.Field
		Op    Op
		Value scalar.Value
		Fold  bool // of texts: A and a are the same
	}
	// In holds where the field has one of Values; none is false. With Not it
	// holds where the field has another value; none is true, rows without a
	// value included.
	In struct {
		Field  *schema.Field
		Values []scalar.Value
		Not    bool
	}
	// IsNull holds where the field has no value, with Not where it has one.
	IsNull struct {
		Field *schema.Field
		Not   bool
	}
	// Related holds where the nodes behind a relation field satisfy Filter
	// (nil: any node) as Quantifier says. Nodes for which Filter is unknown
	// (null) count as not failing Every.
	Related struct {
		Field      *schema.Field
		Quantifier Quantifier
		Filter     Filter
	}
)

func (And) filter()     {}
func (Or) filter()      {}
func (Not) filter()     {}
func (Compare) filter() {}
func (In) filter()      {}
func (IsNull) filter()  {}
func (Related) filter() {}

// Conditions is how many conditions a filter has, and how many of them are about related nodes.
func Conditions(filter Filter) (all, related int) {
	switch f := filter.(type) {
	case nil:
		return 0, 0
	case And:
		return conditions(f.Filters)
	case Or:
		return conditions(f.Filters)
	case Not:
		return Conditions(f.Filter)
	case Related:
		all, related = Conditions(f.Filter)
		return all + 1, related + 1
	}
	return 1, 0
}

func conditions(filters []Filter) (all, related int) {
	for _, f := range filters {
		a, r := Conditions(f)
		all, related = all+a, related+r
	}
	return all, related
}

// Op is a comparison.
type Op uint8

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

// Quantifier is how many related nodes must satisfy a filter. A to-one field
// uses Some for "has a related node that", None with a nil Filter for "has none".
type Quantifier uint8

const (
	Some Quantifier = iota
	Every
	None
)

// A Selector names one node by a unique field, or by several that are unique together.
type Selector struct {
	Field *schema.Field
	Value scalar.Value
	More  *More // nil for one field
}

// More is what a Selector says beyond the first field of several.
type More struct {
	Unique *schema.Unique
	Values []scalar.Value // of Unique.Fields, from the second on
}

// Name returns what the selector is called in a where input.
func (s Selector) Name() string {
	if s.More != nil {
		return s.More.Unique.Name
	}
	return s.Field.Name
}
