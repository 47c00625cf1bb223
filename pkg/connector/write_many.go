package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// createMany makes nodes of one model in order. Neighbours that are nothing but
// a row go together: one INSERT, and one SELECT for each field that connects them.
func (w *writer) createMany(ctx context.Context, creates []*plan.Create) error {
	for len(creates) > 0 {
		together := 0
		for together < len(creates) && isRow(creates[together]) {
			together++
		}
		var err error
		if together > 0 {
			err = w.createRows(ctx, creates[:together])
		} else {
			together = 1
			_, err = w.create(ctx, creates[0])
		}
		if err != nil {
			return err
		}
		creates = creates[together:]
	}
	return nil
}

// isRow tells whether all of a new node lies in its own row and, when its id is
// given, in its lists: its nested writes connect it through columns of its own
// with nodes that take any number of links and are not made by the same mutation.
func isRow(create *plan.Create) bool {
	if create.ID.IsNull() && (len(create.Lists) > 0 || len(create.Values)+len(create.Nested) == 0) {
		return false
	}
	for _, n := range create.Nested {
		connect, ok := n.(*plan.NestedConnect)
		if !ok || !connect.Field.OwnsColumn() || !connect.Field.Back().List || connect.Field.OtherModel() == create.Model {
			return false
		}
	}
	return true
}

// createRows makes nodes of which isRow holds.
func (w *writer) createRows(ctx context.Context, creates []*plan.Create) error {
	rows := newRows(creates, nil)
	for _, f := range creates[0].Model.Fields {
		if err := w.linkRows(ctx, f, rows); err != nil {
			return err
		}
	}
	return w.insertRows(ctx, rows)
}

// linkRows gives the rows that connect through a field the ids they are linked to.
func (w *writer) linkRows(ctx context.Context, f *schema.Field, rows []newRow) error {
	if !f.OwnsColumn() {
		return nil
	}
	var selectors []plan.Selector
	var connecting []int // rows
	for i, row := range rows {
		for _, n := range row.Nested {
			if connect := n.(*plan.NestedConnect); connect.Field == f {
				selectors = append(selectors, connect.Selector)
				connecting = append(connecting, i)
			}
		}
	}
	ids, err := w.findAll(ctx, selectors)
	if err != nil {
		return err
	}
	for i, row := range connecting {
		rows[row].links = append(rows[row].links, linkCell{column: linkColumn(f), id: ids[i]})
	}
	return nil
}

// linkColumn is the column of f's own row that holds the id of the related node.
func linkColumn(f *schema.Field) string { return f.Relation.Column(f.Side.Other()) }
