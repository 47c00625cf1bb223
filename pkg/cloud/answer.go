package cloud

import (
	"context"
	_ "embed" // schema.graphql
	"net/http"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// cachedQueries is how many checked queries are kept; clients send the same few.
const cachedQueries = 100

//go:embed schema.graphql
var schemaText string

// A Caller is the HTTP request that a call came with.
type Caller struct {
	Authorization string // header
	Address       string // of the computer, without port
	Computer      string // what it says of itself
	RequestID     string
}

// Answer executes the body of a POST to the cloud's API, and returns HTTP status and answer.
func (c *Cloud) Answer(ctx context.Context, from Caller, body []byte) (status int, answer []byte) {
	queries, err := c.queries()
	if err != nil {
		return http.StatusInternalServerError, graphql.AppendFailure(nil, graphql.Errors{{Message: err.Error(), RequestID: from.RequestID}})
	}
	one := &call{Cloud: c, from: from}
	api := graphql.API{Queries: queries, Root: one.root, Failure: func(err error) *graphql.Error { return one.failure(ctx, err) }}
	return api.Answer(ctx, from.RequestID, body)
}

// A call is one HTTP request to the cloud's API.
type call struct {
	*Cloud
	from Caller
}

func (c *call) root(kind graphql.Kind) graphql.Resolver {
	if kind == graphql.Mutation {
		return c.mutationRoot()
	}
	return c.queryRoot()
}

func (c *call) failure(ctx context.Context, err error) *graphql.Error {
	if fault.CodeOf(err) == fault.Internal && ctx.Err() == nil {
		c.log.Error("cloud request failed", "requestId", c.from.RequestID, "cause", err)
	}
	return graphql.Failure(err, c.from.RequestID)
}
