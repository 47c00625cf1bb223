package postgres

import "github.com/prisma1-go/prisma1/pkg/dialect"

var jsonFacts = dialect.JSON{Kind: jsonKind, Text: jsonText, Number: jsonNumber}

// jsonAt writes the value at a path as jsonb.
func jsonAt(b *dialect.Builder, column func(), path []string) {
	b.SQL("(")
	column()
	b.SQL("::jsonb #> ARRAY[")
	for i, part := range path {
		if i > 0 {
			b.SQL(", ")
		}
		b.Arg(part)
	}
	b.SQL("]::text[])")
}

func jsonKind(b *dialect.Builder, column func(), path []string) {
	b.SQL("CASE jsonb_typeof(")
	jsonAt(b, column, path)
	b.SQL(") WHEN 'boolean' THEN ")
	jsonText(b, column, path)
	b.SQL(" ELSE jsonb_typeof(")
	jsonAt(b, column, path)
	b.SQL(") END")
}

func jsonText(b *dialect.Builder, column func(), path []string) {
	b.SQL("(")
	jsonAt(b, column, path)
	b.SQL(" #>> '{}')")
}

func jsonNumber(b *dialect.Builder, column func(), path []string) {
	jsonText(b, column, path)
	b.SQL("::numeric")
}
