package mysql

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// unindexed are the words that InnoDB leaves out of a full-text index
// (information_schema.innodb_ft_default_stopword).
var unindexed = []string{
	"a", "about", "an", "are", "as", "at", "be", "by", "com", "de", "en", "for", "from", "how", "i", "in", "is", "it", "la", "of",
	"on", "or", "that", "the", "this", "to", "und", "was", "what", "when", "where", "who", "will", "with", "www",
}

// isIndexed tells whether a word is in full-text indexes, as long as the server
// has the default limits of their length (innodb_ft_min_token_size,
// innodb_ft_max_token_size).
func isIndexed(word string) bool {
	n := utf8.RuneCountInString(word)
	return n >= 3 && n <= 84 && !slices.Contains(unindexed, strings.ToLower(word))
}

// fullText asks the index for the words that it has, and the texts themselves
// for the others. In front of a word + says that it must occur; the words are
// free of operators.
func fullText(b *dialect.Builder, alias, _ string, columns, words []string) {
	var indexed, others []string
	for _, word := range words {
		if isIndexed(word) {
			indexed = append(indexed, "+"+word)
		} else {
			others = append(others, word)
		}
	}
	write := func() {
		for i, column := range columns {
			if i > 0 {
				b.SQL(", ")
			}
			b.Column(alias, column)
		}
	}
	b.SQL("(")
	if len(indexed) > 0 {
		b.SQL("MATCH (")
		write()
		b.SQL(") AGAINST (").Arg(strings.Join(indexed, " ")).SQL(" IN BOOLEAN MODE)")
	}
	for i, word := range others {
		if i > 0 || len(indexed) > 0 {
			b.SQL(" AND ")
		}
		b.SQL("CONCAT_WS(' ', ")
		write()
		b.SQL(") REGEXP ").Arg("(^|[^[:alnum:]_])" + word + "([^[:alnum:]_]|$)")
	}
	b.SQL(")")
}
