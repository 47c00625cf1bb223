package management

import (
	"context"
	"errors"
	"net/http"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// Answer executes the body of a POST to /management, one request or a batch,
// and returns HTTP status and answer. authorization is the header of that name.
// The requests of a batch run one after the other.
func (m *Management) Answer(ctx context.Context, requestID, authorization string, body []byte) (status int, answer []byte) {
	requests, batch, err := graphql.Decode(body)
	if err != nil {
		return m.refuse(requestID, err)
	}
	queries, err := m.queries()
	if err != nil {
		return m.refuse(requestID, err)
	}
	c := &call{Management: m, requestID: requestID, authorization: authorization}
	var answers []byte
	for i, request := range requests {
		document, errs := queries.Document(request.Query)
		if errs.Syntax() {
			errs[0].RequestID = requestID
			return http.StatusInternalServerError, graphql.AppendFailure(nil, errs[:1])
		}
		if i > 0 {
			answers = append(answers, ',')
		}
		answers = append(answers, c.answer(ctx, document, errs, request)...)
	}
	if batch {
		answers = append(append([]byte{'['}, answers...), ']')
	}
	return http.StatusOK, answers
}

// refuse answers a body that is no request.
func (m *Management) refuse(requestID string, err error) (int, []byte) {
	failure := &graphql.Error{Message: err.Error(), RequestID: requestID}
	return http.StatusInternalServerError, graphql.AppendFailure(nil, graphql.Errors{failure})
}

// A call is one HTTP request to the management API.
type call struct {
	*Management
	requestID     string
	authorization string
}

// answer executes one request; errs are what its text is wrong about.
func (c *call) answer(ctx context.Context, document *graphql.Document, errs graphql.Errors, request graphql.Request) []byte {
	if len(errs) > 0 {
		return graphql.AppendAnswer(nil, nil, errs)
	}
	operation, problem := document.Operation(request.OperationName)
	if problem != nil {
		return graphql.AppendAnswer(nil, nil, graphql.Errors{problem})
	}
	selection, errs := operation.Bind(request.Variables)
	if len(errs) > 0 {
		return graphql.AppendAnswer(nil, nil, errs)
	}
	root := c.queryRoot()
	if operation.Kind == graphql.Mutation {
		root = c.mutationRoot()
	}
	data, errs := graphql.Execute(ctx, selection, root, func(err error) *graphql.Error { return c.failure(ctx, err) })
	return graphql.AppendAnswer(nil, data, errs)
}

// failure turns the error of a field into what the client reads. What is no
// fault, or has a cause, goes to the log with the id that the client reads.
func (c *call) failure(ctx context.Context, err error) *graphql.Error {
	if f, known := errors.AsType[*fault.Error](err); (!known || f.Cause != nil) && ctx.Err() == nil {
		c.log.Error("management request failed", "requestId", c.requestID, "cause", err)
	}
	return graphql.Failure(err, c.requestID)
}
