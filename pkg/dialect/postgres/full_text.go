package postgres

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// fullText asks with the expression of the index. The words are one argument,
// which plainto_tsquery takes for words and nothing else.
func fullText(b *dialect.Builder, alias, _ string, columns, words []string) {
	writeWords(b, func(column string) { b.Column(alias, column) }, columns)
	b.SQL(" @@ plainto_tsquery('simple', ").Arg(strings.Join(words, " ")).SQL(")")
}

// fullTextIndex makes an index of words.
func (s *script) fullTextIndex(table string, x *relational.Index) {
	b := s.sql("CREATE INDEX ").Name(x.Name).SQL(" ON ").Table(table).SQL(" USING gin (")
	writeWords(b, func(column string) { b.Name(column) }, x.Columns)
	s.add(b.SQL(")"))
}

// writeWords writes the words of columns: the parser of PostgreSQL would take
// addresses, paths and what has a hyphen for one, so that signs become blanks.
// It fails on more than 1 MB of words, which 200,000 characters never have.
func writeWords(b *dialect.Builder, write func(column string), columns []string) {
	b.SQL("to_tsvector('simple', left(translate(")
	for i, column := range columns {
		if i > 0 {
			b.SQL(" || ' ' || ")
		}
		b.SQL("coalesce(")
		write(column)
		b.SQL(", '')")
	}
	b.SQL(", '" + strings.ReplaceAll(dialect.Signs, "'", "''") + "', '" + dialect.Blanks + "'), 200000))")
}
