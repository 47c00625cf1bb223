package graphql

import (
	"context"
	"net/http"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// An API answers HTTP requests to a small schema whose root fields are functions.
type API struct {
	Queries *Cache
	Root    func(Kind) Resolver    // the object that answers queries or mutations
	Failure func(err error) *Error // turns the error of a field into an entry of errors
}

// Answer executes the body of a POST, one request or a batch, and returns HTTP
// status and answer. The requests of a batch run one after the other.
func (a API) Answer(ctx context.Context, requestID string, body []byte) (status int, answer []byte) {
	requests, batch, err := Decode(body, a.Queries.limits.Batch)
	if err != nil {
		return http.StatusInternalServerError, AppendFailure(nil, Errors{{Message: err.Error(), Code: fault.CodeOf(err), RequestID: requestID}})
	}
	var answers []byte
	allowance := NewAllowance(a.Queries.limits.Introspection)
	for i, request := range requests {
		document, errs := a.Queries.Document(request.Query)
		if errs.Syntax() {
			errs[0].RequestID = requestID
			return http.StatusInternalServerError, AppendFailure(nil, errs[:1])
		}
		if i > 0 {
			answers = append(answers, ',')
		}
		answers = append(answers, a.answer(ctx, document, errs, request, allowance)...)
	}
	if batch {
		answers = append(append([]byte{'['}, answers...), ']')
	}
	return http.StatusOK, answers
}

// answer executes one request; errs are what its text is wrong about.
func (a API) answer(ctx context.Context, document *Document, errs Errors, request Request, allowance *Allowance) []byte {
	if len(errs) > 0 {
		return AppendAnswer(nil, nil, errs)
	}
	operation, problem := document.Operation(request.OperationName)
	if problem != nil {
		return AppendAnswer(nil, nil, Errors{problem})
	}
	selection, errs := operation.Bind(request.Variables)
	if len(errs) > 0 {
		return AppendAnswer(nil, nil, errs)
	}
	selection.Allow(allowance)
	data, errs := Execute(ctx, selection, a.Root(operation.Kind), a.Failure)
	return AppendAnswer(nil, data, errs)
}
