package management

import (
	"context"
	"errors"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
)

// interrupted is the error of a migration whose server ended before its tables were changed.
const interrupted = "The server stopped while this migration ran. Nothing was changed."

// halfDone begins the error of a migration that was not even taken back.
const halfDone = "The server stopped while this migration ran, and what it did could not be taken back; the next deploy tries again. "

// repair closes the migrations that killed servers left open. A service's
// database keeps the revision of its tables, written in the transaction that
// changed them, so it knows whether a migration took place. Services that
// somebody may be changing are passed over.
func (m *Management) repair(ctx context.Context) error {
	open, err := m.store.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, id := range open {
		lock := func() (*connector.Lock, error) {
			lock, _, err := m.store.Lock(ctx, id, holderName(), m.lease)
			if lock == nil && err == nil {
				return nil, fault.New(fault.DeploymentInProgress, inProgress)
			}
			return lock, err
		}
		r, err := m.reserved(id, lock)
		if fault.CodeOf(err) == fault.DeploymentInProgress {
			continue
		}
		if err == nil {
			err = r.repair(ctx)
			r.release()
		}
		if err != nil { // the next deploy says it, too; other services go on
			m.log.Error("a deploy of an earlier run could not be finished", "service", m.connector.ProjectText(id), "cause", err)
		}
	}
	return nil
}

// Watch closes the migrations of servers that were killed, until ctx ends.
func (m *Management) Watch(ctx context.Context) {
	ticker := time.NewTicker(m.lease)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := m.repair(ctx); err != nil && ctx.Err() == nil {
			m.log.Warn("looking for deploys of killed servers failed", "cause", err)
		}
	}
}

// repair does the same for one service that is reserved.
func (r *reservation) repair(ctx context.Context) error {
	failed := r.connector.Database(r.id).Recover(ctx, r.lock)
	open, err := r.store.UnfinishedMigrations(ctx, r.id)
	if err != nil {
		return errors.Join(failed, err)
	}
	for _, one := range open {
		if err := r.close(ctx, one, failed); err != nil {
			return err
		}
	}
	return failed
}

// close records what became of an open migration, which failed to be taken back
// if failed is not nil.
func (m *Management) close(ctx context.Context, one *migration.Migration, failed error) error {
	revision, err := m.connector.Database(one.Project).Revision(ctx)
	if err != nil {
		return err
	}
	switch {
	case revision == one.Revision:
		finish(one)
	case failed != nil:
		takeBack(one, halfDone+failed.Error())
		one.Status = migration.RollbackFailure
	default:
		takeBack(one, interrupted)
	}
	if open, err := m.store.CloseMigration(ctx, one); err != nil || !open {
		return err
	}
	m.log.Warn("closed a migration that was left open", "service", m.connector.ProjectText(one.Project),
		"revision", one.Revision, "status", string(one.Status))
	return nil
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
