package management

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// TestWorkspaceHasRoom: each workspace may have so many services, one that is deleted makes room, and many
// at a time are not more. What is there already is deployed all the same.
func TestWorkspaceHasRoom(t *testing.T) {
	t.Parallel()
	connectortest.Each(t, func(t *testing.T, db *connector.Connector) {
		m, err := New(t.Context(), db, Options{Services: 2})
		if err != nil {
			t.Fatal(err)
		}
		add := func(name string) error {
			_, err := m.AddProject(t.Context(), project.ID{Name: name, Stage: "dev"}, nil)
			return err
		}
		const full = "The workspace jane has 2 services on this server, and no more are let in. Please delete one that is not needed, or ask whoever runs the server for a larger limits.workspaceServices."
		for _, step := range []struct {
			name string
			code fault.Code
			text string
		}{
			{"jane~a", 0, ""},
			{"jane~b", 0, ""},
			{"jane~c", fault.TooManyServices, full},
			{"jane~a", fault.ServiceExists, "Service with name 'jane~a' and stage 'dev' already exists"},
			{"joe~a", 0, ""},
			{"jane", 0, ""},
		} {
			if err := add(step.name); fault.CodeOf(err) != step.code || err != nil && err.Error() != step.text {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if done, err := m.Deploy(t.Context(), DeployInput{ID: project.ID{Name: "jane~a", Stage: "dev"}, Types: "type A { id: ID! @id }"}); err != nil || len(done.Errors) > 0 {
			t.Errorf("deploy: %+v, %v", done, err)
		}
		if _, err := m.DeleteProject(t.Context(), project.ID{Name: "jane~a", Stage: "dev"}); err != nil {
			t.Error(err)
		}
		if err := add("jane~c"); err != nil {
			t.Error(err)
		}

		var adding sync.WaitGroup
		var added atomic.Int64
		for i := range 6 {
			adding.Go(func() {
				switch err := add(fmt.Sprintf("many~s%d", i)); {
				case err == nil:
					added.Add(1)
				case fault.CodeOf(err) != fault.TooManyServices:
					t.Error(err)
				}
			})
		}
		adding.Wait()
		if added.Load() > 2 {
			t.Errorf("%d services were added at a time", added.Load())
		}
	})
}
