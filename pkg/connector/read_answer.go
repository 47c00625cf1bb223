package connector

import (
	"strconv"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// A FieldError is an error at one place of an answer.
type FieldError struct {
	Path []any         // response keys and list indexes
	At   plan.Position // of the field in the query text
	Err  error
}

// An answer writes layers as JSON, in selection order.
//
// Its methods tell whether they wrote a value. They do not where a value that
// must not be null is missing; then the nearest place above that may be null is.
type answer struct {
	graphql.Sheets
	path   graphql.Path
	errors []FieldError
	bound  bound
	pause  int // bytes on the sheet from which the next node has to look whether there is room
}

// errNull is what stands in the answer where a required value is not stored.
// It has no code (Sangria's wording).
var errNull = &fault.Error{Message: "Cannot return null for non-nullable type"}

// fail notes an error at the current place.
func (a *answer) fail(at plan.Position, err error) {
	a.errors = append(a.errors, FieldError{Path: a.path.Copy(), At: at, Err: err})
}

func (a *answer) text(text string) { a.Sheet = append(a.Sheet, text...) }
func (a *answer) cell(json []byte) { a.Sheet = append(a.Sheet, json...) }
func (a *answer) key(e *plan.Entry) {
	a.Sheet = append(append(append(a.Sheet, '"'), e.Key...), '"', ':')
}

// value writes a value or, when write could not, null. It tells whether it is a value.
func (a *answer) value(write func() bool) bool {
	start := a.Mark()
	if write() {
		return true
	}
	a.Back(start)
	a.text("null")
	return false
}

// root writes the value of a root field, null when there is none. The nodes of
// a list and the edges of a connection may be null, unlike those of nested lists.
func (a *answer) root(l *layer) bool {
	switch {
	case l.read.Connection != nil:
		return a.connection(l, l.read.Connection.Shape)
	case l.read.One:
		if len(l.order) == 0 {
			a.text("null")
			return true
		}
		return a.value(func() bool { return a.node(l, l.order[0], 0) })
	}
	a.text("[")
	for i, row := range l.order {
		a.separate(i)
		a.path.Index(i)
		a.value(func() bool { return a.node(l, row, 0) })
		a.path.Back()
	}
	a.text("]")
	return true
}

func (a *answer) separate(i int) {
	if i > 0 {
		a.Sheet = append(a.Sheet, ',')
	}
}

// node writes the JSON object of a row, as one shape of its layer has it.
func (a *answer) node(l *layer, row int32, number int) bool {
	if len(a.Sheet) > a.pause && !a.extend() {
		return false
	}
	s := &l.frame.shapes[number]
	lost, isLost := l.lost[lostAt{row, number}]
	for i, e := range s.holes {
		if isLost && lost.piece == s.piece+i {
			return a.missing(lost.entry)
		}
		a.Sheet = append(a.Sheet, l.piece(row, s.piece+i)...)
		if !a.hole(l, row, e) {
			return false
		}
	}
	if isLost {
		return a.missing(lost.entry)
	}
	a.Sheet = append(a.Sheet, l.piece(row, s.piece+len(s.holes))...)
	return true
}

// extend makes room for more, if there may be more.
func (a *answer) extend() bool {
	if a.Len() > a.bound.at && !a.bound.extend() {
		a.pause = -1
		return false
	}
	a.Turn()
	a.pause = min(graphql.FullSheet-1, a.bound.at-(a.Len()-len(a.Sheet)))
	return true
}

// hole writes what stands between the pieces of a node.
func (a *answer) hole(l *layer, row int32, e *plan.Entry) bool {
	if e.Kind == plan.ListEntry {
		a.list(l.lists[e.Index], row)
		return true
	}
	a.path.Key(e.Key)
	defer a.path.Back()
	return a.child(l, row, e)
}

func (a *answer) typeName(e *plan.Entry) {
	a.text(`"`)
	a.text(e.Text)
	a.text(`"`)
}

// missing notes that a required value is not there.
func (a *answer) missing(e *plan.Entry) bool {
	a.path.Key(e.Key)
	a.fail(e.At, errNull)
	a.path.Back()
	return false
}

// list writes the scalar list of a row of the layer above; never null.
func (a *answer) list(l *layer, parent int32) {
	a.text("[")
	for i, row := range l.behind(parent) {
		a.separate(i)
		a.cell(l.piece(row, 0))
	}
	a.text("]")
}

// child writes the nodes behind a relation field.
func (a *answer) child(l *layer, row int32, e *plan.Entry) bool {
	read := l.read.Children[e.Index]
	required := read.Via.Required && read.One
	if read.Err != nil {
		a.fail(e.At, read.Err)
		a.text("null")
		return !required
	}
	child := l.children[e.Index]
	rows := child.behind(row)
	if !read.One {
		a.value(func() bool { return a.nodes(child, rows) })
		return true
	}
	if len(rows) > 0 {
		return a.value(func() bool { return a.node(child, rows[0], 0) }) || !required
	}
	if required {
		a.fail(e.At, errNull)
	}
	a.text("null")
	return !required
}

// nodes writes a nested list, none of whose nodes may be null.
func (a *answer) nodes(l *layer, rows []int32) bool {
	a.text("[")
	for i, row := range rows {
		a.separate(i)
		a.path.Index(i)
		ok := a.node(l, row, 0)
		a.path.Back()
		if !ok {
			return false
		}
	}
	a.text("]")
	return true
}

// connection writes a connection or a part of it without a node.
func (a *answer) connection(l *layer, shape []plan.Entry) bool {
	a.text("{")
	for i := range shape {
		a.separate(i)
		a.key(&shape[i])
		a.path.Key(shape[i].Key)
		a.part(l, &shape[i])
		a.path.Back()
	}
	a.text("}")
	return true
}

func (a *answer) part(l *layer, e *plan.Entry) {
	switch e.Kind {
	case plan.TypeNameEntry:
		a.typeName(e)
	case plan.EdgesEntry:
		a.edges(l, e.Shape)
	case plan.PageInfoEntry, plan.AggregateEntry:
		a.connection(l, e.Shape)
	case plan.HasNextEntry:
		a.Sheet = strconv.AppendBool(a.Sheet, l.more && l.read.Page.First != plan.NoLimit)
	case plan.HasPreviousEntry:
		a.Sheet = strconv.AppendBool(a.Sheet, l.more && l.read.Page.Last != plan.NoLimit)
	case plan.StartCursorEntry:
		a.cursor(l, 0)
	case plan.EndCursorEntry:
		a.cursor(l, len(l.order)-1)
	case plan.ValueEntry:
		a.cell(l.total[e.Index])
	case plan.GroupsEntry:
		a.groups(l.groupings[e.Index], l.read.Connection.Groups[e.Index].Shape)
	case plan.CountEntry:
		a.Sheet = strconv.AppendInt(a.Sheet, l.count, 10)
	}
}

// cursor writes the cursor of the i-th row, null when there is none.
func (a *answer) cursor(l *layer, i int) {
	if len(l.order) == 0 {
		a.text("null")
		return
	}
	id := l.key(l.order[i], l.frame.id)
	if id[0] == '"' {
		a.cell(id)
		return
	}
	a.text(`"`)
	a.cell(id)
	a.text(`"`)
}

// edges writes the edges of a connection; one whose node has an error is null.
func (a *answer) edges(l *layer, shape []plan.Entry) {
	a.text("[")
	for i := range l.order {
		a.separate(i)
		a.path.Index(i)
		a.value(func() bool { return a.edge(l, i, shape) })
		a.path.Back()
	}
	a.text("]")
}

func (a *answer) edge(l *layer, i int, shape []plan.Entry) bool {
	a.text("{")
	for at := range shape {
		e := &shape[at]
		a.separate(at)
		a.key(e)
		switch e.Kind {
		case plan.TypeNameEntry:
			a.typeName(e)
		case plan.CursorEntry:
			a.cursor(l, i)
		case plan.NodeEntry:
			a.path.Key(e.Key)
			ok := a.node(l, l.order[i], e.Index)
			a.path.Back()
			if !ok {
				return false
			}
		}
	}
	a.text("}")
	return true
}
