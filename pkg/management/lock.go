package management

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
)

const (
	beatTime  = time.Second      // between signs of life of who changes a project
	leaseTime = 10 * time.Second // of silence after which another server takes over
)

const inProgress = "You can not deploy to a service stage while there is a deployment in progress or a pending deployment scheduled already. Please try again after the deployment finished."

// A reservation makes its owner the only one who changes a project, among the
// goroutines of this server and among all servers on the database. It gives
// signs of life until it is released.
type reservation struct {
	*Management
	id   project.ID
	lock *connector.Lock

	// ctx ends when another server took the lock over.
	ctx    context.Context
	cancel context.CancelCauseFunc
	beats  chan struct{} // closed when there are no more

	running atomic.Pointer[migration.Migration] // whose progress is recorded, nil for none
	applied atomic.Int64                        // steps of it that are done
}

// reserve makes the caller the only one who changes a project. Where a server
// that has the lock gives no sign of life, it waits until that one is up, or
// takes over. Returns fault.DeploymentInProgress; release ends it.
func (m *Management) reserve(ctx context.Context, id project.ID) (*reservation, error) {
	return m.reserved(id, func() (*connector.Lock, error) { return m.await(ctx, id) })
}

// seize is reserve that takes the lock from whatever other server has it.
func (m *Management) seize(ctx context.Context, id project.ID) (*reservation, error) {
	return m.reserved(id, func() (*connector.Lock, error) { return m.store.Seize(ctx, id, holderName()) })
}

func (m *Management) reserved(id project.ID, take func() (*connector.Lock, error)) (*reservation, error) {
	if !m.occupy(id) {
		return nil, fault.New(fault.DeploymentInProgress, inProgress)
	}
	lock, err := take()
	if err != nil {
		m.vacate(id)
		return nil, err
	}
	r := &reservation{Management: m, id: id, lock: lock, beats: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	go r.beat()
	return r, nil
}

// occupy makes the caller the only one in this server, and tells whether that worked.
func (m *Management) occupy(id project.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.busy[id] {
		return false
	}
	m.busy[id] = true
	m.changes++
	return true
}

// vacate ends occupy. What was loaded before may be outdated.
func (m *Management) vacate(id project.ID) {
	m.mu.Lock()
	m.changes++
	delete(m.busy, id)
	delete(m.projects, id)
	m.mu.Unlock()
	m.options.Changed(id)
}

// await takes the lock of a project. Another server that has it is watched
// until it gives it back, gives a sign of life or is silent for too long.
func (m *Management) await(ctx context.Context, id project.ID) (*connector.Lock, error) {
	var first *connector.Holder
	for {
		lock, held, err := m.store.Lock(ctx, id, holderName(), m.lease)
		if lock != nil || err != nil {
			return lock, err
		}
		switch {
		case held == nil: // given back just now
			continue
		case first == nil:
			first = held
		case held.Owner != first.Owner || held.Silent < first.Silent:
			return nil, fault.New(fault.DeploymentInProgress, "%s It was begun at %s by %s.", inProgress, held.Since.Format(time.DateTime+" UTC"), held.Name)
		}
		first.Silent = max(first.Silent, held.Silent)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(m.pulse / 4):
		}
	}
}

// holderName names this server to people.
func holderName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("the server on %.150s (process %d)", host, os.Getpid())
}

// beat gives signs of life and records progress until the reservation is
// released. When the lock is lost, or could not be renewed for so long that it
// may be, what runs under it is stopped.
func (r *reservation) beat() {
	defer close(r.beats)
	ticker := time.NewTicker(r.pulse)
	defer ticker.Stop()
	renewed := time.Now()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-ticker.C:
		}
		ctx, stop := context.WithDeadline(r.ctx, renewed.Add(r.lease))
		now := time.Now()
		err := r.lock.Renew(ctx)
		stop()
		switch {
		case err == nil:
			renewed = now
		case errors.Is(err, connector.ErrLockLost) || time.Since(renewed) >= r.lease:
			r.cancel(fmt.Errorf("renew the deploy lock: %w", err))
			return
		}
		r.recordProgress()
	}
}

// recordProgress lets migrationStatus tell how far a migration is.
func (r *reservation) recordProgress() {
	one, applied := r.running.Load(), int(r.applied.Load())
	if one == nil || applied == 0 {
		return
	}
	if err := r.store.UpdateProgress(r.ctx, one.Project, one.Revision, applied); err != nil && r.ctx.Err() == nil {
		r.log.Warn("the progress of a migration was not recorded", "service", r.connector.ProjectText(one.Project), "cause", err)
	}
}

// release ends the reservation.
func (r *reservation) release() {
	r.cancel(nil)
	<-r.beats
	ctx, stop := context.WithTimeout(context.Background(), r.lease)
	defer stop()
	if err := r.lock.Release(ctx); err != nil {
		r.log.Warn("the lock of a deploy was not given back, it ends by itself", "after", r.lease, "cause", err)
	}
	r.vacate(r.id)
}
