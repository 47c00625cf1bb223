package management

import (
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// checkFunctions finds functions whose query does not fit the subscriptions of
// a schema.
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
		for _, text := range api.CheckSubscription(f.Query, graphql.DefaultLimits()) {
			problems = append(problems, migration.Problem{Type: "Subscription", Field: f.Name, Description: text})
		}
	}
	return problems, nil
}
