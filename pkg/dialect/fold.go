package dialect

import "strings"

// Fold appends what write writes, a text, with all letters small.
func (b *Builder) Fold(write func()) *Builder {
	b.SQL(b.facts.Fold[0])
	write()
	return b.SQL(b.facts.Fold[1])
}

// MatchFolded is Match for text in which large and small letters are the same.
// What stands to the left is folded.
func (b *Builder) MatchFolded(text string, before, after bool) *Builder {
	pattern := Pattern(foldedEscapes, text, "%", before, after)
	return b.SQL("LIKE ").Fold(func() { b.Guess(pattern, "text") }).SQL(" ESCAPE '!'")
}

var foldedEscapes = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
