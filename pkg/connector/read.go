package connector

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A reader reads the nodes of a plan.Read, one statement per level: all sent
// together where the session can, or else each with the ids that the one above
// it brought.
type reader struct {
	session
	facts    *dialect.Facts
	builder  func() *dialect.Builder
	most     int          // nodes of one level, 0 for any number
	front    int          // rows at the front of a root field's list that are asked for it; 0 for all
	sent     answers      // of the statements that were sent together, in the order in which layers are read; nil otherwise
	numbered []*plan.Read // of what was sent: those whose rows have their parent's number
	layers   []*layer     // all that were taken, until release
}

// reader returns what reads through a session; release ends it.
func (d *Database) reader(s session) *reader {
	return &reader{session: s, facts: d.connector.Facts(), builder: d.builder, most: d.connector.config.Nodes}
}

// take returns an empty layer. Its rows belong to those of above, by a key of
// theirs or by their number; above is nil at the root.
func (r *reader) take(above *layer, key int, numbered bool) *layer {
	l := layers.Get().(*layer)
	r.layers = append(r.layers, l)
	switch {
	case above == nil:
		return l
	case numbered:
		l.ids.number(above)
	default:
		l.ids.collect(above, key)
	}
	l.groups, l.numbered = &l.ids, numbered
	return l
}

// release ends the use of all layers.
func (r *reader) release() {
	for _, l := range r.layers {
		l.release()
	}
	r.layers = nil
}

// root reads the nodes of a root field.
func (r *reader) root(ctx context.Context, read *plan.Read) (*layer, error) {
	l, err := r.nodes(ctx, read)
	if err != nil || read.Connection == nil {
		return l, err
	}
	return l, r.groupings(ctx, l)
}

// nodes reads the nodes of a root field and counts those of a connection. The
// front of a list is asked first, where that may be enough.
func (r *reader) nodes(ctx context.Context, read *plan.Read) (*layer, error) {
	front := frontOf(r.facts, read)
	if front == 0 {
		return r.all(ctx, read)
	}
	race, begun := &frameOf(read).race, time.Now()
	way := race.pick()
	if way == &race.front {
		r.front = front
		l, err := r.all(ctx, read)
		r.front = 0
		if limit, _ := pageLimit(read); err != nil || int64(l.rows) == limit {
			way.note(time.Since(begun), err)
			return l, err
		}
		r.release()
	}
	l, err := r.all(ctx, read)
	way.note(time.Since(begun), err)
	return l, err
}

// all reads the nodes that the list has, or its front.
func (r *reader) all(ctx context.Context, read *plan.Read) (*layer, error) {
	ahead := r.ahead(read)
	if ahead.statements == nil {
		return r.counted(ctx, read)
	}
	r.numbered = ahead.numbered
	for again := true; ; again = false {
		l, err := r.together(ctx, read, ahead.statements)
		if err == nil || !again || !isOutdated(err) {
			return l, err
		}
		r.release()
	}
}

// together sends the statements of a root field and reads their answers.
func (r *reader) together(ctx context.Context, read *plan.Read, statements []dialect.Statement) (l *layer, err error) {
	sent, err := r.session.(sender).send(ctx, statements)
	if err != nil {
		return nil, err
	}
	r.sent = sent
	defer func() {
		r.sent = nil
		err = cmp.Or(err, sent.close())
	}()
	return r.counted(ctx, read)
}

func (r *reader) counted(ctx context.Context, read *plan.Read) (*layer, error) {
	l, err := r.layer(ctx, read, r.take(nil, 0, false))
	if err != nil || !isCounted(read) {
		return l, err
	}
	l.count = int64(len(l.order))
	if !read.Connection.Nodes {
		l.count, err = r.count(ctx, read)
	}
	return l, err
}

// layer reads one level and what is below it into l.
func (r *reader) layer(ctx context.Context, read *plan.Read, l *layer) (*layer, error) {
	l.read, l.frame = read, frameOf(read)
	switch {
	case r.sent == nil && l.groups != nil && l.groups.count() == 0:
		return l, nil
	case !isRead(read):
		return l, nil
	case isKnown(read, l.frame):
		l.copyParents()
	default:
		if err := r.rows(ctx, l); err != nil {
			return l, err
		}
	}
	if r.sent == nil && len(l.order) == 0 {
		return l, nil
	}
	return l, r.below(ctx, l)
}

// below reads the scalar lists and the children of a layer's nodes.
func (r *reader) below(ctx context.Context, l *layer) error {
	for _, f := range l.read.Lists {
		list, err := r.list(ctx, f, r.take(l, l.frame.id, false))
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
		child, err := r.layer(ctx, read, r.take(l, l.frame.child[i], r.sent != nil && slices.Contains(r.numbered, read)))
		if err != nil {
			return err
		}
		l.children = append(l.children, child)
	}
	return nil
}

// rows runs the statement of a layer, or several where its pages take that.
func (r *reader) rows(ctx context.Context, l *layer) error {
	q := &question{read: l.read, frame: l.frame, parents: l.parents()}
	if q.parents == nil {
		q.front = r.front
	}
	var err error
	if q.hasPages() && !r.facts.Windows {
		err = r.pages(ctx, l)
	} else {
		err = r.scan(ctx, l, func() dialect.Statement { return r.level(q) })
	}
	if err != nil {
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

// level writes the statement of a level.
func (r *reader) level(q *question) dialect.Statement {
	write := func() dialect.Statement { return r.written(func(b *dialect.Builder) { writeRead(b, q, false) }) }
	if f := fixedOf(q.read, q.front); f != nil {
		return once(&f.first, write)
	}
	return write()
}

func (r *reader) written(write func(*dialect.Builder)) dialect.Statement {
	b := r.builder()
	write(b)
	return b.Statement()
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
	rows, err := r.answer(ctx, func() dialect.Statement {
		return r.written(func(b *dialect.Builder) { writeCount(b, read) })
	})
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

// answer returns the answer to a statement: the next of those that were sent
// together, or else that of the one that write writes.
func (r *reader) answer(ctx context.Context, write func() dialect.Statement) (rows, error) {
	if r.sent != nil {
		return r.sent.next(ctx)
	}
	s := write()
	return r.query(ctx, s.SQL, s.Args)
}

// scan keeps the cells of the answer to a statement.
func (r *reader) scan(ctx context.Context, l *layer, write func() dialect.Statement) error {
	rows, err := r.answer(ctx, write)
	if err != nil {
		return err
	}
	for rows.next() {
		err := l.add(rows)
		if err == nil && r.most > 0 && l.rows > r.most && l.read != nil {
			err = fault.ManyNodes(l.read.Model.Name, r.most)
		}
		if err != nil {
			rows.close()
			return err
		}
	}
	return rows.close()
}

// list reads the values of a scalar list of all nodes in the groups of l into l.
func (r *reader) list(ctx context.Context, f *schema.Field, l *layer) (*layer, error) {
	l.frame = newListFrame(f)
	write := func(b *dialect.Builder) { writeList(b, f, l.parents()) }
	if err := r.scan(ctx, l, func() dialect.Statement { return r.written(write) }); err != nil {
		return nil, err
	}
	l.regroup()
	return l, nil
}
