package dialect

import "strings"

// FullText appends a condition on the rows of alias, an alias of table, which
// has a full-text index on columns: they hold each of words, which are letters,
// marks and digits alone. It is never null.
func (b *Builder) FullText(alias, table string, columns, words []string) *Builder {
	b.facts.FullText(b, alias, table, columns, words)
	return b
}

// Signs are those of ASCII that no word has.
const Signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// Blanks are as many as there are Signs.
var Blanks = strings.Repeat(" ", len(Signs))
