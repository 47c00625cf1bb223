package connector

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A link is where the links of a relation lie, seen from one of its fields:
// rows of table with the parent's id (whose field it is) and the child's.
// Rows without both ids are no links.
type link struct {
	field                *schema.Field
	table, parent, child string // the table and its two columns
}

func linkOf(f *schema.Field) link {
	r := f.Relation
	return link{field: f, table: r.Table(), parent: r.Column(f.Side), child: r.Column(f.Side.Other())}
}

func (l link) childType() scalar.Type { return l.field.OtherModel().ID().Type }

// connected tells whether parent and child are linked.
func (w *writer) connected(ctx context.Context, f *schema.Field, parent, child scalar.Value) (bool, error) {
	l := linkOf(f)
	b := w.builder()
	b.SQL("SELECT ").Name(l.child).SQL("\nFROM ").Table(l.table)
	b.SQL("\nWHERE ").Name(l.parent).SQL(" = ").Value(parent)
	b.SQL(" AND ").Name(l.child).SQL(" = ").Value(child).SQL("\nLIMIT 1")
	_, found, err := w.first(ctx, b.Statement(), l.childType())
	return found, err
}

// child returns the node behind a to-one field, if there is one.
func (w *writer) child(ctx context.Context, f *schema.Field, parent scalar.Value) (scalar.Value, bool, error) {
	return w.first(ctx, w.childOf(f, parent).Statement(), f.OtherModel().ID().Type)
}

// lockedChild is child with a link that lock keeps for this transaction.
func (w *writer) lockedChild(ctx context.Context, f *schema.Field, parent scalar.Value, lock locker) (scalar.Value, bool, error) {
	b := w.childOf(f, parent)
	lock(b)
	return w.first(ctx, b.Statement(), f.OtherModel().ID().Type)
}

// childOf writes the select of the node behind a to-one field.
func (w *writer) childOf(f *schema.Field, parent scalar.Value) *dialect.Builder {
	l := linkOf(f)
	b := w.builder()
	b.SQL("SELECT ").Name(l.child).SQL("\nFROM ").Table(l.table)
	b.SQL("\nWHERE ").Name(l.parent).SQL(" = ").Value(parent)
	return b.SQL(" AND ").Name(l.child).SQL(" IS NOT NULL\nLIMIT 1")
}

// children returns the nodes behind a field of any of the parents, each once,
// with links that lock keeps for this transaction.
func (w *writer) children(ctx context.Context, f *schema.Field, parents []scalar.Value, lock locker) ([]scalar.Value, error) {
	l := linkOf(f)
	var all []scalar.Value
	seen := make(map[scalar.Value]bool)
	err := chunks(parents, func(chunk []scalar.Value) error {
		b := w.builder()
		b.SQL("SELECT ").Name(l.child).SQL("\nFROM ").Table(l.table)
		writeAmong(b.SQL("\nWHERE "), l.parent, chunk)
		b.SQL(" AND ").Name(l.child).SQL(" IS NOT NULL")
		lock(b)
		found, err := w.values(ctx, b.Statement(), l.childType())
		for _, id := range found {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
		return err
	})
	return all, err
}

// An end is nodes and the field behind which their links lie.
type end struct {
	field *schema.Field
	ids   []scalar.Value
}

// attach links children to a parent. Where an end takes only one link, the one
// it had goes.
func (w *writer) attach(ctx context.Context, f *schema.Field, parent scalar.Value, children ...scalar.Value) error {
	if err := w.release(ctx, end{f, []scalar.Value{parent}}, end{f.Back(), children}); err != nil {
		return err
	}
	return w.join(ctx, f, parent, children)
}

// release removes the links of to-one fields before their nodes get others. A
// field that owns its column needs no statement: the column is overwritten.
func (w *writer) release(ctx context.Context, ends ...end) error {
	ends = slices.DeleteFunc(ends, func(e end) bool { return e.field.List || e.field.OwnsColumn() })
	if err := w.keepEnds(ctx, ends...); err != nil {
		return err
	}
	for _, e := range ends {
		if err := w.detachAll(ctx, e.field, e.ids...); err != nil {
			return err
		}
	}
	return nil
}

// keepEnds keeps others from nodes until the transaction ends, so that of two
// who link the same node the second one sees what the first one did. All take
// them in the same order.
func (w *writer) keepEnds(ctx context.Context, ends ...end) error {
	byModel := make(map[*schema.Model][]scalar.Value)
	for _, e := range ends {
		byModel[e.field.Model] = append(byModel[e.field.Model], e.ids...)
	}
	byName := func(a, b *schema.Model) int { return strings.Compare(a.Name, b.Name) }
	for _, model := range slices.SortedFunc(maps.Keys(byModel), byName) {
		if err := w.lockNodes(ctx, model, byModel[model], keep); err != nil {
			return err
		}
	}
	return nil
}

// lockNodes lets lock keep nodes for this transaction.
func (w *writer) lockNodes(ctx context.Context, model *schema.Model, ids []scalar.Value, lock locker) error {
	if w.builder().Facts().RowLock == "" {
		return nil
	}
	key := model.ID().Column()
	return chunks(ids, func(chunk []scalar.Value) error {
		b := w.builder()
		b.SQL("SELECT ").Name(key).SQL("\nFROM ").Table(model.Table())
		writeAmong(b.SQL("\nWHERE "), key, chunk)
		lock(b.SQL("\nORDER BY ").Name(key))
		return w.run(ctx, model, b.Statement())
	})
}

// detachAll removes all links of nodes behind a field.
func (w *writer) detachAll(ctx context.Context, f *schema.Field, parents ...scalar.Value) error {
	l := linkOf(f)
	return chunks(parents, func(chunk []scalar.Value) error {
		b := w.builder()
		writeUnlink(b, l)
		writeAmong(b, l.parent, chunk)
		return w.run(ctx, f.Model, b.Statement())
	})
}

// detach removes the link between two nodes.
func (w *writer) detach(ctx context.Context, f *schema.Field, parent, child scalar.Value) error {
	l := linkOf(f)
	b := w.builder()
	writeUnlink(b, l)
	b.Name(l.parent).SQL(" = ").Value(parent).SQL(" AND ").Name(l.child).SQL(" = ").Value(child)
	return w.run(ctx, f.Model, b.Statement())
}

// writeUnlink writes a statement that removes links, up to its condition.
func writeUnlink(b *dialect.Builder, l link) {
	inline, ok := l.field.Relation.Link.(*schema.Inline)
	if !ok {
		b.SQL("DELETE FROM ").Table(l.table).SQL("\nWHERE ")
		return
	}
	b.SQL("UPDATE ").Table(l.table).SQL("\nSET ").Name(inline.Column).SQL(" = NULL\nWHERE ")
}

// join adds links between a parent and children. Links that are there stay.
func (w *writer) join(ctx context.Context, f *schema.Field, parent scalar.Value, children []scalar.Value) error {
	switch r := f.Relation.Link.(type) {
	case *schema.LinkTable:
		for chunk := range slices.Chunk(children, manyRows) {
			if err := w.insertLinks(ctx, f, r, parent, chunk); err != nil {
				return err
			}
		}
		return nil
	case *schema.Inline:
		return chunks(children, func(chunk []scalar.Value) error {
			return w.setLinks(ctx, f, r, parent, chunk)
		})
	}
	return nil
}

// insertLinks adds rows to a link table.
func (w *writer) insertLinks(ctx context.Context, f *schema.Field, table *schema.LinkTable, parent scalar.Value, children []scalar.Value) error {
	if err := take(ctx, rowBytes*int64(len(children))); err != nil {
		return err
	}
	l := linkOf(f)
	b := w.builder()
	b.SQL("INSERT INTO ").Table(l.table).SQL(" (")
	if table.ID != "" {
		b.Name(table.ID).SQL(", ")
	}
	b.Names(l.parent, l.child).SQL(")\nVALUES ")
	for i, child := range children {
		if i > 0 {
			b.SQL(", ")
		}
		b.SQL("(")
		if table.ID != "" {
			b.Value(scalar.OfID(cuid.New())).SQL(", ")
		}
		b.Values([]scalar.Value{parent, child}).SQL(")")
	}
	if b.Facts().Conflict == dialect.InsertIgnore { // which would pass over a node that is not there, too
		b.SQL("\nON DUPLICATE KEY UPDATE ").Name(l.parent).SQL(" = ").Name(l.parent)
	} else {
		b.SQL("\n").SQL(string(b.Facts().Conflict))
	}
	return w.run(ctx, f.Model, b.Statement())
}

// setLinks writes the column of an inline relation, in the row of the parent or in those of the children.
func (w *writer) setLinks(ctx context.Context, f *schema.Field, inline *schema.Inline, parent scalar.Value, children []scalar.Value) error {
	b := w.builder()
	b.SQL("UPDATE ").Table(inline.Model.Table()).SQL("\nSET ").Name(inline.Column).SQL(" = ")
	rows := []scalar.Value{parent}
	if f.OwnsColumn() {
		b.Value(children[len(children)-1])
	} else {
		b.Value(parent)
		rows = children
	}
	writeAmong(b.SQL("\nWHERE "), inline.Model.ID().Column(), rows)
	return w.run(ctx, inline.Model, b.Statement())
}
