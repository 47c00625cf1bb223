package connector

import (
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

var jsonOperators = map[plan.JSONOp]string{
	plan.JSONEqual:          " = ",
	plan.JSONLess:           " < ",
	plan.JSONLessOrEqual:    " <= ",
	plan.JSONGreater:        " > ",
	plan.JSONGreaterOrEqual: " >= ",
}

// writeJSONPath writes a condition on the value at a path. The kind of the value
// is looked at first, in a CASE: nothing else keeps a database from reading a
// text as a number.
func writeJSONPath(b *dialect.Builder, alias string, f plan.JSONPath) {
	facts := b.Facts().JSON
	column := func() { b.Column(alias, f.Field.Column()) }
	kind := func(is string) {
		facts.Kind(b, column, f.Path)
		b.SQL(is)
	}
	if f.Op == plan.JSONExists {
		b.SQL("(")
		kind(" IS NOT NULL)")
		return
	}
	b.SQL("COALESCE(")
	switch f.Value.Type {
	case scalar.Null:
		kind(" = 'null'")
	case scalar.Boolean:
		kind(" = '" + f.Value.String() + "'")
	case scalar.Float:
		b.SQL("CASE WHEN ")
		kind(" = 'number' THEN ")
		facts.Number(b, column, f.Path)
		b.SQL(jsonOperators[f.Op]).Value(f.Value).SQL(" END")
	default:
		b.SQL("CASE WHEN ")
		kind(" = 'string' THEN ")
		facts.Text(b, column, f.Path)
		writeJSONText(b, f)
		b.SQL(" END")
	}
	b.SQL(", FALSE)")
}

func writeJSONText(b *dialect.Builder, f plan.JSONPath) {
	if operator, ok := jsonOperators[f.Op]; ok {
		b.SQL(operator).Value(f.Value)
		return
	}
	b.SQL(" ").Match(f.Value.Text, f.Op != plan.JSONStartsWith, f.Op != plan.JSONEndsWith)
}
