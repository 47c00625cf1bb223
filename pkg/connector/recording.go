package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Recording notes what mutations do with the nodes that somebody wants to
// know of. As in Prisma 1 these are the nodes that are created and updated, at
// any depth, and the one that deleteX deletes; nodes that go with another one,
// or by a nested delete, and all that a many-mutation meets leave no event
// (SubscriptionEvents.scala).
type Recording struct {
	Wanted func(model string) bool
	Events []plan.Event // of what was committed, in order of execution
}

// Recording returns the database with its mutations recorded. Goroutines may
// not share what it returns.
func (d *Database) Recording(r *Recording) *Database {
	copied := *d
	copied.recording = r
	return &copied
}

// length is how many events are noted.
func (r *Recording) length() int {
	if r == nil {
		return 0
	}
	return len(r.Events)
}

// cut takes back all events but the first ones: they did not happen.
func (r *Recording) cut(length int) {
	if r != nil {
		r.Events = r.Events[:length]
	}
}

// wants tells whether what happens with a node of a model is recorded.
func (w *writer) wants(model *schema.Model) bool {
	return w.recording != nil && w.recording.Wanted(model.Name)
}

// made notes a new node.
func (w *writer) made(model *schema.Model, id scalar.Value) {
	if w.wants(model) {
		w.note(plan.Event{Kind: plan.Created, Model: model.Name, ID: id})
	}
}

// changing notes an update before it happens.
func (w *writer) changing(ctx context.Context, id scalar.Value, update *plan.Update) error {
	if !w.wants(update.Model) {
		return nil
	}
	e := plan.Event{Kind: plan.Updated, Model: update.Model.Name, ID: id}
	for _, value := range update.Values {
		e.Updated = append(e.Updated, value.Field.Name)
	}
	for _, list := range update.Lists {
		e.Updated = append(e.Updated, list.Field.Name)
	}
	return w.noteWithPrevious(ctx, update.Model, e)
}

// removing notes a delete before it happens.
func (w *writer) removing(ctx context.Context, model *schema.Model, id scalar.Value) error {
	if !w.wants(model) {
		return nil
	}
	return w.noteWithPrevious(ctx, model, plan.Event{Kind: plan.Deleted, Model: model.Name, ID: id})
}

func (w *writer) note(e plan.Event) { w.recording.Events = append(w.recording.Events, e) }

// noteWithPrevious notes an event with the scalar fields of its node as they are now.
func (w *writer) noteWithPrevious(ctx context.Context, model *schema.Model, e plan.Event) error {
	var fields []*schema.Field
	var columns []string
	for _, f := range model.Fields {
		if f.IsScalar() {
			fields = append(fields, f)
			columns = append(columns, f.Column())
		}
	}
	b := w.builder()
	b.SQL("SELECT ").Names(columns...).SQL("\nFROM ").Table(model.Table())
	b.SQL("\nWHERE ").Name(model.ID().Column()).SQL(" = ").Value(e.ID)
	err := w.rows(ctx, b.Statement(), func(r rows) error {
		e.Previous = make([]plan.Previous, len(fields))
		for i, f := range fields {
			v, err := r.value(i, f.Type)
			if err != nil {
				return err
			}
			e.Previous[i] = plan.Previous{Field: f.Name, Value: v}
		}
		return nil
	})
	w.note(e)
	return err
}
