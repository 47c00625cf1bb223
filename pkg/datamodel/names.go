package datamodel

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names are what a database takes as the name of a table or column.
type Names struct {
	Longest      int      // 0 for any length
	LongestTable int      // of tables, where it is less
	InBytes      bool     // those count bytes, else characters
	BasicPlane   bool     // no character above U+FFFF
	SpaceAtEnd   bool     // a space may be the last character
	Columns      []string // no column may be called so: the database has its own
	TablesBegin  []string // no table may begin so
}

// wrong returns why a name cannot be, as the end of a sentence, "" when it can.
func (n Names) wrong(kind, name string) string {
	length, unit := utf8.RuneCountInString(name), "characters"
	if n.InBytes {
		length, unit = len(name), "bytes"
	}
	longest := n.Longest
	if kind == table && n.LongestTable > 0 {
		longest = n.LongestTable
	}
	switch {
	case name == "":
		return ". No name can be empty"
	case longest > 0 && length > longest:
		return fmt.Sprintf(". The database takes names of %ss of up to %d %s, and this one has %d", kind, longest, unit, length)
	case hasControl(name):
		return noControl
	case n.BasicPlane && strings.ContainsFunc(name, func(r rune) bool { return r > 0xFFFF }):
		return ". The database takes no emoji or other characters above U+FFFF in names"
	case !n.SpaceAtEnd && strings.HasSuffix(name, " "):
		return ". The database takes no names that end with a space"
	case kind == column && slices.Contains(n.Columns, name):
		return ", and the database has a column of its own with that name in every table"
	case kind == table && slices.ContainsFunc(n.TablesBegin, func(begin string) bool { return strings.HasPrefix(strings.ToLower(name), begin) }):
		return ", and the database keeps such names for itself"
	}
	return ""
}

const noControl = ". No name can have control characters"

func hasControl(name string) bool {
	return !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl)
}
