package connector

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// Answer runs one root field of a plan and appends the JSON of its value to what
// to has.
//
// A mutation is one transaction; its node is read after the commit, but a
// deleted one before. The errors are those inside the value, which then has
// null at their places. When the field as a whole fails it is null, and the
// only error has the field's own path.
func (d *Database) Answer(ctx context.Context, to *graphql.Sheets, f *plan.Field) []FieldError {
	a := &answer{Sheets: *to}
	start := a.Mark()
	a.path.Key(f.Key)
	t, end := d.task(ctx)
	defer end()
	if err := t.explain(d.answer(t, a, f)); err != nil {
		err = d.explainValue(err)
		a.Back(start)
		a.text("null")
		a.errors = nil
		a.fail(f.At, err)
	}
	*to = a.Sheets
	return a.errors
}

// explainValue tells of a character or a year that the database takes in no
// statement, also in those that only read.
func (d *Database) explainValue(err error) error {
	if _, known := errors.AsType[*fault.Error](err); known {
		return err
	}
	var explained *fault.Error
	switch d.classify(err).Kind {
	case dialect.TextViolation:
		explained = fault.UnstorableText()
	case dialect.DateViolation:
		explained = fault.UnstorableDate()
	default:
		return err
	}
	explained.Cause = err
	return explained
}

func (d *Database) answer(ctx context.Context, a *answer, f *plan.Field) error {
	switch {
	case f.Err != nil:
		return f.Err
	case f.JSON.Len() > 0:
		a.Append(f.JSON)
	case f.TypeName != "":
		a.text(`"` + f.TypeName + `"`)
	case f.IsRaw:
		return d.answerRaw(ctx, a, f.Raw)
	case f.Node != nil:
		return d.answerNode(ctx, a, f.Node)
	case f.Write != nil:
		return d.answerWrite(ctx, a, f)
	case f.Read != nil:
		return d.answerRead(ctx, a, f.Read)
	}
	return nil
}

// answerRaw answers executeRaw. Whoever writes SQL is told what the database
// says about it, under the database's own number.
func (d *Database) answerRaw(ctx context.Context, a *answer, sql string) error {
	json, err := d.Raw(ctx, sql)
	if number, sentence, ok := d.connector.dialect.Report(err); ok {
		code := fault.Code(number)
		if number == 0 {
			code = fault.Zero
		}
		return &fault.Error{Code: code, Message: sentence, Cause: err}
	}
	a.cell(json)
	return err
}

// answerRead answers a query.
func (d *Database) answerRead(ctx context.Context, a *answer, read *plan.Read) error {
	s, done, err := d.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.answerFrom(ctx, s, a, read)
}

// answerFrom reads through a session and writes what it finds.
func (d *Database) answerFrom(ctx context.Context, s session, a *answer, read *plan.Read) error {
	if isSpent(ctx) {
		return fault.LargeAnswer(d.connector.config.AnswerBytes)
	}
	if err := checkFilters(d.connector.Facts(), read); err != nil {
		return err
	}
	r := d.reader(s)
	defer r.release()
	l, err := r.root(ctx, read)
	if err != nil {
		return err
	}
	return d.compose(ctx, a, r, l)
}

// compose writes what a reader found. Returns the fault LargeAnswer when that is
// more than the budget has left.
func (d *Database) compose(ctx context.Context, a *answer, r *reader, l *layer) error {
	most := d.connector.config.AnswerBytes
	a.bound.open(ctx, most, a.Len(), r.layers)
	a.pause = 0
	a.root(l)
	if !a.bound.shut(a.Len()) {
		return fault.LargeAnswer(most)
	}
	return nil
}

// answerNode answers node(id:) with the first model that has the node.
func (d *Database) answerNode(ctx context.Context, a *answer, reads []*plan.Read) error {
	s, done, err := d.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	r := d.reader(s)
	defer r.release()
	for _, read := range reads {
		l, err := r.root(ctx, read)
		if err != nil {
			return err
		}
		if len(l.order) > 0 {
			return d.compose(ctx, a, r, l)
		}
	}
	a.text("null")
	return nil
}

// answerWrite runs a mutation and answers its node or count.
func (d *Database) answerWrite(ctx context.Context, a *answer, f *plan.Field) error {
	deletion, _ := f.Write.(*plan.Delete)
	start := a.Mark()
	var written Written
	var answered bool
	var failure error // of reading what is stored
	err := d.repeated(ctx, appendUpsert(nil, f), func(s session) error {
		a.Back(start)
		a.errors, answered = nil, false
		var err error
		if deletion != nil {
			if err = d.answerFrom(ctx, s, a, selected(f.Read, deletion.Selector)); err != nil {
				return err
			}
		}
		w := &writer{session: s, builder: d.builder, classify: d.classify, recording: d.recording}
		if written, err = w.write(ctx, f.Write); err != nil || f.Count || deletion != nil || !d.ends(s) {
			return err
		}
		reads, stored := s.(ender).ending()
		err = d.answerFrom(ctx, reads, a, writtenNode(f, written))
		if !stored() {
			answered = true
			return err
		}
		if answered = !isOutdated(err); answered {
			failure = err
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case f.Count:
		a.count(f.Shape, written.Count)
		return nil
	case deletion != nil:
		return nil
	case !answered:
		a.Back(start)
		a.errors = nil
		failure = d.answerRead(ctx, a, writtenNode(f, written))
	}
	if failure == nil && len(a.errors) == 0 && a.IsSince(start, "null") {
		// A nested write, or another request since, deleted the node. What was written stays.
		failure = fault.NotFound(f.Read.Model.Name, written.ID.String(), f.Read.Model.ID().Name)
	}
	return failure
}

// writtenNode reads the node that a mutation answers.
func writtenNode(f *plan.Field, w Written) *plan.Read {
	return selected(f.Read, plan.Selector{Field: f.Read.Model.ID(), Value: w.ID})
}

// ends tells whether the transaction of a session may end with the mutation at
// hand, and can do so with what is read behind it.
func (d *Database) ends(s session) bool {
	_, within := d.container.(*joined)
	_, can := s.(ender)
	return can && !within
}

// repeated runs do in one transaction, again when it met another one at the same
// rows: the database took one of the two back, or both made the node of an
// upsert. Prisma 1 answered 3010 or an internal error. So it does when it met a
// table that changed.
func (d *Database) repeated(ctx context.Context, upserts []*plan.Upsert, do func(session) error) error {
	noted := d.recording.length()
	for n := 1; ; n++ {
		err := d.write(ctx, do)
		if err == nil {
			return nil
		}
		d.recording.cut(noted)
		if n >= d.attempts(err, upserts) {
			return err
		}
		if n == 1 {
			leave, gone := d.pass(ctx, d.again)
			if gone != nil {
				return err
			}
			defer leave()
		}
	}
}

const (
	manyAttempts = 10 // of a transaction that certainly met another one
	someAttempts = 3  // of one that may have
)

// attempts is how often a transaction is tried that ends with err.
func (d *Database) attempts(err error, upserts []*plan.Upsert) int {
	v := d.classify(err)
	_, within := d.container.(*joined)
	switch {
	case within:
		return 1 // the whole transaction is tried again
	case v.Kind == dialect.Deadlock:
		return manyAttempts
	case v.Kind == dialect.UniqueViolation && slices.ContainsFunc(upserts, func(u *plan.Upsert) bool { return isKey(u.Selector, v) }):
		return manyAttempts
	case v.Kind == dialect.UniqueViolation && len(upserts) > 0 || isOutdated(err):
		return someAttempts
	}
	return 1
}

// isKey tells whether the index that was violated is the one of a selector.
func isKey(s plan.Selector, v dialect.Violation) bool {
	if s.More != nil {
		return v.Column == strings.Join(s.More.Unique.Columns(), "_")
	}
	return v.Column == s.Field.Column() || v.Index == primaryKey && s.Field.IsID()
}

// appendUpsert adds what f does if that is an upsert.
func appendUpsert(upserts []*plan.Upsert, f *plan.Field) []*plan.Upsert {
	if upsert, ok := f.Write.(*plan.Upsert); ok {
		return append(upserts, upsert)
	}
	return upserts
}

// selected returns a read of the node that s selects.
func selected(read *plan.Read, s plan.Selector) *plan.Read {
	copied := *read
	copied.Selector, copied.Fixed = &s, nil
	return &copied
}

// count writes the answer of a many-mutation.
func (a *answer) count(shape []plan.Entry, count int) {
	a.text("{")
	for i := range shape {
		e := &shape[i]
		a.separate(i)
		a.key(e)
		if e.Kind == plan.TypeNameEntry {
			a.typeName(e)
		} else {
			a.Sheet = strconv.AppendInt(a.Sheet, int64(count), 10)
		}
	}
	a.text("}")
}
