package management

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// checkFunctions finds functions whose query is no GraphQL. What the query
// selects is looked at when functions run, which they do not yet.
func checkFunctions(functions []project.Function) []migration.Problem {
	var problems []migration.Problem
	for _, f := range functions {
		if _, err := parser.ParseQuery(&ast.Source{Input: f.Query}); err != nil {
			problems = append(problems, migration.Problem{
				Type: "Subscription", Field: f.Name, Description: "The subscription query is invalid GraphQL.",
			})
		}
	}
	return problems
}
