package dialect

import "strings"

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

// DollarPath returns a path as SQLite and MySQL write it: $."a"[0]. Keys hold
// neither quotes nor backslashes.
func DollarPath(path []string) string {
	text := "$"
	for _, part := range path {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			text += "[" + part + "]"
		} else {
			text += `."` + part + `"`
		}
	}
	return text
}
