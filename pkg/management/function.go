package management

import (
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

const (
	noGraphQL = "The subscription query is invalid GraphQL."
	noModel   = "The provided query doesn't include any known model name. Please check for the latest subscriptions API."
)

// checkFunctions finds functions whose query does not fit the subscriptions of
// a schema (SubscriptionQueryValidator.scala).
func checkFunctions(functions []project.Function, s *schema.Schema) ([]migration.Problem, error) {
	if len(functions) == 0 {
		return nil, nil
	}
	api, err := opencrud.New(s, opencrud.Capabilities{})
	if err != nil {
		return nil, err
	}
	var problems []migration.Problem
	for _, f := range functions {
		for _, text := range checkFunction(f.Query, api) {
			problems = append(problems, migration.Problem{Type: "Subscription", Field: f.Name, Description: text})
		}
	}
	return problems, nil
}

func checkFunction(query string, api *opencrud.API) []string {
	name, problem := graphql.SubscriptionField(query, graphql.DefaultLimits())
	switch {
	case problem != nil && problem.Syntax:
		return []string{noGraphQL}
	case problem != nil:
		return []string{problem.Message}
	}
	if _, known := api.Root(graphql.Subscription, name); !known {
		return []string{noModel}
	}
	_, errs := graphql.Check(api.Schema, query, graphql.DefaultLimits())
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = e.Message
	}
	return texts
}
