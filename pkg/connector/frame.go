package connector

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A frame is how the nodes of a read lie in the rows of a statement and how
// their JSON is made of them. But for the race it does not change; goroutines may share it.
type frame struct {
	columns []column
	parent  int     // column of the parent's id, -1 at the root
	own     int     // column of the node's own id, -1 where there is none
	number  int     // column of the number of the parent's row, where rows have it; instead of parent where only that needs it
	keys    []int   // columns whose cells are kept, because something belongs to them
	id      int     // key of the node's id, -1 where nobody needs it
	child   []int   // key with which each child is found
	shapes  []shape // one, of a connection one for each node entry
	pieces  int     // of one row, those of all shapes
	writes  []write // of one row, those of all shapes
	race    race
}

// A column is a cell as the statement selects it.
type column struct {
	alias, name string
	typ         scalar.Type
}

// A shape is one way to write a row: pieces of JSON with holes between them,
// into which other layers are written.
type shape struct {
	piece int           // the first one
	holes []*plan.Entry // scalar lists and children
}

// A write appends to a row's JSON.
type write struct {
	text   string // keys, colons, commas and braces before the cell
	column int    // -1 for no cell
	typ    scalar.Type
	needed *plan.Entry // which must not be null; nil when it may
	ends   bool        // a piece
	shape  int
}

// frameOf returns the frame of a read.
func frameOf(read *plan.Read) *frame {
	if read.Memo == nil {
		return newFrame(read)
	}
	return plan.Keep(read.Memo, func() *frame { return newFrame(read) })
}

// newFrame decides what the statement of a read selects and what becomes of it.
func newFrame(read *plan.Read) *frame {
	f := &frame{parent: -1, id: -1}
	for _, field := range read.Columns {
		f.column(column{"t", field.Column(), field.Type})
	}
	id := column{"t", read.Model.ID().Column(), read.Model.ID().Type}
	if read.Connection != nil || len(read.Lists) > 0 {
		f.id = f.key(id)
	}
	for _, child := range read.Children {
		key := id
		if child.Via.OwnsColumn() {
			r := child.Via.Relation
			key = column{"t", r.Column(child.Via.Side.Other()), child.Model.ID().Type}
		}
		f.child = append(f.child, f.key(key))
	}
	if read.Via != nil {
		f.parent = f.column(parentColumn(read.Via))
	}
	if len(f.columns) == 0 {
		f.column(id)
	}
	shapes := [][]plan.Entry{read.Shape}
	if read.Connection != nil {
		shapes = read.Connection.Shapes
	}
	for _, entries := range shapes {
		f.shape(read, entries)
	}
	f.own = slices.Index(f.columns, id)
	f.number = len(f.columns)
	isParent := func(w write) bool { return w.column == f.parent }
	if f.parent == f.number-1 && !slices.Contains(f.keys, f.parent) && !slices.ContainsFunc(f.writes, isParent) {
		f.number = f.parent
	}
	return f
}

// newListFrame is the frame of the values of a scalar list, which stand alone.
func newListFrame(f *schema.Field) *frame {
	return &frame{
		columns: []column{{"t", schema.ListValue, f.Type}, {"t", schema.ListNode, f.Model.ID().Type}},
		parent:  1, id: -1,
		shapes: []shape{{}}, pieces: 1,
		writes: []write{{typ: f.Type, ends: true}},
	}
}

// column adds a column, unless it is there, and returns its place.
func (f *frame) column(c column) int {
	if i := slices.Index(f.columns, c); i >= 0 {
		return i
	}
	f.columns = append(f.columns, c)
	return len(f.columns) - 1
}

// key keeps the cells of a column and returns its place among the keys.
func (f *frame) key(c column) int {
	column := f.column(c)
	if i := slices.Index(f.keys, column); i >= 0 {
		return i
	}
	f.keys = append(f.keys, column)
	return len(f.keys) - 1
}

// shape adds the writes of one way to write a row.
func (f *frame) shape(read *plan.Read, entries []plan.Entry) {
	s := shape{piece: f.pieces}
	text := "{"
	for i := range entries {
		e := &entries[i]
		if i > 0 {
			text += ","
		}
		text += `"` + e.Key + `":`
		w := write{text: text, column: -1, shape: len(f.shapes)}
		switch e.Kind {
		case plan.TypeNameEntry:
			text += `"` + e.Text + `"`
			continue
		case plan.ColumnEntry:
			field := read.Columns[e.Index]
			w.column, w.typ = e.Index, field.Type
			if field.Required {
				w.needed = e
			}
		case plan.ListEntry, plan.ChildEntry:
			s.holes = append(s.holes, e)
			w.ends = true
			f.pieces++
		}
		f.writes = append(f.writes, w)
		text = ""
	}
	f.writes = append(f.writes, write{text: text + "}", column: -1, ends: true, shape: len(f.shapes)})
	f.pieces++
	f.shapes = append(f.shapes, s)
}

// parentColumn returns the column that tells to which parent a node behind via
// belongs. Where the parent owns the link it is the node's own id: that is
// what the parent's row has.
func parentColumn(via *schema.Field) column {
	r := via.Relation
	if _, ok := r.Link.(*schema.LinkTable); ok {
		return column{"l", r.Column(via.Side), via.Model.ID().Type}
	}
	if via.OwnsColumn() {
		id := via.OtherModel().ID()
		return column{"t", id.Column(), id.Type}
	}
	return column{"t", r.Column(via.Side), via.Model.ID().Type}
}
