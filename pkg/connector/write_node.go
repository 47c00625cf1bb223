package connector

import (
	"context"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A linkCell is the column of a relation that a new row carries from the start.
type linkCell struct {
	column string
	id     scalar.Value // of the node the row belongs to
}

// insert makes the row and the lists of one node, and returns its id.
func (w *writer) insert(ctx context.Context, create *plan.Create, link *linkCell) (scalar.Value, error) {
	if !create.ID.IsNull() {
		return create.ID, w.insertAll(ctx, []*plan.Create{create}, link)
	}
	key := create.Model.ID()
	b := w.builder()
	writeInsert(b, create.Model, []*plan.Create{create}, link)
	if c, ok := w.session.(counting); ok {
		st := b.Statement()
		n, err := c.counted(ctx, st.SQL, st.Args)
		if err != nil {
			return scalar.Value{}, w.explain(err, create.Model)
		}
		id := scalar.OfInt(n)
		return id, w.insertLists(ctx, []scalar.Value{id}, create.Lists)
	}
	b.SQL("\nRETURNING ").Name(key.Column())
	id, _, err := w.first(ctx, b.Statement(), key.Type)
	if err != nil {
		return id, w.explain(err, create.Model)
	}
	return id, w.insertLists(ctx, []scalar.Value{id}, create.Lists)
}

// insertAll makes the rows and lists of nodes of one model that have their ids.
func (w *writer) insertAll(ctx context.Context, creates []*plan.Create, link *linkCell) error {
	model := creates[0].Model
	rows := max(1, min(manyRows, w.maxArgs()/(len(model.Fields)+1)))
	for chunk := range slices.Chunk(creates, rows) {
		b := w.builder()
		writeInsert(b, model, chunk, link)
		if err := w.run(ctx, model, b.Statement()); err != nil {
			return err
		}
	}
	for _, create := range creates {
		if err := w.insertLists(ctx, []scalar.Value{create.ID}, create.Lists); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) maxArgs() int { return w.builder().Facts().MaxArgs }

// writeInsert writes the rows of new nodes. Fields that only some of them have are null in the others.
func writeInsert(b *dialect.Builder, model *schema.Model, creates []*plan.Create, link *linkCell) {
	fields := insertedFields(model, creates)
	b.SQL("INSERT INTO ").Table(model.Table())
	if len(fields) == 0 && link == nil {
		if b.Facts().Returning {
			b.SQL(" DEFAULT VALUES")
		} else {
			b.SQL(" () VALUES ()")
		}
		return
	}
	var columns []string
	for _, f := range fields {
		columns = append(columns, f.Column())
	}
	if link != nil {
		columns = append(columns, link.column)
	}
	b.SQL(" (").Names(columns...).SQL(")\nVALUES ")
	for i, create := range creates {
		if i > 0 {
			b.SQL(", ")
		}
		b.SQL("(").Values(insertedRow(fields, create, link)).SQL(")")
	}
}

// insertedFields returns the fields that at least one new node has, in model order.
func insertedFields(model *schema.Model, creates []*plan.Create) []*schema.Field {
	var fields []*schema.Field
	for _, f := range model.Fields {
		if f.IsScalar() && slices.ContainsFunc(creates, func(c *plan.Create) bool { return !assigned(c, f).IsNull() }) {
			fields = append(fields, f)
		}
	}
	return fields
}

func insertedRow(fields []*schema.Field, create *plan.Create, link *linkCell) []scalar.Value {
	row := make([]scalar.Value, 0, len(fields)+1)
	for _, f := range fields {
		row = append(row, assigned(create, f))
	}
	if link != nil {
		row = append(row, link.id)
	}
	return row
}

// assigned returns what a new node gets for a field, null for nothing.
func assigned(create *plan.Create, f *schema.Field) scalar.Value {
	if f.IsID() {
		return create.ID
	}
	for _, a := range create.Values {
		if a.Field == f {
			return a.Value
		}
	}
	return scalar.Value{}
}

// change sets the same values and lists in all nodes with ids.
func (w *writer) change(ctx context.Context, model *schema.Model, ids []scalar.Value, values []plan.Assignment, lists []plan.ListAssignment) error {
	if len(ids) == 0 {
		return nil
	}
	if len(values) > 0 {
		err := chunks(ids, func(chunk []scalar.Value) error { return w.changeRows(ctx, model, chunk, values) })
		if err != nil {
			return err
		}
	}
	for _, list := range lists {
		if err := w.deleteList(ctx, ids, list.Field); err != nil {
			return err
		}
	}
	return w.insertLists(ctx, ids, lists)
}

func (w *writer) changeRows(ctx context.Context, model *schema.Model, ids []scalar.Value, values []plan.Assignment) error {
	b := w.builder()
	b.SQL("UPDATE ").Table(model.Table()).SQL("\nSET ")
	for i, a := range values {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(a.Field.Column()).SQL(" = ").Value(a.Value)
	}
	writeAmong(b.SQL("\nWHERE "), model.ID().Column(), ids)
	return w.run(ctx, model, b.Statement())
}

// deleteList removes the values of a scalar list from all nodes with ids.
func (w *writer) deleteList(ctx context.Context, ids []scalar.Value, f *schema.Field) error {
	return chunks(ids, func(chunk []scalar.Value) error {
		b := w.builder()
		b.SQL("DELETE FROM ").Table(f.ListTable())
		writeAmong(b.SQL("\nWHERE "), schema.ListNode, chunk)
		return w.run(ctx, f.Model, b.Statement())
	})
}

// A listRow is one value of a scalar list.
type listRow struct {
	node, value scalar.Value
	position    int64 // 1000, 2000, … (ScalarListActions.scala)
}

// insertLists gives every node with an id the same lists, which must be empty there.
func (w *writer) insertLists(ctx context.Context, ids []scalar.Value, lists []plan.ListAssignment) error {
	for _, list := range lists {
		var rows []listRow
		for _, id := range ids {
			for i, v := range list.Values {
				rows = append(rows, listRow{node: id, value: v, position: int64(i+1) * 1000})
			}
		}
		for chunk := range slices.Chunk(rows, max(1, min(manyRows, w.maxArgs()/3))) {
			if err := w.insertListRows(ctx, list.Field, chunk); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) insertListRows(ctx context.Context, f *schema.Field, rows []listRow) error {
	b := w.builder()
	b.SQL("INSERT INTO ").Table(f.ListTable())
	b.SQL(" (").Names(schema.ListNode, schema.ListPosition, schema.ListValue).SQL(")\nVALUES ")
	for i, row := range rows {
		if i > 0 {
			b.SQL(", ")
		}
		b.SQL("(").Values([]scalar.Value{row.node, scalar.OfInt(row.position), row.value}).SQL(")")
	}
	return w.run(ctx, f.Model, b.Statement())
}
