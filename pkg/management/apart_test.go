package management

import (
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// TestNamesReachNothingElse: no service lies where the records of all of them
// are, or above its folder, or where another service is.
func TestNamesReachNothingElse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 70)
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m := added(t, db)
		for _, id := range []project.ID{
			{Name: "management", Stage: "dev"},
			{Name: "shop", Stage: "management"},
			{Name: "cluster", Stage: "dev"},
			{Name: "management.db", Stage: "dev"},
			{Name: "../management", Stage: "dev"},
			{Name: "..", Stage: ".."},
			{Name: "shop/../../x", Stage: "dev"},
			{Name: "shop", Stage: "../dev"},
			{Name: "shop$dev", Stage: "dev"},
			{Name: "shop@dev", Stage: "dev"},
			{Name: "shop", Stage: "jane~dev"},
			{Name: "shop\x00", Stage: "dev"},
			{Name: `shop"; DROP SCHEMA x; --`, Stage: "dev"},
			{Name: "shop`", Stage: "dev"},
			{Name: "pg_catalog'", Stage: "dev"},
			{Name: "", Stage: ""},
		} {
			_, err := m.AddProject(t.Context(), id, nil)
			if code := fault.CodeOf(err); code < fault.InvalidServiceName || code > fault.ReservedStageName {
				t.Errorf("%q: %v", id, err)
			}
		}
		_, first := m.AddProject(t.Context(), project.ID{Name: long, Stage: "dev"}, nil)
		_, second := m.AddProject(t.Context(), project.ID{Name: long, Stage: "prod"}, nil)
		if cut := db.Database(shop).Naming().Longest > 0; cut != (second != nil) || !cut && first != nil {
			t.Errorf("a long name: %v, and another stage of it: %v", first, second)
		}
		if first == nil && second != nil && (fault.CodeOf(second) != fault.InvalidServiceName || !strings.Contains(second.Error(), "choose a shorter name")) {
			t.Errorf("another stage of a long name: %v", second)
		}
		if projects, err := m.Projects(t.Context()); err != nil || !strings.Contains(names(projects), "shop/") || strings.Contains(names(projects), "management") {
			t.Errorf("afterwards there are %s, %v", names(projects), err)
		}
	})
}

func names(projects []*project.Project) string {
	var all []string
	for _, p := range projects {
		all = append(all, p.ID.Name+"/"+p.ID.Stage)
	}
	return strings.Join(all, " ")
}
