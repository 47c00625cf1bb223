package connector

import (
	"context"
	"slices"

	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A deletion collects the nodes that go together: those asked for and those
// that cascades reach.
type deletion struct {
	levels []level
	doomed map[*schema.Model]map[scalar.Value]bool
}

// A level is nodes of one model that were reached at once.
type level struct {
	model *schema.Model
	ids   []scalar.Value
}

// delete removes nodes of a model and what their cascades reach, level by
// level; each node is met once, also in cycles. It returns
// fault.RequiredRelation when a node that stays requires one that goes. The
// caller has doomed the nodes, so that nobody links one of them meanwhile.
//
// Prisma 1 checks each level by itself and so refuses some deletions in which
// the requiring node goes too (CascadingDeleteActions); here they pass.
func (w *writer) delete(ctx context.Context, model *schema.Model, ids []scalar.Value) error {
	d := &deletion{doomed: make(map[*schema.Model]map[scalar.Value]bool)}
	d.add(model, ids)
	for i := 0; i < len(d.levels); i++ {
		if err := w.cascade(ctx, d, d.levels[i]); err != nil {
			return err
		}
	}
	for _, l := range d.levels {
		if err := w.checkRequired(ctx, d, l); err != nil {
			return err
		}
	}
	for _, l := range slices.Backward(d.levels) {
		if err := w.deleteRows(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// add notes the nodes that are new as one level.
func (d *deletion) add(model *schema.Model, ids []scalar.Value) {
	if d.doomed[model] == nil {
		d.doomed[model] = make(map[scalar.Value]bool)
	}
	l := level{model: model}
	for _, id := range ids {
		if !d.doomed[model][id] {
			d.doomed[model][id] = true
			l.ids = append(l.ids, id)
		}
	}
	if len(l.ids) > 0 {
		d.levels = append(d.levels, l)
	}
}

// cascade adds the nodes behind the cascading fields of a level.
func (w *writer) cascade(ctx context.Context, d *deletion, l level) error {
	for _, f := range l.model.Fields {
		if !f.Cascades() {
			continue
		}
		children, err := w.children(ctx, f, l.ids, doom)
		if err != nil {
			return err
		}
		if err := w.lockNodes(ctx, f.OtherModel(), children, doom); err != nil {
			return err
		}
		d.add(f.OtherModel(), children)
	}
	return nil
}

// checkRequired looks for nodes that stay and require one of a level.
func (w *writer) checkRequired(ctx context.Context, d *deletion, l level) error {
	for _, f := range l.model.Fields {
		if !f.IsRelation() || !f.Back().Required {
			continue
		}
		holders, err := w.children(ctx, f, l.ids, look)
		if err != nil {
			return err
		}
		doomed := d.doomed[f.OtherModel()]
		if slices.ContainsFunc(holders, func(id scalar.Value) bool { return !doomed[id] }) {
			return requiredRelation(f)
		}
	}
	return nil
}

// deleteRows removes the rows of a level and of their scalar lists. Links go
// by foreign keys.
func (w *writer) deleteRows(ctx context.Context, l level) error {
	for _, f := range l.model.Fields {
		if !f.IsScalarList() {
			continue
		}
		if err := w.deleteList(ctx, l.ids, f); err != nil {
			return err
		}
	}
	return chunks(l.ids, func(chunk []scalar.Value) error {
		b := w.builder()
		b.SQL("DELETE FROM ").Table(l.model.Table())
		writeAmong(b.SQL("\nWHERE "), l.model.ID().Column(), chunk)
		return w.run(ctx, l.model, b.Statement())
	})
}
