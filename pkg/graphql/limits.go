package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// Limits bound the work that one document can ask for. They are checked before
// validation, whose cost they bound. Prisma 1 had none.
type Limits struct {
	QueryBytes int // bytes of the text; those of long values do not count
	Tokens     int // lexical tokens
	Depth      int // fields inside fields
	ValueDepth int // objects and lists inside each other in an argument or a variable
	Values     int // in the variables of an operation, those of each as often as it is used
	Aliases    int // aliases of one operation, and fields at its root, fragments spread
	Fields     int // fields of one operation, fragments spread
	Directives int // directives at one place
	Batch      int // requests in one body

	Introspection int // bytes about the schema in the answer to one body
}

// DefaultLimits are far above what people write and below what hurts.
func DefaultLimits() Limits {
	return Limits{QueryBytes: 256 << 10, Tokens: 15_000, Depth: 32, ValueDepth: 100, Values: 200_000, Aliases: 500, Fields: 50_000, Directives: 100, Batch: 100, Introspection: 24 << 20}
}

// CheckBatch returns the fault TooManyAliases when the documents of a batch have
// more together than it may have.
func (l Limits) CheckBatch(aliases int) error {
	if most := batchFactor * l.Aliases; aliases > most {
		return fault.ManyAliases(most)
	}
	return nil
}

// batchFactor is how many times as many aliases a batch may have as one operation.
const batchFactor = 10

// exceeded is the error of a limit.
func exceeded(code fault.Code, format string, limit int) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, limit)}
}

// checkText returns what in a text exceeds the limits before it is parsed, nil
// when nothing does. Text that is no GraphQL is left to the parser.
func (l Limits) checkText(query string) *Error {
	length := len(query)
	lex := lexer.New(&ast.Source{Input: query})
	for range l.Tokens + 1 {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			if length > l.QueryBytes {
				return exceeded(fault.QueryTooLong, "The query is longer than %d bytes.", l.QueryBytes)
			}
			return nil
		}
		if token.Kind == lexer.String || token.Kind == lexer.BlockString {
			length -= len(token.Value)
		}
	}
	return exceeded(fault.TooManyTokens, "The query has more than %d tokens. Please send long lists as variables.", l.Tokens)
}

// A weight is what a selection set costs with its fragments spread.
type weight struct{ fields, roots, aliases, depth int }

// A scale weighs the selection sets of a document, each fragment once.
type scale struct {
	limits    Limits
	doc       *ast.QueryDocument
	fragments map[string]*weight // nil while it is being weighed: a cycle
	problem   *Error
}

// check returns what exceeds the limits, nil when nothing does, how many fields
// all operations have, and how many aliases or root fields one has at most.
// Fragment cycles are left to validation.
func (l Limits) check(doc *ast.QueryDocument) (fields, aliases int, problem *Error) {
	s := &scale{limits: l, doc: doc, fragments: make(map[string]*weight, len(doc.Fragments))}
	for _, op := range doc.Operations {
		s.directives(op.Directives)
		w := s.weigh(op.SelectionSet)
		fields += w.fields
		aliases = max(aliases, w.roots, w.aliases)
		if s.problem == nil && aliases > l.Aliases {
			s.problem = exceeded(fault.TooManyAliases, "The operation has more than %d aliases or root fields.", l.Aliases)
		}
	}
	for _, f := range doc.Fragments {
		s.directives(f.Directives)
		s.fragment(f.Name)
	}
	return fields, aliases, s.problem
}

func (s *scale) directives(list ast.DirectiveList) {
	if len(list) > s.limits.Directives && s.problem == nil {
		s.problem = exceeded(fault.TooManyDirectives, "There are more than %d directives at one place.", s.limits.Directives)
	}
}

func (s *scale) fragment(name string) weight {
	if w, seen := s.fragments[name]; seen {
		if w == nil {
			return weight{}
		}
		return *w
	}
	f := s.doc.Fragments.ForName(name)
	if f == nil {
		return weight{}
	}
	s.fragments[name] = nil
	w := s.weigh(f.SelectionSet)
	s.fragments[name] = &w
	return w
}

func (s *scale) weigh(set ast.SelectionSet) weight {
	var total weight
	for _, selection := range set {
		var w weight
		switch selection := selection.(type) {
		case *ast.Field:
			s.directives(selection.Directives)
			inner := s.weigh(selection.SelectionSet)
			w = weight{fields: inner.fields + 1, roots: 1, aliases: inner.aliases, depth: inner.depth + 1}
			if selection.Alias != selection.Name {
				w.aliases++
			}
		case *ast.InlineFragment:
			s.directives(selection.Directives)
			w = s.weigh(selection.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(selection.Directives)
			w = s.fragment(selection.Name)
		}
		total.fields += w.fields
		total.roots += w.roots
		total.aliases += w.aliases
		total.depth = max(total.depth, w.depth)
		if s.exceeds(total) {
			return weight{}
		}
	}
	return total
}

// exceeds notes a weight that is too much; the rest is not weighed then.
func (s *scale) exceeds(w weight) bool {
	switch {
	case s.problem != nil:
	case w.depth > s.limits.Depth:
		s.problem = exceeded(fault.QueryTooDeep, "The query is nested deeper than %d fields.", s.limits.Depth)
	case w.fields > s.limits.Fields:
		s.problem = exceeded(fault.TooManyFields, "The query selects more than %d fields.", s.limits.Fields)
	}
	return s.problem != nil
}
