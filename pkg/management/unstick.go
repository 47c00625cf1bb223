package management

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// DeployLock returns which server changes a service, nil for none. Returns fault.NoService.
func (m *Management) DeployLock(ctx context.Context, id project.ID) (*connector.Holder, error) {
	if _, err := m.stored(ctx, id); err != nil {
		return nil, err
	}
	return m.store.Holder(ctx, id)
}

// ResolveMigration ends what keeps a service from being deployed: it takes the
// lock from whatever server has it, alive or not, which then changes nothing
// any more, and finishes or takes back what that one began. It returns the
// migrations that were open, as they are now, newest first. Returns
// fault.NoService, and fault.DeploymentInProgress when this server deploys.
func (m *Management) ResolveMigration(ctx context.Context, id project.ID) ([]*migration.Migration, error) {
	if _, err := m.stored(ctx, id); err != nil {
		return nil, err
	}
	r, err := m.seize(ctx, id)
	if err != nil {
		return nil, err
	}
	defer r.release()
	open, err := m.store.UnfinishedMigrations(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := r.repair(ctx); err != nil {
		return nil, storage("The migration could not be resolved", err)
	}
	history, err := m.store.Migrations(ctx, id)
	if err != nil {
		return nil, err
	}
	var resolved []*migration.Migration
	for _, one := range history {
		for _, was := range open {
			if was.Revision == one.Revision {
				resolved = append(resolved, one)
			}
		}
	}
	return resolved, nil
}

func (c *call) deployLock(ctx context.Context, f graphql.Field) (any, error) {
	id, err := c.named(f.Name, f.Argument)
	if err != nil {
		return nil, err
	}
	h, err := c.DeployLock(ctx, id)
	if err != nil || h == nil {
		return nil, err
	}
	return graphql.Record{Type: "DeployLock", Values: map[string]any{
		"holder": h.Name, "since": moment(h.Since), "silentSeconds": int(h.Silent.Seconds()),
	}}, nil
}

func (c *call) resolveMigration(ctx context.Context, f graphql.Field) (any, error) {
	input := f.Argument("input")
	id, err := c.named(f.Name, input.Field)
	if err != nil {
		return nil, err
	}
	resolved, err := c.ResolveMigration(ctx, id)
	if err != nil {
		return nil, err
	}
	history, err := c.Migrations(ctx, id)
	if err != nil {
		return nil, err
	}
	records := graphql.ListOf(resolved, func(one *migration.Migration) any {
		return c.migrationRecord(one, previousSchema(older(history, one.Revision)))
	})
	return payload("ResolveMigrationPayload", input, map[string]any{"migrations": records}), nil
}

// older returns the part of a history before a revision.
func older(history []*migration.Migration, revision int) []*migration.Migration {
	for i, one := range history {
		if one.Revision < revision {
			return history[i:]
		}
	}
	return nil
}
