package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Written is what a write did.
type Written struct {
	ID    scalar.Value // of the node that was created, changed or deleted; null for a many-write
	Count int          // nodes that a many-write met
}

// A writer runs the writes of one transaction.
//
// Its methods return the faults of data-api: NotFound (3039), NotConnected
// (3041), RequiredRelation (3042), Unique (3010), NullForRequired (3020),
// TooLong (3007) and MissingReference (3011).
type writer struct {
	session
	builder   func() *dialect.Builder
	classify  func(error) dialect.Violation
	recording *Recording // nil: nobody wants to know
}

// write runs one write with everything nested in it.
func (w *writer) write(ctx context.Context, write plan.Write) (Written, error) {
	switch write := write.(type) {
	case *plan.Create:
		id, err := w.create(ctx, write)
		return Written{ID: id}, err
	case *plan.Update:
		id, err := w.find(ctx, write.Selector)
		if err != nil {
			return Written{}, err
		}
		return Written{ID: id}, w.update(ctx, id, write)
	case *plan.Upsert:
		id, err := w.upsert(ctx, write)
		return Written{ID: id}, err
	case *plan.Delete:
		id, err := w.take(ctx, write.Selector)
		if err != nil {
			return Written{}, err
		}
		if err := w.removing(ctx, write.Model, id); err != nil {
			return Written{}, err
		}
		return Written{ID: id}, w.delete(ctx, write.Model, []scalar.Value{id})
	case *plan.CreateMany:
		w.recording = nil
		return Written{Count: len(write.Creates)}, w.createMany(ctx, write.Creates)
	case *plan.UpdateMany:
		ids, err := w.matching(ctx, write.Model, write.Filter, nil, keep)
		if err != nil {
			return Written{}, err
		}
		return Written{Count: len(ids)}, w.change(ctx, write.Model, ids, write.Values, write.Lists)
	case *plan.DeleteMany:
		ids, err := w.matching(ctx, write.Model, write.Filter, nil, doom)
		if err != nil {
			return Written{}, err
		}
		return Written{Count: len(ids)}, w.delete(ctx, write.Model, ids)
	}
	return Written{}, fmt.Errorf("write: unknown kind %T", write)
}

// create makes a node with everything nested in it and returns its id.
func (w *writer) create(ctx context.Context, create *plan.Create) (scalar.Value, error) {
	row, rest, err := w.newRow(ctx, create)
	if err != nil {
		return scalar.Value{}, err
	}
	id, err := w.insert(ctx, row)
	if err != nil {
		return scalar.Value{}, err
	}
	return id, w.nested(ctx, parent{id: id, fresh: true}, rest)
}

// update changes the node with an id.
func (w *writer) update(ctx context.Context, id scalar.Value, update *plan.Update) error {
	if err := w.changing(ctx, id, update); err != nil {
		return err
	}
	if err := w.change(ctx, update.Model, []scalar.Value{id}, update.Values, update.Lists); err != nil {
		return err
	}
	return w.nested(ctx, parent{id: id}, update.Nested)
}

func (w *writer) upsert(ctx context.Context, upsert *plan.Upsert) (scalar.Value, error) {
	id, found, err := w.locked(ctx, upsert.Selector, keep)
	switch {
	case err != nil:
		return id, err
	case !found:
		return w.create(ctx, upsert.Create)
	}
	return id, w.update(ctx, id, upsert.Update)
}

// run runs a statement without an answer. model is whose rows it writes.
func (w *writer) run(ctx context.Context, model *schema.Model, s dialect.Statement) error {
	if l, ok := w.session.(later); ok {
		return l.later(ctx, s.SQL, s.Args, func(err error) error { return w.explain(err, model) })
	}
	if _, err := w.exec(ctx, s.SQL, s.Args); err != nil {
		return w.explain(err, model)
	}
	return nil
}

// primaryKey is what MySQL calls the index of every primary key.
const primaryKey = "PRIMARY"

// explain turns a broken constraint into the fault the client knows. model is
// whose row was written. What an earlier statement broke, which waited for this
// one, is explained already.
func (w *writer) explain(err error, model *schema.Model) error {
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	v := w.classify(err)
	field := v.Column
	if i := slices.IndexFunc(model.Fields, func(f *schema.Field) bool { return f.Column() == v.Column }); i >= 0 {
		field = model.Fields[i].Name
	}
	if i := slices.IndexFunc(model.Uniques, func(u *schema.Unique) bool { return strings.Join(u.Columns(), "_") == v.Column }); i >= 0 {
		field = model.Uniques[i].Name
	}
	if v.Index == primaryKey {
		field = model.ID().Name
	}
	var known *fault.Error
	switch v.Kind {
	case dialect.UniqueViolation:
		known = fault.Unique(model.Name, field)
	case dialect.NotNullViolation:
		known = fault.NullForRequired("")
	case dialect.TooLongViolation:
		known = fault.TooLong(field)
	case dialect.ForeignKeyViolation:
		known = fault.MissingReference()
	case dialect.TextViolation:
		known = fault.UnstorableText()
	case dialect.DateViolation:
		known = fault.UnstorableDate()
	default:
		return err
	}
	known.Cause = err
	return known
}
