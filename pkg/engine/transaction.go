package engine

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// AnswerTransaction is Answer with all operations of the body in one
// transaction, one after the other: with any error in any answer nothing is
// stored, and the data of all of them is null. Operations that have no error of
// their own then say so with fault.TransactionUndone.
func (s *Service) AnswerTransaction(ctx context.Context, requestID string, body []byte) (status int, answer graphql.Sheets) {
	requests, batch, err := graphql.Decode(body, s.options.Limits.Batch)
	if err != nil {
		return s.refuse(requestID, err)
	}
	t := &transaction{Service: s, requestID: requestID, failures: make([]graphql.Errors, len(requests))}
	ctx = connector.WithBudget(ctx)
	t.allowance = graphql.NewAllowance(s.options.Limits.Introspection)
	for i, request := range requests {
		if failures := t.add(ctx, request); failures.Syntax() {
			failures[0].RequestID = requestID
			return http.StatusInternalServerError, unexecuted(failures[:1])
		} else if failures != nil {
			t.failed, t.failures[i] = true, failures
		}
		if err := s.options.Limits.CheckBatch(t.aliases); err != nil { // before the others take room
			return s.refuse(requestID, err)
		}
	}
	answers := t.answers(ctx)
	if !batch {
		return http.StatusOK, answers[0]
	}
	return http.StatusOK, join(answers)
}

// A transaction is operations that are stored together or not at all.
type transaction struct {
	*Service
	requestID string
	aliases   int // of the operations so far
	plans     []*plan.Plan
	fields    []plan.Field // of all plans
	allowance *graphql.Allowance
	failures  []graphql.Errors // of each operation
	failed    bool             // one has failures
}

// add plans an operation and returns what keeps it from running.
func (t *transaction) add(ctx context.Context, request graphql.Request) graphql.Errors {
	doc, failures := t.documents.Document(request.Query)
	if failures != nil {
		t.count(failures)
		return failures
	}
	t.aliases += doc.Aliases()
	op, sel, failures := bind(doc, request)
	if failures != nil {
		t.count(failures)
		return failures
	}
	if sel.Kind == graphql.Subscription {
		return graphql.Errors{graphql.Failure(fault.SubscriptionInsideTransaction(), t.requestID)}
	}
	sel.Allow(t.allowance)
	p := t.plan(op, sel).Whole()
	_, leave, err := t.roomFor(ctx, p.Fields...) // whether there is any; what is taken is so in the transaction
	leave()
	if err != nil {
		return graphql.Errors{t.entry(ctx, t.requestID, err)}
	}
	t.fields = append(t.fields, p.Fields...)
	t.plans = append(t.plans, p)
	return nil
}

// answers runs the operations and returns what is answered to each.
func (t *transaction) answers(ctx context.Context) []graphql.Sheets {
	var answers []graphql.Sheets
	if !t.failed {
		var failed failure
		database, recording := t.recording(true)
		within, leave, err := t.roomFor(ctx, t.fields...)
		if err == nil {
			err = t.transact(within, database, &answers, &failed)
		}
		leave()
		if err == nil {
			t.publish(t.requestID, recording)
			return answers
		}
		t.fail(ctx, failed, err)
	}
	answers = nil
	for _, failures := range t.failures {
		if failures == nil {
			failures = graphql.Errors{graphql.Failure(fault.Undone(), t.requestID)}
		}
		answers = append(answers, withoutData(failures))
	}
	return answers
}

// transact runs the operations in one transaction.
func (t *transaction) transact(ctx context.Context, database *connector.Database, answers *[]graphql.Sheets, failed *failure) error {
	return database.Transaction(ctx, t.plans, func(tx *connector.Database) error {
		*answers, *failed = t.run(ctx, tx)
		return failed.err()
	})
}

// A failure is what ended a transaction: errors of one operation.
type failure struct {
	operation int
	errors    []connector.FieldError
}

func (f failure) err() error {
	if len(f.errors) == 0 {
		return nil
	}
	return f.errors[0].Err
}

// run runs the operations up to the first that fails.
func (t *transaction) run(ctx context.Context, tx *connector.Database) (answers []graphql.Sheets, failed failure) {
	for i, p := range t.plans {
		answer, errs := runPlan(ctx, tx, p)
		if len(errs) > 0 {
			return nil, failure{i, errs}
		}
		answers = append(answers, answer)
	}
	return answers, failure{}
}

// runPlan runs the fields of a plan up to the first that fails. A panic is a
// mistake of ours; the transaction ends like with any other error.
func runPlan(ctx context.Context, tx *connector.Database, p *plan.Plan) (answer graphql.Sheets, errs []connector.FieldError) {
	defer func() {
		if p := recover(); p != nil {
			errs = []connector.FieldError{{Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}}
		}
	}()
	answer = graphql.NewSheets()
	answer.Sheet = append(answer.Sheet, dataBegins...)
	for i := range p.Fields {
		f := &p.Fields[i]
		beginField(&answer, i, f.Key)
		if errs = tx.Answer(ctx, &answer, f); len(errs) > 0 {
			return graphql.Sheets{}, errs
		}
	}
	answer.Sheet = append(answer.Sheet, '}', '}')
	return answer, nil
}

// fail notes why nothing was stored: errors of an operation, or of the end of the transaction.
func (t *transaction) fail(ctx context.Context, failed failure, err error) {
	if failed.err() == nil {
		for i := range t.failures {
			t.failures[i] = graphql.Errors{t.entry(ctx, t.requestID, err)}
		}
		return
	}
	for _, e := range failed.errors {
		t.failures[failed.operation] = append(t.failures[failed.operation], t.Service.failure(ctx, t.requestID, e))
	}
}
