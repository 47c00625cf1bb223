package engine

import (
	"context"
	"net/http"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// privateSchema is the API behind an endpoint's /private (PrivateSchemaBuilder.scala).
var privateSchema = sync.OnceValues(func() (*graphql.Schema, error) {
	return graphql.ParseSchema("private", `
		type Query { validateSubscriptionQuery(query: String!): SubscriptionQueryValidationResult! }
		type SubscriptionQueryValidationResult { errors: [String!]! }
		type Mutation { resetData: Boolean }`)
})

// Private answers a request to the private API: resetData removes all nodes of
// the service, validateSubscriptionQuery says what is wrong with a subscription.
// Status and body are like those of Answer; there are no batches.
func (s *Service) Private(ctx context.Context, requestID string, body []byte) (status int, answer graphql.Sheets) {
	requests, batch, err := graphql.Decode(body, s.options.Limits.Batch)
	if err == nil && batch {
		err = graphql.ErrMalformed
	}
	if err != nil {
		return s.refuse(requestID, err)
	}
	schema, err := privateSchema()
	if err != nil {
		return http.StatusInternalServerError, unexecuted(graphql.Errors{s.entry(ctx, requestID, err)})
	}
	doc, failures := graphql.Check(schema, requests[0].Query, s.options.Limits)
	if failures.Syntax() {
		return http.StatusInternalServerError, unexecuted(failures)
	}
	if failures != nil {
		return http.StatusOK, withoutData(failures)
	}
	return http.StatusOK, s.executePrivate(ctx, requestID, doc, requests[0])
}

func (s *Service) executePrivate(ctx context.Context, requestID string, doc *graphql.Document, request graphql.Request) graphql.Sheets {
	_, sel, failures := bind(doc, request)
	if failures != nil {
		return withoutData(failures)
	}
	root := graphql.Functions{Type: sel.TypeName, Fields: map[string]func(context.Context, graphql.Field) (any, error){
		"resetData":                 s.resetData,
		"validateSubscriptionQuery": s.validateSubscription,
	}}
	data, failures := graphql.Execute(ctx, sel, root, func(err error) *graphql.Error { return s.entry(ctx, requestID, err) })
	return graphql.SheetsOf(graphql.AppendAnswer(nil, data, failures))
}

func (s *Service) resetData(ctx context.Context, _ graphql.Field) (any, error) {
	return true, s.database.Reset(ctx, s.project.Schema)
}

// validateSubscription returns what is wrong with a subscription as it would be deployed.
func (s *Service) validateSubscription(_ context.Context, f graphql.Field) (any, error) {
	problems := s.api.CheckSubscription(f.Argument("query").Value.Text, s.options.Limits)
	return graphql.Record{Type: "SubscriptionQueryValidationResult", Values: map[string]any{"errors": problems}}, nil
}
