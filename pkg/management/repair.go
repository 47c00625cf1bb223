package management

import (
	"context"
	"time"

	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// interrupted is the error of a migration whose server ended before its tables were changed.
const interrupted = "The server stopped while this migration ran. Nothing was changed."

// halfDone is the same where tables change one by one.
const halfDone = "The server stopped while this migration ran. Some tables may be changed already; the next deploy goes on from there."

// repair closes the migrations that a killed server left open. A service's
// database keeps the revision of its tables, written in the transaction that
// changed them, so it knows whether a migration took place.
func (m *Management) repair(ctx context.Context) error {
	open, err := m.store.UnfinishedMigrations(ctx)
	if err != nil {
		return err
	}
	for _, one := range open {
		if err := m.close(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// repairProject does the same for one service, before a deploy: another server
// on the same database may have been killed. The caller has reserved the project.
func (m *Management) repairProject(ctx context.Context, id project.ID) error {
	open, err := m.store.UnfinishedMigrations(ctx)
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.Project != id {
			continue
		}
		if err := m.close(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// close records what became of an open migration.
func (m *Management) close(ctx context.Context, one *migration.Migration) error {
	revision, err := m.connector.Database(one.Project).Revision(ctx)
	if err != nil {
		return err
	}
	switch {
	case revision == one.Revision:
		finish(one)
	case m.connector.Facts().DDLInTx:
		takeBack(one, interrupted)
	default:
		takeBack(one, halfDone)
		one.Status = migration.RollbackFailure
	}
	m.log.Warn("closed a migration that was left open", "service", m.connector.ProjectText(one.Project),
		"revision", one.Revision, "status", string(one.Status))
	return m.store.UpdateMigration(ctx, one)
}

// finish marks a migration whose tables are changed.
func finish(one *migration.Migration) {
	one.Status = migration.Success
	one.Applied = len(one.Steps)
	one.FinishedAt = now()
}

// takeBack marks a migration that changed nothing, and why.
func takeBack(one *migration.Migration, reason string) {
	one.Status = migration.RollbackSuccess
	one.Applied, one.RolledBack = 0, 0
	one.Errors = []string{reason}
	one.FinishedAt = now()
}

// now is the time as the history keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
