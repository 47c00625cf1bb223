package engine

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

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
func (s *Service) Private(ctx context.Context, requestID string, body []byte) (status int, answer []byte) {
	requests, batch, err := graphql.Decode(body, s.options.Limits.Batch)
	if err == nil && batch {
		err = graphql.ErrMalformed
	}
	if err != nil {
		return s.refuse(requestID, err)
	}
	schema, err := privateSchema()
	if err != nil {
		return http.StatusInternalServerError, graphql.AppendFailure(nil, graphql.Errors{s.entry(ctx, requestID, err)})
	}
	doc, failures := graphql.Check(schema, requests[0].Query, s.options.Limits)
	if failures.Syntax() {
		return http.StatusInternalServerError, graphql.AppendFailure(nil, failures)
	}
	if failures != nil {
		return http.StatusOK, graphql.AppendAnswer(nil, nil, failures)
	}
	return http.StatusOK, s.executePrivate(ctx, requestID, doc, requests[0])
}

func (s *Service) executePrivate(ctx context.Context, requestID string, doc *graphql.Document, request graphql.Request) []byte {
	_, sel, failures := bind(doc, request)
	if failures != nil {
		return graphql.AppendAnswer(nil, nil, failures)
	}
	root := graphql.Functions{Type: sel.TypeName, Fields: map[string]func(context.Context, graphql.Field) (any, error){
		"resetData":                 s.resetData,
		"validateSubscriptionQuery": s.validateSubscription,
	}}
	data, failures := graphql.Execute(ctx, sel, root, func(err error) *graphql.Error { return s.entry(ctx, requestID, err) })
	return graphql.AppendAnswer(nil, data, failures)
}

func (s *Service) resetData(ctx context.Context, _ graphql.Field) (any, error) {
	return true, s.database.Reset(ctx, s.project.Schema)
}

// validateSubscription returns what is wrong with a subscription as it would be deployed.
func (s *Service) validateSubscription(_ context.Context, f graphql.Field) (any, error) {
	problems := []string{}
	query := f.Argument("query").Value.Text
	switch name, err := firstField(query); {
	case err != nil:
		problems = append(problems, "The subscription query is invalid GraphQL.")
	case s.api.Schema.Type("Subscription").Fields.ForName(name) == nil:
		problems = append(problems, "The provided query doesn't include any known model name. Please check for the latest subscriptions API.")
	default:
		_, failures := s.documents.Document(query)
		for _, failure := range failures {
			problems = append(problems, failure.Message)
		}
	}
	return graphql.Record{Type: "SubscriptionQueryValidationResult", Values: map[string]any{"errors": problems}}, nil
}

// firstField returns the name of the first field of a query.
func firstField(query string) (string, error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return "", err
	}
	for _, operation := range doc.Operations {
		for _, selection := range operation.SelectionSet {
			if f, ok := selection.(*ast.Field); ok {
				return f.Name, nil
			}
		}
	}
	return "", errors.New("no field")
}
