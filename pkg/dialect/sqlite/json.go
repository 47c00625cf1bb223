package sqlite

import "github.com/prisma1-go/prisma1/pkg/dialect"

var jsonFacts = dialect.JSON{Kind: jsonKind, Text: jsonValue, Number: jsonValue}

func jsonKind(b *dialect.Builder, column func(), path []string) {
	b.SQL("CASE ")
	jsonAt(b, "json_type(", column, path)
	b.SQL(" WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' ELSE ")
	jsonAt(b, "json_type(", column, path)
	b.SQL(" END")
}

// jsonValue writes the value with SQLite's own type.
func jsonValue(b *dialect.Builder, column func(), path []string) {
	jsonAt(b, "json_extract(", column, path)
}

// jsonAt applies a function to the value at a path.
func jsonAt(b *dialect.Builder, function string, column func(), path []string) {
	b.FirstWay(path, func(way dialect.DollarPath) {
		b.SQL(function)
		column()
		b.SQL(", ").Arg(way.Text).SQL(")")
	})
}
