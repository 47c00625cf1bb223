package connector_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestMigrationWarnings runs testdata/migration against a real database: what a
// deploy of the second datamodel says about the rows of rows.sql. Where nothing
// forbids it the deploy is done.
func TestMigrationWarnings(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/migration", func(t *testing.T, c *golden.Case) {
		if c.Has("fault.txt") {
			return
		}
		d := openService(t)
		d.deploy(c.Get("before.prisma"))
		if rows := strings.TrimSpace(c.Get("rows.sql")); rows != "" {
			for statement := range strings.SplitSeq(rows, ";\n") {
				if _, err := d.db.Raw(t.Context(), statement); err != nil {
					t.Fatalf("%v\n%s", err, statement)
				}
			}
		}
		warnings, problems := d.deploy(c.Get("after.prisma"))
		if warnings != "" || c.Has("warnings.txt") {
			c.Want(t, "warnings.txt", warnings)
		}
		if problems != "" || c.Has("problems.txt") {
			c.Want(t, "problems.txt", problems)
		}
	})
}

// service is one deployed service.
type service struct {
	t        *testing.T
	c        *connector.Connector
	db       *connector.Database
	schema   *schema.Schema
	revision int
}

func openService(t *testing.T) *service {
	t.Helper()
	c, err := connector.Open(t.Context(), connector.Config{Connector: "sqlite", Memory: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := &service{t: t, c: c, db: c.Database(project.ID{Name: "shop", Stage: "dev"}), schema: &schema.Schema{}}
	if err := s.db.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// deploy returns what a deploy says; if it has no problems it is done.
func (s *service) deploy(text string) (warnings, problems string) {
	s.t.Helper()
	if strings.TrimSpace(text) == "" {
		return "", ""
	}
	ctx := s.t.Context()
	document, syntax := datamodel.Parse(text)
	if syntax != nil {
		s.t.Fatal(syntax)
	}
	document = document.After(s.schema)
	next, err := datamodel.Infer(document, s.schema)
	if err != nil {
		s.t.Fatal(err)
	}
	steps, err := migration.Infer(s.schema, next, document.Renames(s.schema))
	if err != nil {
		s.t.Fatal(err)
	}
	warned, refused, err := migration.Warnings(ctx, steps, s.schema, next, s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(refused) > 0 {
		return lines(warned), lines(refused)
	}
	tables, err := s.db.Inspect(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	changes, err := migration.Changes(steps, s.schema, next, s.db.Naming(), tables)
	if err != nil {
		s.t.Fatal(err)
	}
	s.revision++
	if err := s.db.Migrate(ctx, connector.Run{Revision: s.revision, Steps: changes}); err != nil {
		s.t.Fatal(err)
	}
	s.schema = next
	return lines(warned), ""
}

func lines[T migration.Warning | migration.Problem](found []T) string {
	var b strings.Builder
	for _, one := range found {
		w := migration.Warning(one)
		fmt.Fprintf(&b, "%s.%s: %s\n", w.Type, w.Field, w.Description)
	}
	return b.String()
}

// TestDataWithoutTables asks about a schema that has no tables, and one whose
// columns are missing: there is nothing, which is no mistake.
func TestDataWithoutTables(t *testing.T) {
	t.Parallel()
	const wanted = `
type A { id: ID! @id  n: Int  e: E  es: [E] @scalarList(strategy: RELATION)  b: B @relation(name: "X", link: INLINE)  bs: [B] @relation(name: "Y") }
type B { id: ID! @id  a: A @relation(name: "X")  as: [A] @relation(name: "Y") }
enum E { V }`
	for name, there := range map[string]string{"no tables": "", "no columns": "type A { id: ID! @id }\ntype B { id: ID! @id }"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openService(t)
			s.deploy(there)
			document, syntax := datamodel.Parse(wanted)
			if syntax != nil {
				t.Fatal(syntax)
			}
			next, err := datamodel.Infer(document, nil)
			if err != nil {
				t.Fatal(err)
			}
			check := func(question string, found bool, err error) {
				t.Helper()
				if found || err != nil {
					t.Errorf("%s: %t, %v", question, found, err)
				}
			}
			for _, m := range next.Models {
				found, err := s.db.HasRows(t.Context(), m)
				check("rows of "+m.Name, found, err)
				for _, f := range m.Fields {
					found, err := s.db.HasNulls(t.Context(), f)
					if !f.IsScalarList() {
						check("nulls in "+f.Name, found, err)
						found, err = s.db.HasDuplicates(t.Context(), f)
						check("duplicates in "+f.Name, found, err)
					}
					if f.Enum != nil {
						found, err = s.db.UsesValue(t.Context(), f, "V")
						check("use in "+f.Name, found, err)
					}
				}
			}
			for _, r := range next.Relations {
				found, err := s.db.HasLinks(t.Context(), r)
				check("links of "+r.Name, found, err)
			}
		})
	}
}
