package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// manyModels is a datamodel of n models, each with a dozen fields and two relations.
func manyModels(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "type Model%d {\n  id: ID! @id\n  createdAt: DateTime! @createdAt\n", i)
		for j := range 10 {
			fmt.Fprintf(&b, "  field%d: %s\n", j, []string{"String", "Int", "Float", "Boolean", "DateTime"}[j%5])
		}
		fmt.Fprintf(&b, "  next: Model%d @relation(name: \"R%d\", link: INLINE)\n  before: [Model%d] @relation(name: \"R%d\")\n}\n", (i+1)%n, i, (i+n-1)%n, (i+n-1)%n)
	}
	return b.String()
}

// BenchmarkFirstAnswer measures what the first request to a service of 200
// models costs beyond later ones: its API is made then.
func BenchmarkFirstAnswer(b *testing.B) {
	c := connectortest.Open(b, connector.Config{Connector: "sqlite", Memory: true})
	document, problems := datamodel.Parse(manyModels(200))
	if problems != nil {
		b.Fatal(problems)
	}
	document = document.After(nil)
	schema, err := datamodel.Infer(document, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e := engine.New(c, engine.Options{})
		s, err := e.Service(&project.Project{ID: project.ID{Name: "many", Stage: "dev"}, Revision: 1, Schema: schema})
		if err != nil {
			b.Fatal(err)
		}
		ask(b, s, `{ __typename }`, "null")
	}
}

// BenchmarkIntrospection measures the introspection of 50 models, which is kept.
func BenchmarkIntrospection(b *testing.B) {
	c := connectortest.Open(b, connector.Config{Connector: "sqlite", Memory: true})
	s := deploy(b, c, manyModels(50), engine.Options{})
	b.ReportAllocs()
	for b.Loop() {
		ask(b, s, `{ __schema { types { name kind fields { name args { name type { name ofType { name } } } type { name ofType { name } } } inputFields { name type { name ofType { name } } } enumValues { name } } } }`, "null")
	}
}
