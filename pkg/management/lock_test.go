package management

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// few are small enough to be deployed often.
var few = []string{"type A { id: ID! @id a: String }", "type A { id: ID! @id b: Int }\ntype B { id: ID! @id }"}

// pair runs f with two servers on one database that has the service.
func pair(t *testing.T, f func(t *testing.T, config connector.Config, a, b *Management)) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("belongs to one server")
		}
		_, a := mustOpen(t, config)
		_, b := mustOpen(t, config)
		addShop(t, a)
		f(t, config, a, b)
	})
}

// Two servers that deploy one service at the same moment: one after the other,
// or one is refused with 4008.
func TestTwoServers(t *testing.T) {
	pair(t, func(t *testing.T, _ connector.Config, a, b *Management) {
		rounds := 6
		if os.Getenv("PRISMA1_TEST_LONG") != "" {
			rounds = 100
		}
		for range rounds {
			var both sync.WaitGroup
			var failed [2]error
			for i, m := range []*Management{a, b} {
				both.Go(func() { failed[i] = deployed(t.Context(), m, few[i]) })
			}
			both.Wait()
			for _, err := range failed {
				if err != nil && fault.CodeOf(err) != fault.DeploymentInProgress {
					t.Fatal(err)
				}
			}
			if failed[0] != nil && failed[1] != nil {
				t.Fatalf("both were refused: %v", failed)
			}
		}
		checkState(t, a.connector, a)
		checkTurns(t, a)
	})
}

// Two servers in processes of their own.
func TestTwoProcesses(t *testing.T) {
	pair(t, func(t *testing.T, config connector.Config, a, _ *Management) {
		var waits []func() bool
		for _, types := range [][]string{few, {few[1], few[0]}} {
			_, _, wait := child{Config: config, Types: types, Deploys: 6}.start(t)
			waits = append(waits, wait)
		}
		for _, wait := range waits {
			wait()
		}
		checkState(t, a.connector, a)
		checkTurns(t, a)
	})
}

// checkTurns fails when two migrations ran at once or one did not succeed.
func checkTurns(t *testing.T, m *Management) {
	t.Helper()
	history, err := m.Migrations(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(history)
	for i, one := range history[1:] { // the first is the empty service
		if one.Status != migration.Success {
			t.Errorf("revision %d is %s: %v", one.Revision, one.Status, one.Errors)
		}
		if before := history[i]; one.Revision != before.Revision+1 || one.StartedAt.Before(before.FinishedAt.Truncate(time.Second)) {
			t.Errorf("revision %d began at %s, before revision %d ended at %s", one.Revision, one.StartedAt, before.Revision, before.FinishedAt)
		}
	}
}

// A server that is refused says who deploys, and since when.
func TestRefusalNamesTheServer(t *testing.T) {
	pair(t, func(t *testing.T, _ connector.Config, a, b *Management) {
		r, err := a.reserve(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		err = deployed(t.Context(), b, few[0])
		if fault.CodeOf(err) != fault.DeploymentInProgress || !strings.HasPrefix(err.Error(), inProgress+" It was begun at 20") || !strings.Contains(err.Error(), "by the server on ") {
			t.Errorf("got %v", err)
		}
		r.release()
		if err := deployed(t.Context(), b, few[0]); err != nil {
			t.Error(err)
		}
	})
}

// A server whose lock was taken over changes nothing any more.
func TestLostLock(t *testing.T) {
	pair(t, func(t *testing.T, _ connector.Config, a, b *Management) {
		r, err := a.reserve(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		defer r.release()
		d := &deploy{reservation: r, in: DeployInput{ID: shop, Types: few[0]}, db: a.connector.Database(shop)}
		if d.current, err = a.stored(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		if err := d.plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		taken, err := b.seize(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		err = d.db.Migrate(t.Context(), connector.Run{Revision: 2, Steps: d.changes, Lock: d.lock})
		if !errors.Is(err, connector.ErrLockLost) {
			t.Errorf("a migration without the lock: %v", err)
		}
		if tables, err := d.db.Inspect(t.Context()); err != nil || len(tables) > 0 {
			t.Errorf("it made %v, %v", tables, err)
		}
		select {
		case <-r.ctx.Done():
		case <-time.After(time.Minute):
			t.Error("the reservation does not notice")
		}
		taken.release()
	})
}

// A service is served at the revision to which another server deployed it.
func TestServiceOfAnotherServer(t *testing.T) {
	pair(t, func(t *testing.T, _ connector.Config, a, b *Management) {
		gone := 0
		b.options.Deleted = func(project.ID) { gone++ }
		for i, types := range few {
			if err := deployed(t.Context(), a, types); err != nil {
				t.Fatal(err)
			}
			p, err := b.Project(t.Context(), shop)
			if err != nil || p.Revision != i+2 || p.Datamodel != types {
				t.Fatalf("the other server has %+v, %v", p, err)
			}
			if again, err := b.Project(t.Context(), shop); err != nil || again != p {
				t.Errorf("it loaded what did not change again: %v", err)
			}
		}
		if _, err := a.DeleteProject(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		if p, err := b.Project(t.Context(), shop); fault.CodeOf(err) != fault.ProjectNotFound || gone != 1 {
			t.Errorf("of a deleted service the other server has %+v, %v", p, err)
		}
	})
}

// To resolve takes the lock from a server that is alive and closes what it began.
func TestResolve(t *testing.T) {
	pair(t, func(t *testing.T, _ connector.Config, a, b *Management) {
		r, err := a.reserve(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		defer r.release()
		if held, err := b.DeployLock(t.Context(), shop); err != nil || held == nil || held.Owner == "" {
			t.Errorf("the lock is held by %+v, %v", held, err)
		}
		current, err := a.stored(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		hanging := &migration.Migration{Project: shop, Status: migration.InProgress, Schema: current.Schema, StartedAt: now()}
		if err := a.store.CreateMigration(t.Context(), hanging); err != nil {
			t.Fatal(err)
		}
		resolved, err := b.ResolveMigration(t.Context(), shop)
		if err != nil || len(resolved) != 1 || resolved[0].Revision != hanging.Revision || resolved[0].Status != migration.RollbackSuccess || len(resolved[0].Errors) != 1 {
			t.Errorf("resolved are %+v, %v", resolved, err)
		}
		if held, err := b.DeployLock(t.Context(), shop); err != nil || held != nil {
			t.Errorf("afterwards the lock is held by %+v, %v", held, err)
		}
		if err := deployed(t.Context(), b, few[0]); err != nil {
			t.Error(err)
		}
	})
}
