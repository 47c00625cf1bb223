package management

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

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
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return []string{noGraphQL}
	}
	if !namesModel(document, api) {
		return []string{noModel}
	}
	_, errs := graphql.Check(api.Schema, query, graphql.DefaultLimits())
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = e.Message
	}
	return texts
}

// namesModel tells whether a root field of any operation is a model's.
func namesModel(document *ast.QueryDocument, api *opencrud.API) bool {
	for _, operation := range document.Operations {
		for _, selection := range operation.SelectionSet {
			field, ok := selection.(*ast.Field)
			if !ok {
				continue
			}
			if _, known := api.Root(graphql.Subscription, field.Name); known {
				return true
			}
		}
	}
	return false
}
