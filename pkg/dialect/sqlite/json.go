package sqlite

import "github.com/prisma1-go/prisma1/pkg/dialect"

var jsonFacts = dialect.JSON{Kind: jsonKind, Text: jsonValue, Number: jsonValue}

func jsonKind(b *dialect.Builder, column func(), path []string) {
	b.SQL("CASE json_type(")
	jsonAt(b, column, path)
	b.SQL(") WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' ELSE json_type(")
	jsonAt(b, column, path)
	b.SQL(") END")
}

// jsonValue writes the value with SQLite's own type.
func jsonValue(b *dialect.Builder, column func(), path []string) {
	b.SQL("json_extract(")
	jsonAt(b, column, path)
	b.SQL(")")
}

func jsonAt(b *dialect.Builder, column func(), path []string) {
	column()
	b.SQL(", ").Arg(dialect.DollarPath(path))
}
