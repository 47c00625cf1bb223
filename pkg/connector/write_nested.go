package connector

import (
	"context"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A parent is the node whose relation fields are written.
type parent struct {
	id    scalar.Value
	fresh bool // made by this write: no required node can lose it
}

// nested runs the nested writes of a node, each with its own before the next.
// Creates of one list that have nothing nested go together, and so do connects.
func (w *writer) nested(ctx context.Context, p parent, writes []plan.Nested) error {
	for len(writes) > 0 {
		together := 1
		var err error
		if leaves := leafCreates(writes); len(leaves) > 1 {
			together = len(leaves)
			err = w.createLeaves(ctx, p, writes[0].(*plan.NestedCreate).Field, leaves)
		} else if selectors := listConnects(writes); len(selectors) > 1 {
			together = len(selectors)
			err = w.connectAll(ctx, p, writes[0].(*plan.NestedConnect).Field, selectors)
		} else {
			err = w.nestedWrite(ctx, p, writes[0])
		}
		if err != nil {
			return err
		}
		writes = writes[together:]
	}
	return nil
}

func (w *writer) nestedWrite(ctx context.Context, p parent, write plan.Nested) error {
	switch n := write.(type) {
	case *plan.NestedCreate:
		return w.nestedCreate(ctx, p, n.Field, n.Create)
	case *plan.NestedUpdate:
		return w.nestedUpdate(ctx, p, n)
	case *plan.NestedUpsert:
		return w.nestedUpsert(ctx, p, n)
	case *plan.NestedDelete:
		return w.nestedDelete(ctx, p, n)
	case *plan.NestedConnect:
		return w.nestedConnect(ctx, p, n)
	case *plan.NestedSet:
		return w.nestedSet(ctx, p, n)
	case *plan.NestedDisconnect:
		return w.nestedDisconnect(ctx, p, n)
	case *plan.NestedUpdateMany:
		model := n.Field.OtherModel()
		ids, err := w.matching(ctx, model, n.Filter, &behind{n.Field, p.id}, keep)
		if err != nil {
			return err
		}
		return w.change(ctx, model, ids, n.Values, n.Lists)
	case *plan.NestedDeleteMany:
		model := n.Field.OtherModel()
		ids, err := w.matching(ctx, model, n.Filter, &behind{n.Field, p.id}, doom)
		if err != nil {
			return err
		}
		return w.delete(ctx, model, ids)
	}
	return fmt.Errorf("nested write: unknown kind %T", write)
}

// leafCreates returns the creates at the start of writes that can be inserted
// together: of one list field, with ids, nothing nested.
func leafCreates(writes []plan.Nested) []*plan.Create {
	var leaves []*plan.Create
	var field *schema.Field
	for _, write := range writes {
		n, ok := write.(*plan.NestedCreate)
		if !ok || !n.Field.List || field != nil && n.Field != field || n.Create.ID.IsNull() || len(n.Create.Nested) > 0 {
			break
		}
		field = n.Field
		leaves = append(leaves, n.Create)
	}
	return leaves
}

func (w *writer) createLeaves(ctx context.Context, p parent, f *schema.Field, creates []*plan.Create) error {
	for _, create := range creates {
		w.made(create.Model, create.ID)
	}
	if cell := ownCell(f, p.id); cell != nil {
		return w.insertAll(ctx, creates, cell)
	}
	if err := w.insertAll(ctx, creates, nil); err != nil {
		return err
	}
	ids := make([]scalar.Value, len(creates))
	for i, create := range creates {
		ids[i] = create.ID
	}
	return w.join(ctx, f, p.id, ids)
}

// listConnects returns the selectors of the connects of one list field at the
// start of writes. A list takes any node.
func listConnects(writes []plan.Nested) []plan.Selector {
	var selectors []plan.Selector
	var field *schema.Field
	for _, write := range writes {
		n, ok := write.(*plan.NestedConnect)
		if !ok || !n.Field.List || field != nil && n.Field != field {
			break
		}
		field = n.Field
		selectors = append(selectors, n.Selector)
	}
	return selectors
}

func (w *writer) connectAll(ctx context.Context, p parent, f *schema.Field, selectors []plan.Selector) error {
	children, err := w.findAll(ctx, selectors)
	if err != nil {
		return err
	}
	return w.attach(ctx, f, p.id, children...)
}

// ownCell returns the cell with which a new child's row carries the link to
// its parent, nil where the link lies elsewhere.
func ownCell(f *schema.Field, parent scalar.Value) *linkCell {
	if !f.Back().OwnsColumn() {
		return nil
	}
	return &linkCell{column: linkOf(f).parent, id: parent}
}

// nestedCreate makes a node behind f, links it, and runs what is nested in it.
// Who must not lose its node follows NestedCreateInterpreter.scala.
func (w *writer) nestedCreate(ctx context.Context, p parent, f *schema.Field, create *plan.Create) error {
	if !p.fresh && f.Back().Required {
		if err := w.checkChildless(ctx, p, f); err != nil {
			return err
		}
	}
	if err := w.release(ctx, end{f, []scalar.Value{p.id}}); err != nil {
		return err
	}
	row, rest, err := w.newRow(ctx, create)
	if err != nil {
		return err
	}
	cell := ownCell(f, p.id)
	if cell != nil {
		row.links = append(row.links, *cell)
	}
	id, err := w.insert(ctx, row)
	if err != nil {
		return err
	}
	if cell == nil {
		if err := w.join(ctx, f, p.id, []scalar.Value{id}); err != nil {
			return err
		}
	}
	return w.nested(ctx, parent{id: id, fresh: true}, rest)
}

// newRow prepares the row of a new node. Columns of relations that it requires
// are in it from the start, since in tables of others they may be never null;
// what they lead to is made first. rest is nested, too, and comes after the row.
func (w *writer) newRow(ctx context.Context, create *plan.Create) (row newRow, rest []plan.Nested, err error) {
	row.Create = create
	for _, write := range create.Nested {
		var f *schema.Field
		var child scalar.Value
		switch n := write.(type) {
		case *plan.NestedCreate:
			if f = n.Field; f.Required && f.OwnsColumn() {
				child, err = w.create(ctx, n.Create)
			}
		case *plan.NestedConnect:
			if f = n.Field; f.Required && f.OwnsColumn() {
				child, err = w.connectable(ctx, parent{fresh: true}, n)
			}
		}
		switch {
		case err != nil:
			return row, nil, err
		case child.IsNull():
			rest = append(rest, write)
		default: // the last one stays
			row.links = append([]linkCell{{column: linkOf(f).child, id: child}}, row.links...)
		}
	}
	return row, rest, nil
}

// checkChildless returns a fault when a to-one field already has a node, which
// requires its parent. Where the parent requires it too, it always has.
func (w *writer) checkChildless(ctx context.Context, p parent, f *schema.Field) error {
	switch {
	case f.List:
		return nil
	case f.Required:
		return requiredRelation(f)
	}
	if err := w.lockNodes(ctx, f.Model, []scalar.Value{p.id}, keep); err != nil {
		return err
	}
	_, found, err := w.child(ctx, f, p.id)
	if err == nil && found {
		err = requiredRelation(f)
	}
	return err
}

// nestedConnect links an existing node (NestedConnectInterpreter.scala).
func (w *writer) nestedConnect(ctx context.Context, p parent, n *plan.NestedConnect) error {
	child, err := w.connectable(ctx, p, n)
	if err != nil {
		return err
	}
	return w.attach(ctx, n.Field, p.id, child)
}

// connectable returns the node that is to be connected, if it may be.
func (w *writer) connectable(ctx context.Context, p parent, n *plan.NestedConnect) (scalar.Value, error) {
	f, back := n.Field, n.Field.Back()
	switch {
	case f.Required && back.Required:
		return scalar.Value{}, requiredRelation(f)
	case back.Required && !p.fresh:
		if err := w.checkChildless(ctx, p, f); err != nil {
			return scalar.Value{}, err
		}
	}
	child, err := w.find(ctx, n.Selector)
	if err != nil || !f.Required || back.List {
		return child, err
	}
	if err := w.lockNodes(ctx, f.OtherModel(), []scalar.Value{child}, keep); err != nil {
		return child, err
	}
	_, found, err := w.child(ctx, back, child)
	if err == nil && found {
		err = requiredRelation(f)
	}
	return child, err
}

// nestedSet replaces all links of a list. Nodes that drop out may lose a
// parent they require: Prisma 1 lets that pass, its own specs rely on it.
func (w *writer) nestedSet(ctx context.Context, p parent, n *plan.NestedSet) error {
	children, err := w.findAll(ctx, n.Selectors)
	if err != nil {
		return err
	}
	if err := w.lockNodes(ctx, n.Field.Model, []scalar.Value{p.id}, keep); err != nil { // or two who set would both add
		return err
	}
	if err := w.detachAll(ctx, n.Field, p.id); err != nil {
		return err
	}
	return w.attach(ctx, n.Field, p.id, children...)
}

// nestedDelete deletes a node that must be linked. It is kept before anything
// looks for who requires it.
func (w *writer) nestedDelete(ctx context.Context, p parent, n *plan.NestedDelete) error {
	child, err := w.member(ctx, p, n.Field, n.Selector, w.take)
	if err != nil {
		return err
	}
	model := n.Field.OtherModel()
	if n.Selector == nil {
		if err := w.lockNodes(ctx, model, []scalar.Value{child}, doom); err != nil {
			return err
		}
	}
	return w.delete(ctx, model, []scalar.Value{child})
}

// nestedDisconnect removes the link to a node that must be linked, unless one
// of the two requires it.
func (w *writer) nestedDisconnect(ctx context.Context, p parent, n *plan.NestedDisconnect) error {
	if n.Field.Required || n.Field.Back().Required {
		return requiredRelation(n.Field)
	}
	child, err := w.member(ctx, p, n.Field, n.Selector, w.find)
	if err != nil {
		return err
	}
	return w.detach(ctx, n.Field, p.id, child)
}

// member returns the node that a nested delete or disconnect means: the
// selected one, which must be linked, or the one behind a to-one field. find
// finds the selected one.
func (w *writer) member(ctx context.Context, p parent, f *schema.Field, selector *plan.Selector, find func(context.Context, plan.Selector) (scalar.Value, error)) (scalar.Value, error) {
	if selector == nil {
		child, found, err := w.lockedChild(ctx, f, p.id, keep)
		if err == nil && !found {
			err = fault.NotConnected(f.Relation.Name, nodeEnd(f.Model, p.id), fault.End{Model: f.OtherModel().Name})
		}
		return child, err
	}
	child, err := find(ctx, *selector)
	if err != nil {
		return child, err
	}
	linked, err := w.connected(ctx, f, p.id, child)
	if err == nil && !linked {
		err = fault.NotConnected(f.Relation.Name, nodeEnd(f.Model, p.id), nodeEnd(f.OtherModel(), child))
	}
	return child, err
}

func (w *writer) nestedUpdate(ctx context.Context, p parent, n *plan.NestedUpdate) error {
	child, found, err := w.memberBy(ctx, p, n.Field, n.Selector)
	if err != nil {
		return err
	}
	if found {
		return w.update(ctx, child, n.Update)
	}
	end := fault.End{Model: n.Field.OtherModel().Name}
	if s := n.Selector; s != nil {
		if _, err := w.find(ctx, *s); err != nil {
			return err
		}
		end.Field, end.Value = s.Name(), selectedText(*s)
	}
	return fault.NotConnected(n.Field.Relation.Name, fault.End{Model: n.Field.Model.Name}, end)
}

// nestedUpsert changes or makes a node. Of two who do so behind one node the
// second one sees what the first one made.
func (w *writer) nestedUpsert(ctx context.Context, p parent, n *plan.NestedUpsert) error {
	if err := w.lockNodes(ctx, n.Field.Model, []scalar.Value{p.id}, keep); err != nil {
		return err
	}
	child, found, err := w.memberBy(ctx, p, n.Field, n.Selector)
	switch {
	case err != nil:
		return err
	case found:
		return w.update(ctx, child, n.Update)
	}
	return w.nestedCreate(ctx, p, n.Field, n.Create)
}

// memberBy returns the linked node that a selector names, or the one behind a to-one field.
func (w *writer) memberBy(ctx context.Context, p parent, f *schema.Field, selector *plan.Selector) (scalar.Value, bool, error) {
	if selector == nil {
		return w.child(ctx, f, p.id)
	}
	child, found, err := w.lookup(ctx, *selector)
	if err != nil || !found {
		return child, false, err
	}
	found, err = w.connected(ctx, f, p.id, child)
	return child, found, err
}

// nodeEnd names a node by its id in a fault.
func nodeEnd(model *schema.Model, id scalar.Value) fault.End {
	return fault.End{Model: model.Name, Field: model.ID().Name, Value: id.String()}
}

// requiredRelation is the fault of a relation that must not lose a link.
func requiredRelation(f *schema.Field) error {
	r := f.Relation
	return fault.RequiredRelation(r.Name, r.ModelA.Name, r.ModelB.Name)
}
