package mysql

import "github.com/prisma1-go/prisma1/pkg/dialect"

var jsonFacts = dialect.JSON{Kind: jsonKind, Text: jsonText, Number: jsonNumber}

// jsonAt writes the value at a path. MySQL takes [0] of what is no list for the
// thing itself, so it is asked whether it is one.
func jsonAt(b *dialect.Builder, column func(), path []string) {
	b.FirstWay(path, func(way dialect.DollarPath) { jsonWay(b, column, way) })
}

func jsonWay(b *dialect.Builder, column func(), way dialect.DollarPath) {
	if len(way.Lists) == 0 {
		jsonExtract(b, column, way.Text)
		return
	}
	b.SQL("CASE WHEN ")
	for i, list := range way.Lists {
		if i > 0 {
			b.SQL(" AND ")
		}
		b.SQL("JSON_TYPE(")
		jsonExtract(b, column, list)
		b.SQL(") = 'ARRAY'")
	}
	b.SQL(" THEN ")
	jsonExtract(b, column, way.Text)
	b.SQL(" END")
}

func jsonExtract(b *dialect.Builder, column func(), path string) {
	b.SQL("JSON_EXTRACT(")
	column()
	b.SQL(", ").Arg(path).SQL(")")
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
