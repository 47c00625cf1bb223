package mysql

import "github.com/prisma1-go/prisma1/pkg/dialect"

var jsonFacts = dialect.JSON{Kind: jsonKind, Text: jsonText, Number: jsonNumber}

func jsonAt(b *dialect.Builder, column func(), path []string) {
	b.SQL("JSON_EXTRACT(")
	column()
	b.SQL(", ").Arg(dialect.DollarPath(path)).SQL(")")
}

func jsonKind(b *dialect.Builder, column func(), path []string) {
	b.SQL("CASE JSON_TYPE(")
	jsonAt(b, column, path)
	b.SQL(") WHEN 'BOOLEAN' THEN JSON_UNQUOTE(")
	jsonAt(b, column, path)
	b.SQL(") WHEN 'INTEGER' THEN 'number' WHEN 'UNSIGNED INTEGER' THEN 'number' WHEN 'DOUBLE' THEN 'number' WHEN 'DECIMAL' THEN 'number' ELSE LOWER(JSON_TYPE(")
	jsonAt(b, column, path)
	b.SQL(")) END")
}

func jsonText(b *dialect.Builder, column func(), path []string) {
	b.SQL("CONVERT(JSON_UNQUOTE(")
	jsonAt(b, column, path)
	b.SQL(") USING utf8mb4) COLLATE utf8mb4_bin")
}

func jsonNumber(b *dialect.Builder, column func(), path []string) {
	b.SQL("(JSON_UNQUOTE(")
	jsonAt(b, column, path)
	b.SQL(") + 0e0)")
}
