package datamodel

import (
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// A token is one word or sign of a text; start and end are byte offsets.
type token struct {
	kind       lexer.Type
	text       string
	start, end int
}

// tokens takes a text apart that Parse has read. Comments are left out.
func tokens(text string) []token {
	var list []token
	at := runeOffsets(text)
	lex := lexer.New(&ast.Source{Input: text})
	for {
		t, err := lex.ReadToken()
		if err != nil || t.Kind == lexer.EOF {
			return list
		}
		if t.Kind == lexer.Comment {
			continue
		}
		list = append(list, token{t.Kind, t.Value, at(t.Pos.Start), at(t.Pos.End)})
	}
}

// runeOffsets returns the byte offset of each character, by its number.
func runeOffsets(text string) func(int) int {
	if utf8.RuneCountInString(text) == len(text) {
		return func(n int) int { return n }
	}
	offsets := make([]int, 0, len(text)+1)
	for i := range text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(text))
	return func(n int) int { return offsets[min(n, len(offsets)-1)] }
}

// A span is a part of a text, in byte offsets.
type span struct{ start, end int }

// A fieldSpan is where the parts of one field stand.
type fieldSpan struct {
	span
	directives map[string]directiveSpan
}

// A directiveSpan is where a directive and the values of its arguments stand.
type directiveSpan struct {
	span
	name   span            // without @
	values map[string]span // of its arguments
}

// A typeSpan is where a type and its fields stand.
type typeSpan struct {
	name        span
	open, close int // of the braces; 0 without
	directives  map[string]directiveSpan
	fields      []fieldSpan
}

// typeSpans finds where the types of a document stand in its text.
func (d *Document) typeSpans(text string) []typeSpan {
	r := &spanReader{tokens: tokens(text)}
	at := runeOffsets(text)
	var types []typeSpan
	for _, t := range d.types {
		for r.next().start < at(t.start) {
			r.at++
		}
		types = append(types, r.typ())
	}
	return types
}

// spanReader walks over the tokens of a text without mistakes.
type spanReader struct {
	tokens []token
	at     int
}

func (r *spanReader) done() bool { return r.at >= len(r.tokens) }

// next returns the token that comes next, an empty one at the end.
func (r *spanReader) next() token {
	if r.done() {
		return token{kind: lexer.EOF}
	}
	return r.tokens[r.at]
}

func (r *spanReader) is(kind lexer.Type) bool { return r.next().kind == kind }

// last returns the end of what was read last.
func (r *spanReader) last() int { return r.tokens[r.at-1].end }

// group passes over brackets and all that they hold.
func (r *spanReader) group(open, shut lexer.Type) {
	if !r.is(open) {
		return
	}
	depth := 0
	for !r.done() {
		switch r.next().kind {
		case open:
			depth++
		case shut:
			depth--
		}
		r.at++
		if depth == 0 {
			return
		}
	}
}

// typ reads a type from its name on.
func (r *spanReader) typ() typeSpan {
	name := r.next()
	t := typeSpan{name: span{name.start, name.end}}
	r.at++
	for r.next().text == "implements" || r.is(lexer.Amp) {
		r.at += 2
	}
	t.directives = r.directives()
	if !r.is(lexer.BraceL) {
		return t
	}
	t.open = r.next().start
	r.at++
	for !r.done() && !r.is(lexer.BraceR) {
		if r.is(lexer.String) || r.is(lexer.BlockString) {
			r.at++ // description
			continue
		}
		t.fields = append(t.fields, r.field())
	}
	t.close = r.next().start
	r.at++
	return t
}

func (r *spanReader) field() fieldSpan {
	f := fieldSpan{span: span{start: r.next().start}}
	r.at++
	r.group(lexer.ParenL, lexer.ParenR)
	for r.is(lexer.Colon) || r.is(lexer.BracketL) {
		r.at++
	}
	r.at++ // name of the type
	for r.is(lexer.BracketR) || r.is(lexer.Bang) {
		r.at++
	}
	f.directives = r.directives()
	f.end = r.last()
	return f
}

// directives reads directives up to what is none.
func (r *spanReader) directives() map[string]directiveSpan {
	found := map[string]directiveSpan{}
	for r.is(lexer.At) {
		d := directiveSpan{span: span{start: r.next().start}, values: map[string]span{}}
		r.at++
		name := r.next()
		d.name = span{name.start, name.end}
		r.at++
		r.arguments(d)
		d.end = r.last()
		if _, twice := found[name.text]; !twice {
			found[name.text] = d
		}
	}
	return found
}

func (r *spanReader) arguments(d directiveSpan) {
	if !r.is(lexer.ParenL) {
		return
	}
	r.at++
	for !r.done() && !r.is(lexer.ParenR) {
		name := r.next()
		r.at += 2 // name and colon
		value := span{start: r.next().start}
		switch {
		case r.is(lexer.BracketL):
			r.group(lexer.BracketL, lexer.BracketR)
		case r.is(lexer.BraceL):
			r.group(lexer.BraceL, lexer.BraceR)
		default:
			r.at++
		}
		value.end = r.last()
		d.values[name.text] = value
	}
	r.at++
}
