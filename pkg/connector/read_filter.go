package connector

import (
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// writeFilter writes filter as a condition on the rows of alias. nil holds for
// every row.
//
// SQL's three values count: what a filter says about null is null. Related
// nodes are asked for with EXISTS; Prisma 1's NOT IN
// (FilterConditionBuilder.scala) met nothing as soon as one row had no link.
func writeFilter(b *dialect.Builder, alias string, filter plan.Filter) {
	fence := ""
	if _, related := plan.Conditions(filter); related > mostJoined {
		fence = b.Facts().Fence
	}
	writeCondition(b, alias, filter, fence)
}

// mostJoined is how many subselects of a filter a database may turn into joins.
// The time it takes to find an order for them grows beyond all bounds.
const mostJoined = 8

// writeCondition is writeFilter; fence stands at the end of each subselect.
func writeCondition(b *dialect.Builder, alias string, filter plan.Filter, fence string) {
	switch f := filter.(type) {
	case nil:
		b.SQL("1 = 1")
	case plan.And:
		writeConditions(b, alias, f.Filters, " AND ", "1 = 1", fence)
	case plan.Or:
		writeConditions(b, alias, f.Filters, " OR ", "1 = 0", fence)
	case plan.Not:
		b.SQL("NOT (")
		writeCondition(b, alias, f.Filter, fence)
		b.SQL(")")
	case plan.Compare:
		writeCompare(b, alias, f)
	case plan.In:
		writeIn(b, alias, f)
	case plan.IsNull:
		b.Column(alias, f.Field.Column())
		if f.Not {
			b.SQL(" IS NOT NULL")
		} else {
			b.SQL(" IS NULL")
		}
	case plan.JSONPath:
		writeJSONPath(b, alias, f)
	case plan.FullText:
		b.FullText(alias, f.Model.Table(), f.Model.FullTextColumns(), f.Words)
	case plan.Related:
		writeRelated(b, alias, f, fence)
	}
}

// mostRelated is how many conditions of a filter may be about related nodes.
const mostRelated = 400

// checkFilter returns fault.LongFilter when a filter has more conditions than a statement takes.
func checkFilter(facts *dialect.Facts, filter plan.Filter) error {
	if filter == nil {
		return nil
	}
	all, related := plan.Conditions(filter)
	switch {
	case related > mostRelated:
		return fault.LongFilter(mostRelated, "conditions on related nodes")
	case all > facts.MaxFilter:
		return fault.LongFilter(facts.MaxFilter, "conditions")
	}
	return nil
}

// checkFilters is checkFilter for a read and all below it.
func checkFilters(facts *dialect.Facts, read *plan.Read) error {
	if err := checkFilter(facts, read.Filter); err != nil {
		return err
	}
	for _, child := range read.Children {
		if err := checkFilters(facts, child); err != nil {
			return err
		}
	}
	return nil
}

// writeConditions writes several filters with word between them; empty stands for none.
func writeConditions(b *dialect.Builder, alias string, filters []plan.Filter, word, empty, fence string) {
	if len(filters) == 0 {
		b.SQL(empty)
		return
	}
	b.SQL("(")
	for i, f := range filters {
		if i > 0 {
			b.SQL(word)
		}
		writeCondition(b, alias, f, fence)
	}
	b.SQL(")")
}

var operators = map[plan.Op]string{
	plan.Equal:          " = ",
	plan.NotEqual:       " <> ",
	plan.Less:           " < ",
	plan.LessOrEqual:    " <= ",
	plan.Greater:        " > ",
	plan.GreaterOrEqual: " >= ",
}

func writeCompare(b *dialect.Builder, alias string, f plan.Compare) {
	if f.Value.IsNull() {
		b.SQL("1 = NULL")
		return
	}
	column := func() { b.Column(alias, f.Field.Column()) }
	operator, simple := operators[f.Op]
	switch {
	case simple && f.Fold:
		b.Fold(column).SQL(operator).Fold(func() { b.Value(f.Value) })
		return
	case simple:
		column()
		b.SQL(operator).Value(f.Value)
		return
	case f.Fold:
		b.Fold(column)
	default:
		column()
	}
	b.SQL(" ")
	switch f.Op {
	case plan.NotContains, plan.NotStartsWith, plan.NotEndsWith:
		b.SQL("NOT ")
	}
	contains := f.Op == plan.Contains || f.Op == plan.NotContains
	starts := f.Op == plan.StartsWith || f.Op == plan.NotStartsWith
	ends := f.Op == plan.EndsWith || f.Op == plan.NotEndsWith
	if f.Fold {
		b.MatchFolded(f.Value.Text, contains || ends, contains || starts)
		return
	}
	b.Match(f.Value.Text, contains || ends, contains || starts)
}

// longestIn is how many values of a filter stand in a statement one by one.
const longestIn = 16

func writeIn(b *dialect.Builder, alias string, f plan.In) {
	if len(f.Values) == 0 {
		if f.Not {
			b.SQL("1 = 1")
		} else {
			b.SQL("1 = 0")
		}
		return
	}
	b.Column(alias, f.Field.Column())
	switch {
	case len(f.Values) > longestIn && f.Not:
		b.SQL(" ").NotAmong(f.Field.Type, jsonList(b.Facts(), f.Values))
	case len(f.Values) > longestIn:
		b.SQL(" ").Among(f.Field.Type, jsonList(b.Facts(), f.Values))
	case f.Not:
		b.SQL(" NOT IN (").Values(f.Values).SQL(")")
	default:
		b.SQL(" IN (").Values(f.Values).SQL(")")
	}
}

// writeRelated writes a condition on the nodes behind a relation field.
func writeRelated(b *dialect.Builder, alias string, f plan.Related, fence string) {
	if f.Field.OwnsColumn() && f.Filter == nil && f.Quantifier != plan.Every {
		b.Column(alias, f.Field.Relation.Column(f.Field.Side.Other()))
		if f.Quantifier == plan.None {
			b.SQL(" IS NULL")
		} else {
			b.SQL(" IS NOT NULL")
		}
		return
	}
	if f.Quantifier != plan.Some {
		b.SQL("NOT ")
	}
	b.SQL("EXISTS (SELECT 1 FROM ")
	child := writeLinked(b, alias, f.Field)
	switch {
	case f.Quantifier == plan.Every:
		b.SQL(" AND NOT (")
		writeCondition(b, child, f.Filter, fence)
		b.SQL(")")
	case f.Filter != nil:
		b.SQL(" AND ")
		writeCondition(b, child, f.Filter, fence)
	}
	b.SQL(fence).SQL(")")
}

// writeLinked writes the tables behind a relation field of alias and the
// condition that links them. It returns the alias of the related nodes' table.
func writeLinked(b *dialect.Builder, alias string, f *schema.Field) (child string) {
	r, other := f.Relation, f.OtherModel()
	child = alias + "c"
	switch link := r.Link.(type) {
	case *schema.LinkTable:
		via := alias + "l"
		b.Table(link.Table).SQL(" AS " + via + " JOIN ").Table(other.Table()).SQL(" AS " + child + " ON ")
		b.Column(child, other.ID().Column()).SQL(" = ").Column(via, r.Column(f.Side.Other()))
		b.SQL(" WHERE ").Column(via, r.Column(f.Side)).SQL(" = ").Column(alias, f.Model.ID().Column())
	case *schema.Inline:
		// Column(side) is the id column on the side that owns the link and the
		// link column on the other. Seen from the owner both swap tables.
		b.Table(other.Table()).SQL(" AS " + child + " WHERE ")
		if f.OwnsColumn() {
			b.Column(child, other.ID().Column()).SQL(" = ").Column(alias, link.Column)
		} else {
			b.Column(child, link.Column).SQL(" = ").Column(alias, f.Model.ID().Column())
		}
	}
	return child
}
