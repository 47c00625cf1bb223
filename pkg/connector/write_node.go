package connector

import (
	"context"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A newRow is a node on its way into its table.
type newRow struct {
	*plan.Create
	links []linkCell
}

// A linkCell is the column of a relation that a new row carries from the start.
type linkCell struct {
	column string
	id     scalar.Value // of the node the row is linked to
}

// insert makes the row and the lists of one node, and returns its id.
func (w *writer) insert(ctx context.Context, row newRow) (scalar.Value, error) {
	id, err := w.insertNode(ctx, row)
	if err == nil {
		w.made(row.Model, id)
	}
	return id, err
}

func (w *writer) insertNode(ctx context.Context, row newRow) (scalar.Value, error) {
	create := row.Create
	if !create.ID.IsNull() {
		return create.ID, w.insertRows(ctx, []newRow{row})
	}
	if err := takeRows(ctx, []newRow{row}); err != nil {
		return scalar.Value{}, err
	}
	key := create.Model.ID()
	b := w.builder()
	writeInsert(b, create.Model, []newRow{row})
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
// All rows carry link, unless it is nil.
func (w *writer) insertAll(ctx context.Context, creates []*plan.Create, link *linkCell) error {
	return w.insertRows(ctx, newRows(creates, link))
}

func newRows(creates []*plan.Create, link *linkCell) []newRow {
	rows := make([]newRow, len(creates))
	for i, create := range creates {
		rows[i].Create = create
		if link != nil {
			rows[i].links = []linkCell{*link}
		}
	}
	return rows
}

// insertRows makes nodes of one model. Those with lists have their ids.
func (w *writer) insertRows(ctx context.Context, rows []newRow) error {
	if err := takeRows(ctx, rows); err != nil {
		return err
	}
	model := rows[0].Model
	for chunk := range slices.Chunk(rows, max(1, min(manyRows, w.maxArgs()/(len(model.Fields)+1)))) {
		b := w.builder()
		writeInsert(b, model, chunk)
		if err := w.run(ctx, model, b.Statement()); err != nil {
			return err
		}
	}
	return w.insertNewLists(ctx, model, rows)
}

// insertNewLists fills the lists of new nodes, those of one field together.
func (w *writer) insertNewLists(ctx context.Context, model *schema.Model, rows []newRow) error {
	for _, f := range model.Fields {
		if !f.IsScalarList() {
			continue
		}
		var values []listRow
		for _, row := range rows {
			for _, list := range row.Lists {
				if list.Field == f {
					if err := take(ctx, listBytes(list)); err != nil {
						return err
					}
					values = appendListRows(values, row.ID, list)
				}
			}
		}
		if err := w.insertListRows(ctx, f, values); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) maxArgs() int { return w.builder().Facts().MaxArgs }

// writeInsert writes the rows of new nodes. Fields and links that only some of them have are null in the others.
func writeInsert(b *dialect.Builder, model *schema.Model, rows []newRow) {
	fields, links := insertedFields(model, rows), insertedLinks(rows)
	b.SQL("INSERT INTO ").Table(model.Table())
	if len(fields)+len(links) == 0 {
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
	b.SQL(" (").Names(append(columns, links...)...).SQL(")\nVALUES ")
	for i, row := range rows {
		if i > 0 {
			b.SQL(", ")
		}
		b.SQL("(").Values(row.cells(fields, links)).SQL(")")
	}
}

// insertedFields returns the fields that at least one new node has, in model order.
func insertedFields(model *schema.Model, rows []newRow) []*schema.Field {
	var fields []*schema.Field
	for _, f := range model.Fields {
		if f.IsScalar() && slices.ContainsFunc(rows, func(r newRow) bool { return !assigned(r.Create, f).IsNull() }) {
			fields = append(fields, f)
		}
	}
	return fields
}

// insertedLinks returns the link columns that at least one new node has.
func insertedLinks(rows []newRow) []string {
	var columns []string
	for _, row := range rows {
		for _, link := range row.links {
			if !slices.Contains(columns, link.column) {
				columns = append(columns, link.column)
			}
		}
	}
	return columns
}

// cells are the values of a row, null for a field or a link that it does not have.
func (r newRow) cells(fields []*schema.Field, links []string) []scalar.Value {
	cells := make([]scalar.Value, 0, len(fields)+len(links))
	for _, f := range fields {
		cells = append(cells, assigned(r.Create, f))
	}
	for _, column := range links {
		var id scalar.Value
		if i := slices.IndexFunc(r.links, func(l linkCell) bool { return l.column == column }); i >= 0 {
			id = r.links[i].id
		}
		cells = append(cells, id)
	}
	return cells
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
	if err := take(ctx, int64(len(ids))*assignedBytes(values)); err != nil {
		return err
	}
	if len(values) > 0 {
		err := chunks(ids, func(chunk []scalar.Value) error { return w.changeRows(ctx, model, chunk, values) })
		if err != nil {
			return err
		}
	} else if len(lists) > 0 { // or two who set a list would both add to it
		if err := w.lockNodes(ctx, model, ids, keep); err != nil {
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
		if len(list.Values) == 0 {
			continue
		}
		if err := take(ctx, int64(len(ids))*listBytes(list)); err != nil {
			return err
		}
		for chunk := range slices.Chunk(ids, max(1, manyRows/len(list.Values))) {
			var rows []listRow
			for _, id := range chunk {
				rows = appendListRows(rows, id, list)
			}
			if err := w.insertListRows(ctx, list.Field, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

func appendListRows(rows []listRow, node scalar.Value, list plan.ListAssignment) []listRow {
	for i, v := range list.Values {
		rows = append(rows, listRow{node: node, value: v, position: int64(i+1) * 1000})
	}
	return rows
}

func (w *writer) insertListRows(ctx context.Context, f *schema.Field, rows []listRow) error {
	for chunk := range slices.Chunk(rows, max(1, min(manyRows, w.maxArgs()/3))) {
		if err := w.insertListChunk(ctx, f, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) insertListChunk(ctx context.Context, f *schema.Field, rows []listRow) error {
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
