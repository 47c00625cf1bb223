package connector

import (
	"context"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// Where there are no window functions each parent's page is a select of its own,
// and one statement takes this many of them, or fewer when their text gets long.
const (
	mostPages    = 64
	mostPageText = 1 << 20 // bytes; MySQL 5.7 takes 4 MB at a time
)

// pages reads the pages of all parents of a layer.
func (r *reader) pages(ctx context.Context, l *layer) error {
	for next := 0; next < l.groups.count(); {
		err := r.scan(ctx, l, func() dialect.Statement {
			return r.written(func(b *dialect.Builder) { next = writePages(b, l, next) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writePages writes the pages of the parents from first on and returns the
// parent that the next statement begins with. The rows of UNION ALL come select
// after select, each in its order.
func writePages(b *dialect.Builder, l *layer, first int) (next int) {
	end := min(first+mostPages, l.groups.count())
	for next = first; next < end; next++ {
		if next > first {
			b.SQL("\nUNION ALL\n")
		}
		parent := &parents{list: slices.Concat([]byte("["), l.groups.id(int32(next)), []byte("]"))}
		b.SQL("(")
		writeRead(b, &question{read: l.read, frame: l.frame, parents: parent}, false)
		b.SQL(")")
		if next == first {
			end = min(end, first+max(1, mostPageText/b.Size()))
		}
	}
	return next
}
