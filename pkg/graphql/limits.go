package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// Limits bound the work that one document can ask for. They are checked before
// validation, whose cost they bound. Prisma 1 had none.
type Limits struct {
	QueryBytes int // bytes of the text
	Tokens     int // lexical tokens
	Depth      int // fields inside fields
	ValueDepth int // objects and lists inside each other in an argument or a variable
	RootFields int // fields at the root of one operation, fragments spread
	Fields     int // fields of one operation, fragments spread
	Directives int // directives at one place
}

// DefaultLimits are far above what people write and below what hurts.
func DefaultLimits() Limits {
	return Limits{QueryBytes: 1 << 20, Tokens: 15_000, Depth: 32, ValueDepth: 100, RootFields: 500, Fields: 50_000, Directives: 100}
}

// checkText returns what in a text exceeds the limits before it is parsed, ""
// when nothing does. Text that is no GraphQL is left to the parser.
func (l Limits) checkText(query string) string {
	if len(query) > l.QueryBytes {
		return fmt.Sprintf("The query is longer than %d bytes.", l.QueryBytes)
	}
	lex := lexer.New(&ast.Source{Input: query})
	for range l.Tokens + 1 {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return ""
		}
	}
	return fmt.Sprintf("The query has more than %d tokens.", l.Tokens)
}

// A weight is what a selection set costs with its fragments spread.
type weight struct{ fields, roots, depth int }

// A scale weighs the selection sets of a document, each fragment once.
type scale struct {
	limits    Limits
	doc       *ast.QueryDocument
	fragments map[string]*weight // nil while it is being weighed: a cycle
	problem   string
}

// check returns what exceeds the limits, "" when nothing does. Fragment cycles
// are left to validation.
func (l Limits) check(doc *ast.QueryDocument) string {
	s := &scale{limits: l, doc: doc, fragments: make(map[string]*weight, len(doc.Fragments))}
	for _, op := range doc.Operations {
		s.directives(op.Directives)
		w := s.weigh(op.SelectionSet)
		if s.problem == "" && w.roots > l.RootFields {
			s.problem = fmt.Sprintf("The operation has more than %d root fields.", l.RootFields)
		}
	}
	for _, f := range doc.Fragments {
		s.directives(f.Directives)
		s.fragment(f.Name)
	}
	return s.problem
}

func (s *scale) directives(list ast.DirectiveList) {
	if len(list) > s.limits.Directives && s.problem == "" {
		s.problem = fmt.Sprintf("There are more than %d directives at one place.", s.limits.Directives)
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
			w = weight{fields: inner.fields + 1, roots: 1, depth: inner.depth + 1}
		case *ast.InlineFragment:
			s.directives(selection.Directives)
			w = s.weigh(selection.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(selection.Directives)
			w = s.fragment(selection.Name)
		}
		total.fields += w.fields
		total.roots += w.roots
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
	case s.problem != "":
	case w.depth > s.limits.Depth:
		s.problem = fmt.Sprintf("The query is nested deeper than %d fields.", s.limits.Depth)
	case w.fields > s.limits.Fields:
		s.problem = fmt.Sprintf("The query selects more than %d fields.", s.limits.Fields)
	}
	return s.problem != ""
}
