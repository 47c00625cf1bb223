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
	queries, err := m.queries()
	if err != nil {
		failure := &graphql.Error{Message: err.Error(), RequestID: requestID}
		return http.StatusInternalServerError, graphql.AppendFailure(nil, graphql.Errors{failure})
	}
	c := &call{Management: m, requestID: requestID, authorization: authorization}
	api := graphql.API{Queries: queries, Root: c.root, Failure: func(err error) *graphql.Error { return c.failure(ctx, err) }}
	return api.Answer(ctx, requestID, body)
}

// A call is one HTTP request to the management API.
type call struct {
	*Management
	requestID     string
	authorization string
}

func (c *call) root(kind graphql.Kind) graphql.Resolver {
	if kind == graphql.Mutation {
		return c.mutationRoot()
	}
	return c.queryRoot()
}

// failure turns the error of a field into what the client reads. What is no
// fault, or has a cause, goes to the log with the id that the client reads.
func (c *call) failure(ctx context.Context, err error) *graphql.Error {
	if f, known := errors.AsType[*fault.Error](err); (!known || f.Cause != nil) && ctx.Err() == nil {
		c.log.Error("management request failed", "requestId", c.requestID, "cause", err)
	}
	if c.options.Failed != nil {
		c.options.Failed(fault.CodeOf(err))
	}
	return graphql.Failure(err, c.requestID)
}
