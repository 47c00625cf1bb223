package connector

import (
	"context"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A reader reads the nodes of a plan.Read, one statement per level.
type reader struct {
	session
	builder func() *dialect.Builder
}

// A layer is what a Read brought: the nodes of one level with everything below.
// Cells lie as JSON in one buffer, so that a big answer is copied, not built.
type layer struct {
	read   *plan.Read
	frame  *frame
	cells  []byte
	ends   []int // where each cell ends, row after row
	groups *groups
	order  []int32 // rows, group after group, in order of the page
	starts []int32 // where each group begins in order, and the end

	children []*layer // like read.Children; nil where the Read has a fault
	lists    []*layer // like read.Lists; the value is cell 0

	more      bool     // of a connection: there is a row behind the page, as its direction goes
	count     int64    // of a connection
	total     groupRow // of a connection, see plan.Connection
	groupings [][]groupRow
}

// groups are the parents of a layer: the ids that its rows belong to, each once.
type groups struct {
	index map[string]int32 // by the JSON of the id
	list  []byte           // the ids as a JSON array
	first []byte           // the first id
}

// A frame is which cells the rows of a layer have.
type frame struct {
	columns  []column
	id       int   // cell of the node's id
	children []int // cell of the id with which each child is found
	parent   int   // cell of the parent's id, -1 at the root
}

// A column is a cell as the statement selects it.
type column struct {
	alias, name string
	typ         scalar.Type
}

func (l *layer) width() int { return len(l.frame.columns) }

// cell returns a cell's JSON.
func (l *layer) cell(row int32, i int) []byte {
	at := int(row)*l.width() + i
	begin := 0
	if at > 0 {
		begin = l.ends[at-1]
	}
	return l.cells[begin:l.ends[at]]
}

// group returns the rows of a parent, in order of the page.
func (l *layer) group(i int32) []int32 { return l.order[l.starts[i]:l.starts[i+1]] }

// behind returns the rows that belong to the parent whose id's JSON is id.
func (l *layer) behind(id []byte) []int32 {
	i, ok := l.groups.index[string(id)]
	if !ok {
		return nil
	}
	return l.group(i)
}

// newGroups collects the ids in one cell of a layer's rows.
func newGroups(l *layer, cell int) *groups {
	g := &groups{index: make(map[string]int32, len(l.order)), list: []byte{'['}}
	for _, row := range l.order {
		id := l.cell(row, cell)
		if _, ok := g.index[string(id)]; ok || isNull(id) {
			continue
		}
		if len(g.index) == 0 {
			g.first = id
		} else {
			g.list = append(g.list, ',')
		}
		g.index[string(id)] = int32(len(g.index))
		g.list = append(g.list, id...)
	}
	g.list = append(g.list, ']')
	return g
}

func isNull(cell []byte) bool { return string(cell) == "null" }

// root reads the nodes of a root field.
func (r *reader) root(ctx context.Context, read *plan.Read) (*layer, error) {
	l, err := r.layer(ctx, read, nil)
	if err != nil || read.Connection == nil {
		return l, err
	}
	if err := r.groupings(ctx, l); err != nil || !read.Connection.Count {
		return l, err
	}
	l.count = int64(len(l.order))
	if !read.Connection.Nodes {
		l.count, err = r.count(ctx, read)
	}
	return l, err
}

// layer reads one level and what is below it. parents is nil at the root.
func (r *reader) layer(ctx context.Context, read *plan.Read, parents *groups) (*layer, error) {
	l := &layer{read: read, frame: newFrame(read), groups: parents, starts: []int32{0, 0}}
	if parents != nil {
		l.starts = make([]int32, len(parents.index)+1)
	}
	var err error
	switch {
	case parents != nil && len(parents.index) == 0:
		return l, nil
	case read.Connection != nil && !read.Connection.Nodes:
		return l, nil
	case l.known():
		l.copyParents()
	default:
		err = r.rows(ctx, l)
	}
	if err != nil || len(l.order) == 0 {
		return l, err
	}
	return l, r.below(ctx, l)
}

// below reads the scalar lists and the children of a layer's nodes.
func (r *reader) below(ctx context.Context, l *layer) error {
	for _, f := range l.read.Lists {
		list, err := r.list(ctx, f, newGroups(l, l.frame.id))
		if err != nil {
			return err
		}
		l.lists = append(l.lists, list)
	}
	for i, read := range l.read.Children {
		if read.Err != nil {
			l.children = append(l.children, nil)
			continue
		}
		child, err := r.layer(ctx, read, newGroups(l, l.frame.children[i]))
		if err != nil {
			return err
		}
		l.children = append(l.children, child)
	}
	return nil
}

// newFrame decides which cells the rows of a read have.
func newFrame(read *plan.Read) *frame {
	f := &frame{parent: -1}
	for _, field := range read.Columns {
		f.columns = append(f.columns, column{"t", field.Column(), field.Type})
	}
	id := read.Model.ID()
	if f.id = slices.Index(read.Columns, id); f.id < 0 {
		f.id = f.add(column{"t", id.Column(), id.Type})
	}
	for _, child := range read.Children {
		cell := f.id
		if child.Via.OwnsColumn() {
			r := child.Via.Relation
			cell = f.add(column{"t", r.Column(child.Via.Side.Other()), child.Model.ID().Type})
		}
		f.children = append(f.children, cell)
	}
	if read.Via != nil {
		f.parent = f.add(parentColumn(read.Via))
	}
	return f
}

// add appends a column, unless it is there, and returns its cell.
func (f *frame) add(c column) int {
	if i := slices.Index(f.columns, c); i >= 0 {
		return i
	}
	f.columns = append(f.columns, c)
	return len(f.columns) - 1
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

// known tells whether the parents' rows have all that the layer needs: the id.
func (l *layer) known() bool {
	read := l.read
	return read.Via != nil && read.Via.OwnsColumn() && read.Filter == nil && len(l.frame.columns) == 1
}

// copyParents makes a row of every id that the parents name.
func (l *layer) copyParents() {
	ids := make([]string, len(l.groups.index))
	for id, i := range l.groups.index {
		ids[i] = id
	}
	for i, id := range ids {
		l.cells = append(l.cells, id...)
		l.ends = append(l.ends, len(l.cells))
		l.order = append(l.order, int32(i))
		l.starts[i+1] = int32(i + 1)
	}
}

// rows runs the statement of a layer.
func (r *reader) rows(ctx context.Context, l *layer) error {
	b := r.builder()
	writeRead(b, l)
	if err := r.scan(ctx, l, b.Statement()); err != nil {
		return err
	}
	l.regroup()
	if l.read.Connection != nil {
		l.trim()
	}
	if l.read.Page.Last != plan.NoLimit {
		for i := range len(l.starts) - 1 {
			slices.Reverse(l.group(int32(i)))
		}
	}
	return nil
}

// trim drops the row that was read to know whether there is more.
func (l *layer) trim() {
	limit, limited := pageLimit(l.read)
	if limited && int64(len(l.order)) == limit {
		l.more = true
		l.order = l.order[:limit-1]
		l.starts[1]--
	}
}

// count counts the nodes of a connection's page.
func (r *reader) count(ctx context.Context, read *plan.Read) (int64, error) {
	b := r.builder()
	writeCount(b, read)
	s := b.Statement()
	rows, err := r.query(ctx, s.SQL, s.Args)
	if err != nil {
		return 0, err
	}
	var count scalar.Value
	if rows.next() {
		if count, err = rows.value(0, scalar.Int); err != nil {
			rows.close()
			return 0, err
		}
	}
	return count.Int, rows.close()
}

// scan runs a statement and keeps the cells of its answer.
func (r *reader) scan(ctx context.Context, l *layer, s dialect.Statement) error {
	rows, err := r.query(ctx, s.SQL, s.Args)
	if err != nil {
		return err
	}
	for rows.next() {
		for i := range l.frame.columns {
			if l.cells, err = rows.appendJSON(l.cells, i, l.frame.columns[i].typ); err != nil {
				rows.close()
				return err
			}
			l.ends = append(l.ends, len(l.cells))
		}
	}
	return rows.close()
}

// regroup puts the rows in order of their parents; within a group they keep
// the order of the statement. Rows of no parent are dropped.
func (l *layer) regroup() {
	count := len(l.ends) / l.width()
	l.order = make([]int32, count)
	if l.groups == nil {
		for i := range l.order {
			l.order[i] = int32(i)
		}
		l.starts[1] = int32(count)
		return
	}
	group := make([]int32, count)
	for row := range group {
		i, ok := l.groups.index[string(l.cell(int32(row), l.frame.parent))]
		if !ok {
			group[row] = -1
			continue
		}
		group[row] = i
		l.starts[i+1]++
	}
	for i := range len(l.starts) - 1 {
		l.starts[i+1] += l.starts[i]
	}
	next := slices.Clone(l.starts)
	for row, i := range group {
		if i >= 0 {
			l.order[next[i]] = int32(row)
			next[i]++
		}
	}
	l.order = l.order[:l.starts[len(l.starts)-1]]
}

// list reads the values of a scalar list of all nodes in groups.
func (r *reader) list(ctx context.Context, f *schema.Field, nodes *groups) (*layer, error) {
	l := &layer{groups: nodes, starts: make([]int32, len(nodes.index)+1)}
	id := f.Model.ID()
	l.frame = &frame{columns: []column{{"t", schema.ListValue, f.Type}, {"t", schema.ListNode, id.Type}}, parent: 1}
	b := r.builder()
	b.SQL("SELECT ").Column("t", schema.ListValue).SQL(", ").Column("t", schema.ListNode)
	b.SQL("\nFROM ").Table(f.ListTable()).SQL(" AS t\nWHERE ").Column("t", schema.ListNode).SQL(" ")
	writeMembers(b, id.Type, nodes)
	b.SQL("\nORDER BY ").Column("t", schema.ListNode).SQL(", ").Column("t", schema.ListPosition)
	if err := r.scan(ctx, l, b.Statement()); err != nil {
		return nil, err
	}
	l.regroup()
	return l, nil
}
