package plan_test

import (
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// What is kept of an operation keeps nothing of the variables of its first request.
func TestPrepareForgetsVariables(t *testing.T) {
	t.Parallel()
	api := musicAPI(t)
	for name, query := range map[string]string{
		"one":        `query ($s: String) { artist(where: { number: 1 }) { name albums(where: { title: $s }) { id } } }`,
		"list":       `query ($s: String) { artists(where: { name: $s }) { id } }`,
		"below":      `query ($s: String) { artists { albums(where: { title: $s }, first: 3) { tracks(where: { name: $s }) { id } } } }`,
		"connection": `query ($s: String) { artistsConnection(where: { name: $s }) { edges { node { id } } } }`,
		"fault":      `query ($s: String) { artists(where: { name: $s }, first: 1, last: 1) { id } }`,
		"mutation":   `mutation ($s: String!) { createArtist(data: { number: 1, name: $s }) { id } }`,
		"condition":  `query ($s: String, $yes: Boolean = true) { artists(where: { name: $s }) { id @include(if: $yes) } }`,
	} {
		t.Run(name, func(t *testing.T) {
			document, errs := graphql.Check(api.Schema, query, graphql.DefaultLimits())
			if errs != nil {
				t.Fatal(errs)
			}
			operation, _ := document.Operation("")
			prepared, variables := prepareLarge(t, operation, func(s *graphql.Selection) *plan.Prepared { return plan.Prepare(api, operation, s) })
			runtime.GC()
			if variables.Value() != nil {
				t.Error("the variables of the first request are still there")
			}
			runtime.KeepAlive(prepared)
			runtime.KeepAlive(document)
		})
	}
}

func prepareLarge(t *testing.T, operation *graphql.Operation, prepare func(*graphql.Selection) *plan.Prepared) (*plan.Prepared, weak.Pointer[byte]) {
	t.Helper()
	variables := []byte(`{"s":"` + strings.Repeat("x", 1<<20) + `"}`)
	selection, errs := operation.Bind(variables)
	if errs != nil {
		t.Fatal(errs)
	}
	prepared := prepare(selection)
	if fields := prepared.Plan(selection).Whole().Fields; len(fields) != 1 || fields[0].Key == "" {
		t.Errorf("planned %+v", fields)
	}
	return prepared, weak.Make(&variables[0])
}
