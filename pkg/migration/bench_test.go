package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// BenchmarkFirstDeploy plans a first deploy of a hundred models with twenty fields.
func BenchmarkFirstDeploy(b *testing.B) {
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "type M%d {\n  id: ID! @id\n", i)
		for j := range 20 {
			fmt.Fprintf(&text, "  f%d: String! @unique\n", j)
		}
		fmt.Fprintf(&text, "  to: M%d @relation(name: \"R%d\", link: INLINE)\n}\n", (i+1)%100, i)
	}
	document, syntax := datamodel.Parse(text.String())
	if syntax != nil {
		b.Fatal(syntax)
	}
	next, err := datamodel.Infer(document, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		steps, err := migration.Infer(&schema.Schema{}, next, datamodel.Renames{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := migration.Changes(steps, &schema.Schema{}, next, relational.Naming{}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
