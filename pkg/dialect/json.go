package dialect

import (
	"slices"
	"strings"
)

// JSON is how a database looks into a text that holds JSON. Each function
// appends an expression about the value at a path in the text that column
// appends.
type JSON struct {
	// Kind is string, number, true, false, null or the name of something else,
	// and SQL's null where there is no value.
	Kind func(b *Builder, column func(), path []string)
	// Text is the value of a string, told apart by every letter.
	Text func(b *Builder, column func(), path []string)
	// Number is the value of a number.
	Number func(b *Builder, column func(), path []string)
}

// A DollarPath is a path as SQLite and MySQL write it: $."a"[0]. Keys hold
// neither quotes nor backslashes.
type DollarPath struct {
	Text  string
	Lists []string // the paths on its way of which it takes an element
}

// FirstWay appends the value that write appends for a way to read a path, of the
// first way that leads to one.
func (b *Builder) FirstWay(path []string, write func(DollarPath)) {
	ways := dollarPaths(path)
	if len(ways) == 1 {
		write(ways[0])
		return
	}
	b.SQL("COALESCE(")
	for i, way := range ways {
		if i > 0 {
			b.SQL(", ")
		}
		write(way)
	}
	b.SQL(")")
}

// dollarPaths returns the ways to read a path, of which at most one leads to a
// value: a number is the place in a list, or a key of an object.
func dollarPaths(path []string) []DollarPath {
	ways := []DollarPath{{Text: "$"}}
	for _, part := range path {
		var longer []DollarPath
		for _, way := range ways {
			if isPlace(part) {
				longer = append(longer, DollarPath{way.Text + "[" + part + "]", append(slices.Clip(way.Lists), way.Text)})
			}
			longer = append(longer, DollarPath{way.Text + `."` + part + `"`, way.Lists})
		}
		ways = longer
	}
	return ways
}

// isPlace tells whether a part of a path may be a place in a list.
func isPlace(part string) bool {
	return part == "0" || part != "" && len(part) < 10 && part[0] != '0' && strings.Trim(part, "0123456789") == ""
}
