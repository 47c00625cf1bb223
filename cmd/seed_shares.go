package cmd

import (
	"slices"
	"sort"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// A size is how much of what a server counts in a request (README, limits) a piece of text has.
type size struct{ fields, tokens, bytes int }

// requestSize is what one request of a seed holds at most, well below the limits.
var requestSize = size{fields: 300, tokens: 10_000, bytes: 128 << 10}

func (s size) plus(other size) size {
	return size{s.fields + other.fields, s.tokens + other.tokens, s.bytes + other.bytes}
}

func (s size) minus(other size) size {
	return size{s.fields - other.fields, s.tokens - other.tokens, s.bytes - other.bytes}
}

func (s size) within(limit size) bool {
	return s.fields <= limit.fields && s.tokens <= limit.tokens && s.bytes <= limit.bytes
}

// A share is a part of an operation that is an operation by itself.
type share struct {
	text   string
	fields ast.SelectionSet
}

// shares cuts a mutation that is longer than a server takes into several. Its fields run one after
// the other and each by itself, so they may as well come in several requests. Prisma 1 had no limits.
func shares(o *ast.OperationDefinition, text string) []share {
	whole := []share{{text, o.SelectionSet}}
	fields := rootFields(o)
	if o.Operation != ast.Mutation || len(o.VariableDefinitions) > 0 || len(fields) == 0 {
		return whole
	}
	runes := []rune(text)
	tokens, end := countTokens(text, fields)
	ends := append(slices.Clone(fields[1:]), end)
	part := func(from, to int) share { // fields from to to-1
		return share{string(runes[:fields[0]]) + string(runes[fields[from]:ends[to-1]]) + "}", o.SelectionSet[from:to]}
	}
	var found []share
	first, sum := 0, size{}
	for i := range fields {
		next := sum.plus(size{1, tokens[i], len(string(runes[fields[i]:ends[i]]))})
		if i > first && !next.within(requestSize) {
			found = append(found, part(first, i))
			next, first = next.minus(sum), i
		}
		sum = next
	}
	if len(found) == 0 {
		return whole
	}
	return append(found, part(first, len(fields)))
}

// rootFields are the places where the fields of an operation begin, in runes from its own
// beginning; none when something else than fields stands there.
func rootFields(o *ast.OperationDefinition) []int {
	var starts []int
	for _, selection := range o.SelectionSet {
		f, ok := selection.(*ast.Field)
		if !ok {
			return nil
		}
		starts = append(starts, f.Position.Start-o.Position.Start)
	}
	return starts
}

// countTokens counts the tokens of each field of an operation that could be parsed, and tells where
// the last one ends, which is at the closing brace.
func countTokens(text string, fields []int) (tokens []int, end int) {
	tokens = make([]int, len(fields))
	l := lexer.New(&ast.Source{Input: text})
	for {
		token, err := l.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return tokens, end
		}
		if token.Kind == lexer.Comment {
			continue
		}
		end = token.Pos.Start
		if i := sort.SearchInts(fields, end+1) - 1; i >= 0 {
			tokens[i]++
		}
	}
}
