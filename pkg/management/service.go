package management

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// AddProject creates an empty service: its database with revision 1, then its
// records, so that one that is killed between can be repeated. Returns the
// faults of project.ID.Check, InvalidServiceName, ServiceExists, TooManyServices and
// DeploymentInProgress.
func (m *Management) AddProject(ctx context.Context, id project.ID, secrets []string) (*project.Project, error) {
	if err := id.Check(); err != nil {
		return nil, err
	}
	r, err := m.reserve(ctx, id)
	if err != nil {
		return nil, err
	}
	defer r.release()
	existing, err := m.store.Project(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("look for service %s: %w", m.connector.ProjectText(id), err)
	}
	if existing != nil {
		return nil, fault.New(fault.ServiceExists, "Service with name '%s' and stage '%s' already exists", id.Name, id.Stage)
	}
	if err := m.apart(ctx, id); err != nil {
		return nil, err
	}
	if err := m.roomFor(ctx, id); err != nil {
		return nil, err
	}
	db := m.connector.Database(id)
	if err := db.Create(ctx); err != nil {
		return nil, storage("The service was not created", err)
	}
	p := &project.Project{ID: id, Revision: 1, Secrets: secrets, Schema: &schema.Schema{}}
	if err := db.Migrate(ctx, connector.Run{Revision: p.Revision}); err != nil {
		return nil, storage("The service was not created", err)
	}
	if err := m.store.CreateProject(ctx, p); err != nil {
		return nil, storage("The service was not created", err)
	}
	return p, nil
}

// apart refuses a service whose tables would lie with those of another one,
// because the database cuts long names: whoever may use the one could read and
// delete the other. Prisma 1 let them meet.
func (m *Management) apart(ctx context.Context, id project.ID) error {
	longest := m.connector.Database(id).Naming().Longest
	own := m.connector.ProjectText(id)
	if longest == 0 || len(own) <= longest {
		return nil
	}
	others, err := m.Projects(ctx)
	if err != nil {
		return err
	}
	for _, other := range others {
		if strings.HasPrefix(m.connector.ProjectText(other.ID), own[:longest]) {
			return fault.New(fault.InvalidServiceName, "The database cuts names after %d characters, so that %s on stage %s would be stored where another service is. Please choose a shorter name.", longest, id.Name, id.Stage)
		}
	}
	return nil
}

// roomFor refuses a service whose workspace has as many as it may. Those that this
// server adds at the moment count, so that many at a time are not too many; they
// are looked at first, because they come to the stored ones next.
func (m *Management) roomFor(ctx context.Context, id project.ID) error {
	if m.options.Services == 0 {
		return nil
	}
	m.mu.Lock()
	ids := slices.Collect(maps.Keys(m.busy))
	m.mu.Unlock()
	stored, err := m.store.IDs(ctx)
	if err != nil {
		return fmt.Errorf("list services: %w", err)
	}
	others := make(map[project.ID]bool)
	for _, other := range append(ids, stored...) {
		if other != id && other.Workspace() == id.Workspace() {
			others[other] = true
		}
	}
	if len(others) >= m.options.Services {
		return fault.ManyServices(id.Workspace(), m.options.Services)
	}
	return nil
}

// DeleteProject deletes a service and all its nodes: the database first, so
// that nothing is left when it fails or is killed between and repeated. A
// passive server leaves the database alone.
// Returns fault.NoService and fault.DeploymentInProgress.
func (m *Management) DeleteProject(ctx context.Context, id project.ID) (*project.Project, error) {
	r, err := m.reserve(ctx, id)
	if err != nil {
		return nil, err
	}
	defer r.release()
	p, err := m.stored(ctx, id)
	if err != nil {
		return nil, err
	}
	if !m.options.Passive {
		if err := m.connector.Database(id).Drop(ctx); err != nil {
			return nil, storage("The service was not deleted", err)
		}
	}
	if err := m.store.DeleteProject(ctx, id); err != nil {
		return nil, storage("The service was emptied, but not deleted", err)
	}
	m.options.Deleted(id)
	return p, nil
}

// Projects lists all services, by name and stage.
func (m *Management) Projects(ctx context.Context) ([]*project.Project, error) {
	projects, err := m.store.Projects(ctx)
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	slices.SortFunc(projects, func(a, b *project.Project) int {
		return cmp.Or(cmp.Compare(a.ID.Name, b.ID.Name), cmp.Compare(a.ID.Stage, b.ID.Stage))
	})
	return projects, nil
}

// ProjectToken returns a token for a service's data API, valid for a day; "" when the service has no secrets.
func (m *Management) ProjectToken(ctx context.Context, id project.ID) (string, error) {
	p, err := m.stored(ctx, id)
	if err != nil {
		return "", err
	}
	return auth.SignProject(p.Secrets)
}

// Migrations returns the history of a service, newest first; none for an unknown service.
func (m *Management) Migrations(ctx context.Context, id project.ID) ([]*migration.Migration, error) {
	return m.store.Migrations(ctx, id)
}

// MigrationStatus returns the oldest open migration of a service, or else the
// newest successful one, with the schema before it. Returns fault.NoService.
func (m *Management) MigrationStatus(ctx context.Context, id project.ID) (*migration.Migration, *schema.Schema, error) {
	if _, err := m.stored(ctx, id); err != nil {
		return nil, nil, err
	}
	history, err := m.store.Migrations(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	found := -1
	for i, one := range history {
		if one.Status.IsOpen() || one.Status == migration.Success && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return nil, nil, nil
	}
	return history[found], previousSchema(history[found+1:]), nil
}
