package connector

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A layer is what a Read brought: the nodes of one level with everything below.
// Their JSON lies in one buffer, so that a big answer is copied, not built.
type layer struct {
	read     *plan.Read
	frame    *frame
	rows     int
	text     []byte // the pieces of all rows
	ends     []int  // where each piece ends, row after row
	keys     []byte // the kept cells of all rows, as JSON
	bounds   []int  // where each key ends, row after row
	lost     map[lostAt]loss
	groups   *groups // the parents, nil at the root
	numbered bool    // the rows have the number of the parent's row instead of its id
	parent   []int32 // group of each row, -1 for none
	order    []int32 // rows, group after group, in order of the page
	starts   []int32 // where each group begins in order, and the end

	children []*layer // like read.Children; nil where the Read has a fault
	lists    []*layer // like read.Lists

	more      bool     // of a connection: there is a row behind the page, as its direction goes
	count     int64    // of a connection
	total     groupRow // of a connection, see plan.Connection
	groupings [][]groupRow

	near []byte  // the parent's id of the row before
	ids  groups  // what groups points to
	next []int32 // where regroup puts the next row of each group
}

// layers are those that nobody uses, for the room that they have.
var layers = sync.Pool{New: func() any { return new(layer) }}

// mostKept is the size of the largest buffer that is kept for the next answer, in bytes.
const mostKept = 256 << 10

// release gives the room of a layer to the next one.
func (l *layer) release() {
	if max(cap(l.text), cap(l.keys), cap(l.ids.list), 4*cap(l.ids.slots)) > mostKept {
		return
	}
	clear(l.children)
	clear(l.lists)
	*l = layer{
		text: l.text[:0], ends: l.ends[:0], keys: l.keys[:0], bounds: l.bounds[:0],
		parent: l.parent[:0], order: l.order[:0], starts: l.starts[:0], next: l.next[:0],
		children: l.children[:0], lists: l.lists[:0], ids: l.ids, near: l.near,
	}
	layers.Put(l)
}

// lostAt is a row as one shape writes it.
type lostAt struct {
	row   int32
	shape int
}

// A loss is the first required value that a row has not, and the piece that it is in.
type loss struct {
	piece int
	entry *plan.Entry
}

// key returns the JSON of a kept cell.
func (l *layer) key(row int32, key int) []byte {
	return part(l.keys, l.bounds, int(row)*len(l.frame.keys)+key)
}

// piece returns a piece of a row's JSON.
func (l *layer) piece(row int32, piece int) []byte {
	return part(l.text, l.ends, int(row)*l.frame.pieces+piece)
}

// part returns the i-th of the parts that end at ends.
func part(text []byte, ends []int, i int) []byte {
	if i == 0 {
		return text[:ends[0]]
	}
	return text[ends[i-1]:ends[i]]
}

// group returns the rows of a parent, in order of the page.
func (l *layer) group(i int32) []int32 { return l.order[l.starts[i]:l.starts[i+1]] }

// behind returns the rows that belong to a row of the layer above.
func (l *layer) behind(row int32) []int32 {
	if i := l.groups.of[row]; i >= 0 && len(l.order) > 0 {
		return l.group(i)
	}
	return nil
}

// add keeps the current row of a statement's answer.
func (l *layer) add(r rows) (err error) {
	text := l.text // in a variable: most of the work of an answer is to append to it
	for i := range l.frame.writes {
		w := &l.frame.writes[i]
		text = append(text, w.text...)
		if w.column >= 0 {
			start := len(text)
			if text, err = r.appendJSON(text, w.column, w.typ); err != nil {
				return err
			}
			if w.needed != nil && string(text[start:]) == "null" {
				l.lose(w)
			}
		}
		if w.ends {
			l.ends = append(l.ends, len(text))
		}
	}
	l.text = text
	for _, c := range l.frame.keys {
		if l.keys, err = r.appendJSON(l.keys, c, l.frame.columns[c].typ); err != nil {
			return err
		}
		l.bounds = append(l.bounds, len(l.keys))
	}
	if l.groups != nil {
		err = l.join(r)
	}
	l.rows++
	return err
}

// lose notes that the row at hand has no value where one is needed.
func (l *layer) lose(w *write) {
	at := lostAt{int32(l.rows), w.shape}
	if _, known := l.lost[at]; known {
		return
	}
	if l.lost == nil {
		l.lost = make(map[lostAt]loss)
	}
	l.lost[at] = loss{len(l.ends) - l.rows*l.frame.pieces, w.needed}
}

// join finds the parent of the row at hand. Mostly it is that of the row before.
func (l *layer) join(r rows) (err error) {
	if l.numbered {
		number, err := r.value(l.frame.number, scalar.Int)
		if err == nil && (number.Int < 1 || number.Int > int64(l.groups.count())) {
			err = fmt.Errorf("row of parent %d of %d", number.Int, l.groups.count())
		}
		l.parent = append(l.parent, int32(number.Int-1))
		return err
	}
	end := len(l.text) // behind it there is room for the id
	if l.text, err = r.appendJSON(l.text, l.frame.parent, l.frame.columns[l.frame.parent].typ); err != nil {
		return err
	}
	id := l.text[end:]
	l.text = l.text[:end]
	if l.rows > 0 && bytes.Equal(id, l.near) {
		l.parent = append(l.parent, l.parent[l.rows-1])
		return nil
	}
	l.near = append(l.near[:0], id...)
	l.parent = append(l.parent, l.groups.find(id))
	return nil
}

// parents are what the layer's rows belong to, nil at the root.
func (l *layer) parents() *parents {
	if l.groups == nil {
		return nil
	}
	return &parents{list: l.groups.list, many: l.groups.count() > 1}
}

// copyParents makes a row of every id that the parents name.
func (l *layer) copyParents() {
	count := l.groups.count()
	for i := range int32(count) {
		id := l.groups.id(i)
		l.parent = append(l.parent, i)
		for j := range l.frame.writes {
			w := &l.frame.writes[j]
			l.text = append(l.text, w.text...)
			if w.column >= 0 {
				l.text = append(l.text, id...)
			}
			if w.ends {
				l.ends = append(l.ends, len(l.text))
			}
		}
		for range l.frame.keys {
			l.keys = append(l.keys, id...)
			l.bounds = append(l.bounds, len(l.keys))
		}
	}
	l.rows = count
	l.regroup()
}

// regroup puts the rows in order of their parents; within a group they keep
// the order of the statement. Rows of no parent are dropped.
func (l *layer) regroup() {
	l.order = slices.Grow(l.order[:0], l.rows)[:l.rows]
	if l.groups == nil {
		for i := range l.order {
			l.order[i] = int32(i)
		}
		l.starts = append(l.starts[:0], 0, int32(l.rows))
		return
	}
	count := l.groups.count() + 1
	l.starts = slices.Grow(l.starts[:0], count)[:count]
	clear(l.starts)
	for _, i := range l.parent {
		if i >= 0 {
			l.starts[i+1]++
		}
	}
	for i := range len(l.starts) - 1 {
		l.starts[i+1] += l.starts[i]
	}
	next := append(l.next[:0], l.starts...)
	l.next = next
	for row, i := range l.parent {
		if i >= 0 {
			l.order[next[i]] = int32(row)
			next[i]++
		}
	}
	l.order = l.order[:l.starts[len(l.starts)-1]]
}
