package dialect

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// Match appends the operator and pattern that compare text with what stands to
// the left: anything may stand before the text, behind it, or both. Every
// character of text is literal; Prisma 1 took % and _ as wildcards.
func (b *Builder) Match(text string, before, after bool) *Builder {
	b.facts.Match(b, text, before, after)
	return b
}

// Pattern returns text with its special characters escaped and anything, the
// pattern for any text, before and after it as asked.
func Pattern(escapes *strings.Replacer, text, anything string, before, after bool) string {
	pattern := escapes.Replace(text)
	if before {
		pattern = anything + pattern
	}
	if after {
		pattern += anything
	}
	return pattern
}

// Among appends that what stands to the left, of type t, is one of the members of
// list, a JSON array, or none of them. Where the database takes lists, the text
// does not depend on how many there are.
func (b *Builder) Among(t scalar.Type, list string) *Builder {
	b.facts.Among(b, t, list, false)
	return b
}

// NotAmong appends the opposite of Among.
func (b *Builder) NotAmong(t scalar.Type, list string) *Builder {
	b.facts.Among(b, t, list, true)
	return b
}

// Rows appends the members of list, a JSON array, as a table of one column.
func (b *Builder) Rows(t scalar.Type, list string) *Builder {
	b.facts.Rows(b, t, list)
	return b
}

// Keep appends a condition that is always true, of a select from the table k. The
// values in a column of k are in a place then, until the transaction ends, for
// the statements that follow.
func (b *Builder) Keep(place int, column string) *Builder {
	b.facts.Keep(b, place, column)
	return b
}

// Kept appends the values in a place, of type t, as a table of one column. Some may
// stand there several times.
func (b *Builder) Kept(t scalar.Type, place int) *Builder {
	b.facts.Kept(b, t, place)
	return b
}

// AmongKept appends that what stands to the left is one of the values in a place.
func (b *Builder) AmongKept(t scalar.Type, place int) *Builder {
	return b.SQL("IN (SELECT v FROM ").Kept(t, place).SQL(" AS v)")
}
