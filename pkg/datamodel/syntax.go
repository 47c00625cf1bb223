package datamodel

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// A SyntaxError says that a text is no SDL. It becomes the fault DatamodelSyntax (3017).
//
// Message has the form of Prisma 1's parser (Sangria), which blames the brace
// that opens a type's fields for whatever is wrong among them. Line and Column
// (1-based, in characters) are where reading really ended, and Hint says why.
type SyntaxError struct {
	Message      string
	Line, Column int
	Hint         string
}

func (e *SyntaxError) Error() string { return e.Message }

const syntaxPrefix = "Syntax error while parsing GraphQL query. "

func syntaxError(text string, err error) *SyntaxError {
	hint, at := located(err)
	end := offset(text, at)
	e := &SyntaxError{Line: at.line, Column: at.column, Hint: helpful(hint, text[end:])}
	if brace, rules := openBody(text, end); rules != "" {
		e.Message = sangria(text, brace, end, "expected "+rules)
		return e
	}
	if isDefinitionStart(text, end) {
		const rules = "expected OperationDefinition, FragmentDefinition or TypeSystemDefinition"
		e.Message = sangria(text, end, furthest(text, end), rules)
		return e
	}
	expected, _, _ := strings.Cut(hint, ", found")
	e.Message = sangria(text, end, end, strings.Replace(expected, "Expected", "expected", 1))
	return e
}

var newerPrisma = regexp.MustCompile(`^(model|datasource|generator)[ \t]+\w+[ \t]*\{`)

// helpful returns what the parser says about a place, or what people mostly did there.
func helpful(hint, rest string) string {
	switch {
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"):
		return "Comments begin with #"
	case newerPrisma.MatchString(rest):
		return "This is a schema of Prisma 2 or newer; a datamodel of Prisma 1 consists of types and enums"
	case strings.HasPrefix(hint, "expected at least one definition"):
		return "Nothing stands between the brackets"
	case strings.Contains(hint, "<Invalid>"):
		return "Unexpected character, or a string without end"
	}
	return hint
}

func emptyError(text string) *SyntaxError {
	end := offset(text, position{1, 1}) + len(text)
	at := placeOf(text, end)
	const expected = "expected a type or an enum"
	return &SyntaxError{
		Message: sangria(text, end, end, expected),
		Line:    at.line, Column: at.column, Hint: expected,
	}
}

// sangria writes a message as Sangria does: the input between start and end
// (the character at end included), what could stand at start, and its line with
// a caret.
func sangria(text string, start, end int, expected string) string {
	var b strings.Builder
	b.WriteString(syntaxPrefix)
	quote := '"'
	if start == end {
		quote = '\''
	}
	if end >= len(text) {
		b.WriteString("Unexpected end of input, ")
	} else {
		_, size := utf8.DecodeRuneInString(text[end:])
		fmt.Fprintf(&b, "Invalid input %[2]c%[1]s%[2]c, ", escape(shortened(text[start:end+size])), quote)
	}
	at := placeOf(text, start)
	lineStart := strings.LastIndexByte(text[:start], '\n') + 1
	line, _, _ := strings.Cut(text[lineStart:], "\n")
	fmt.Fprintf(&b, "%s (line %d, column %d):\n%s\n%s^",
		expected, at.line, at.column, shortened(strings.TrimSuffix(line, "\r")), strings.Repeat(" ", min(at.column-1, maxExcerpt)))
	return b.String()
}

// maxExcerpt is how many bytes of the text a message quotes at most, unlike Sangria.
const maxExcerpt = 2000

func shortened(text string) string {
	if len(text) <= maxExcerpt {
		return text
	}
	return strings.ToValidUTF8(text[:maxExcerpt], "") + "…"
}

func escape(input string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(input)
}

var definition = regexp.MustCompile(`(?m)^[ \t]*(type|enum)[ \t]+[_A-Za-z][_0-9A-Za-z]*[^{}#"]*\{`)

// openBody returns the offset of the brace that opens the type or enum in which
// an offset lies, and what Sangria's grammar would accept there; "" when the
// offset lies outside of all.
func openBody(text string, at int) (int, string) {
	found := definition.FindAllStringSubmatchIndex(text[:min(at, len(text))], -1)
	if len(found) == 0 {
		return 0, ""
	}
	last := found[len(found)-1]
	brace := last[1] - 1
	if strings.Contains(text[brace:at], "}") {
		return 0, ""
	}
	if text[last[2]:last[3]] == "enum" {
		return brace, "IgnoredNoComment, DirectivesConst or EnumValuesDefinition"
	}
	return brace, "IgnoredNoComment, ImplementsInterfaces, DirectivesConst or FieldDefinitions"
}

// isDefinitionStart tells whether a definition could begin at an offset: all
// braces before it are closed, and the last definition is complete.
func isDefinitionStart(text string, at int) bool {
	before := strings.TrimRight(withoutComments(text[:at]), " \t\r\n,")
	return before == "" || strings.HasSuffix(before, "}")
}

var comment = regexp.MustCompile(`#[^\n]*`)

func withoutComments(text string) string { return comment.ReplaceAllString(text, "") }

var definitionKeywords = []string{
	"type", "enum", "interface", "union", "input", "scalar", "schema", "directive", "extend",
	"query", "mutation", "subscription", "fragment",
}

// furthest returns how far Sangria reads a definition that is none of SDL: to
// the end of a keyword's beginning, or as far as it is an operation, which its
// grammar knows too.
func furthest(text string, start int) int {
	end := start
	for _, keyword := range definitionKeywords {
		end = max(end, start+commonPrefix(text[start:], keyword))
	}
	if _, err := parser.ParseQuery(&ast.Source{Input: text}); err != nil {
		_, at := located(err)
		end = max(end, offset(text, at))
	}
	return end
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// offset returns the byte offset of a place; the end of the text when it lies behind.
func offset(text string, at position) int {
	i := 0
	for range at.line - 1 {
		next := strings.IndexByte(text[i:], '\n')
		if next < 0 {
			return len(text)
		}
		i += next + 1
	}
	for range at.column - 1 {
		if i >= len(text) {
			return len(text)
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return i
}

// placeOf returns the place of a byte offset.
func placeOf(text string, offset int) position {
	before := text[:offset]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return position{
		line:   strings.Count(before, "\n") + 1,
		column: utf8.RuneCountInString(before[lineStart:]) + 1,
	}
}
