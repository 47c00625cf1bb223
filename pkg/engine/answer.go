package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// Answer executes the body of a POST, one operation or a batch of them, and
// returns the HTTP status and the body of the response.
//
// The status is 200 for everything that was executed and for documents that do
// not fit the schema, 500 for text that is no GraphQL and bodies that are no
// request, 400 (with plain text) for bodies that are no JSON. A batch runs at
// once; one element that cannot be parsed fails all of it.
func (s *Service) Answer(ctx context.Context, requestID string, body []byte) (status int, answer graphql.Sheets) {
	requests, batch, err := graphql.Decode(body, s.options.Limits.Batch)
	if err != nil {
		return s.refuse(requestID, err)
	}
	documents := make([]*graphql.Document, len(requests))
	failures := make([]graphql.Errors, len(requests))
	aliases := 0
	for i, request := range requests {
		documents[i], failures[i] = s.documents.Document(request.Query)
		if failures[i].Syntax() {
			s.count(failures[i][:1])
			failures[i][0].RequestID = requestID
			return http.StatusInternalServerError, unexecuted(failures[i][:1])
		}
		aliases += documents[i].Aliases()
		if err := s.options.Limits.CheckBatch(aliases); err != nil { // before the others take room
			return s.refuse(requestID, err)
		}
	}
	answers := make([]graphql.Sheets, len(requests))
	ctx = connector.WithBudget(ctx)
	allowance := graphql.NewAllowance(s.options.Limits.Introspection)
	run := func(i int) {
		if failures[i] != nil {
			s.count(failures[i])
			answers[i] = withoutData(failures[i])
			return
		}
		answers[i] = s.execute(ctx, requestID, documents[i], requests[i], allowance)
	}
	if !batch {
		run(0)
		return http.StatusOK, answers[0]
	}
	atOnce(len(requests), run)
	return http.StatusOK, join(answers)
}

// refuse answers a body that is no request.
func (s *Service) refuse(requestID string, err error) (int, graphql.Sheets) {
	s.failed(fault.CodeOf(err))
	if errors.Is(err, graphql.ErrJSON) {
		return http.StatusBadRequest, graphql.SheetsOf([]byte(err.Error()))
	}
	refusal := graphql.Errors{{Message: err.Error(), Code: fault.CodeOf(err), RequestID: requestID}}
	return http.StatusInternalServerError, unexecuted(refusal)
}

// unexecuted is the answer to a request that was not executed at all.
func unexecuted(errs graphql.Errors) graphql.Sheets {
	return graphql.SheetsOf(graphql.AppendFailure(nil, errs))
}

// withoutData is an answer without data.
func withoutData(errs graphql.Errors) graphql.Sheets {
	return graphql.SheetsOf(graphql.AppendAnswer(nil, nil, errs))
}

// mostAtOnce is how many operations of one batch run at the same time.
const mostAtOnce = 8

// atOnce calls run for 0 to n-1, several at a time, and waits.
func atOnce(n int, run func(i int)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, mostAtOnce)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			run(i)
		})
	}
	group.Wait()
}

// join returns the answers of a batch as a JSON array.
func join(answers []graphql.Sheets) graphql.Sheets {
	all := graphql.NewSheets()
	all.Sheet = append(all.Sheet, '[')
	for i, answer := range answers {
		if i > 0 {
			all.Sheet = append(all.Sheet, ',')
		}
		all.Append(answer)
	}
	all.Sheet = append(all.Sheet, ']')
	return all
}

// execute runs one operation and returns the whole answer to it; without an
// allowance of others it has one of its own. A panic is a
// mistake of ours in one request: it fails that request alone.
func (s *Service) execute(ctx context.Context, requestID string, doc *graphql.Document, request graphql.Request, allowance *graphql.Allowance) (answer graphql.Sheets) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			s.log(ctx, requestID, err)
			s.failed(fault.Internal)
			answer = withoutData(graphql.Errors{graphql.Failure(err, requestID)})
		}
	}()
	op, sel, failures := bind(doc, request)
	if failures != nil {
		s.count(failures)
		return withoutData(failures)
	}
	if sel.Kind == graphql.Subscription {
		return graphql.SheetsOf(graphql.AppendAnswer(nil, nothing(sel), nil))
	}
	sel.Allow(allowance)
	return s.run(ctx, requestID, s.plan(op, sel))
}

// bind finds the operation that a request asks for and gives it its variables.
func bind(doc *graphql.Document, request graphql.Request) (*graphql.Operation, *graphql.Selection, graphql.Errors) {
	op, failure := doc.Operation(request.OperationName)
	if failure != nil {
		return nil, nil, graphql.Errors{failure}
	}
	sel, failures := op.Bind(request.Variables)
	return op, sel, failures
}

// plan plans an operation. What does not depend on variables is planned once
// and kept with the document.
func (s *Service) plan(op *graphql.Operation, sel *graphql.Selection) *plan.Plan {
	prepared, ok := op.Kept().(*plan.Prepared)
	if !ok {
		prepared = plan.Prepare(s.api, op, sel)
		op.Keep(prepared)
	}
	return prepared.Plan(sel)
}

// nothing answers a subscription that was sent by POST: null for its field.
func nothing(sel *graphql.Selection) []byte {
	b := []byte{'{'}
	for i, f := range sel.Fields() {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"%s":null`, f.Key)
	}
	return append(b, '}')
}

// run runs the fields of a plan one after the other. An error in a field that
// must not be null leaves no data, and ends a mutation.
func (s *Service) run(ctx context.Context, requestID string, p *plan.Plan) graphql.Sheets {
	answer := graphql.NewSheets()
	answer.Sheet = append(answer.Sheet, dataBegins...)
	var failures graphql.Errors
	lost := false
	database, recording := s.recording(p.Mutation)
	for i := range p.Fields {
		f := p.Field(i)
		beginField(&answer, i, f.Key)
		start := answer.Mark()
		var errs []connector.FieldError
		if within, leave, err := s.roomFor(ctx, *f); err != nil {
			answer.Sheet = append(answer.Sheet, "null"...)
			errs = []connector.FieldError{{Path: []any{f.Key}, At: f.At, Err: err}}
		} else {
			errs = database.Answer(within, &answer, f)
			leave()
			s.publish(requestID, recording)
		}
		for _, e := range errs {
			failures = append(failures, s.failure(ctx, requestID, e))
		}
		if f.NonNull && answer.IsSince(start, "null") {
			lost = true
		}
		if lost && p.Mutation {
			break
		}
	}
	if lost {
		answer.Release()
		return withoutData(failures)
	}
	answer.Sheet = append(answer.Sheet, '}')
	if len(failures) > 0 {
		answer.Sheet = append(answer.Sheet, `,"errors":`...)
		answer.Sheet = graphql.AppendErrors(answer.Sheet, failures)
	}
	answer.Sheet = append(answer.Sheet, '}')
	return answer
}

const dataBegins = `{"data":{`

// beginField writes the key of the i-th field of an answer.
func beginField(answer *graphql.Sheets, i int, key string) {
	b := answer.Sheet
	if i > 0 {
		b = append(b, ',')
	}
	answer.Sheet = append(append(append(b, '"'), key...), '"', ':')
}

// failure turns an error of a field into its entry in the answer.
func (s *Service) failure(ctx context.Context, requestID string, e connector.FieldError) *graphql.Error {
	failure := s.entry(ctx, requestID, e.Err)
	failure.Path, failure.Line, failure.Column = e.Path, e.At.Line, e.At.Column
	return failure
}

// entry is the entry of errors for err. What is no fault goes to the log, with
// the id that the client reads.
func (s *Service) entry(ctx context.Context, requestID string, err error) *graphql.Error {
	if _, known := errors.AsType[*fault.Error](err); !known {
		s.log(ctx, requestID, err)
	}
	s.failed(fault.CodeOf(err))
	return graphql.Failure(err, requestID)
}

func (s *Service) log(ctx context.Context, requestID string, err error) {
	if ctx.Err() != nil {
		return // the client is gone
	}
	id := s.project.ID
	s.options.Logger.ErrorContext(ctx, "data API request failed",
		"requestId", requestID, "service", id.Name, "stage", id.Stage, "error", err)
}
