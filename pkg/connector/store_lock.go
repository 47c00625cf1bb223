package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// ErrLockLost says that a lock was not renewed in time and somebody else has it.
var ErrLockLost = errors.New("another server took the deploy lock over, because this one gave no sign of life for too long")

// A Lock is the sole right to change one project, also among the servers on one
// database: a row of a table that Prisma 1 does not know. It must be renewed;
// one that was not for a while may be taken over. All times are by the clock
// of the database.
type Lock struct {
	store   *Store
	project project.ID
	owner   string
}

// A Holder is who has a lock.
type Holder struct {
	Owner  string
	Name   string        // for people: host and process
	Since  time.Time     // when it was taken
	Silent time.Duration // since it was taken or last renewed
}

// Lock takes the lock of a project for name. When somebody has it who was
// silent for less than lease, it returns no lock but who that is.
func (s *Store) Lock(ctx context.Context, id project.ID, name string, lease time.Duration) (*Lock, *Holder, error) {
	l := &Lock{store: s, project: id, owner: cuid.New()}
	now := s.now
	insert := `INTO {DeployLock} ("projectId", "owner", "holder", "since", "beat")
VALUES (?, ?, ?, ` + now + `, ` + now + `)`
	n, err := s.met(ctx, s.unlessThere(insert), s.text(id), l.owner, name)
	if err != nil || n == 1 {
		return l, nil, err
	}
	update := `UPDATE {DeployLock}
SET "owner" = ?, "holder" = ?, "since" = ` + now + `, "beat" = ` + now + `
WHERE "projectId" = ? AND "beat" < ` + now + ` - ?`
	n, err = s.met(ctx, update, l.owner, name, s.text(id), lease.Milliseconds())
	if err != nil || n == 1 {
		return l, nil, err
	}
	h, err := s.Holder(ctx, id)
	return nil, h, err
}

// Seize takes the lock of a project for name, whoever has it.
func (s *Store) Seize(ctx context.Context, id project.ID, name string) (*Lock, error) {
	for {
		l, _, err := s.Lock(ctx, id, name, -time.Hour)
		if l != nil || err != nil {
			return l, err
		}
	}
}

// Holder returns who has the lock of a project, nil for nobody.
func (s *Store) Holder(ctx context.Context, id project.ID) (*Holder, error) {
	query := `SELECT "owner", "holder", "since", ` + s.now + ` - "beat"
FROM {DeployLock}
WHERE "projectId" = ?`
	found, err := collect(ctx, s, query, []any{s.text(id)}, func(r record) (*Holder, error) {
		return &Holder{
			Owner: r.text(0), Name: r.text(1), Since: time.UnixMilli(r.number(2)).UTC(),
			Silent: time.Duration(r.number(3)) * time.Millisecond,
		}, nil
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// renew is the statement that gives a sign of life; it meets no row when the lock is lost.
func (l *Lock) renew() (text string, args []any) {
	s := l.store
	return s.sql(`UPDATE {DeployLock} SET "beat" = ` + s.now + ` WHERE "projectId" = ? AND "owner" = ?`),
		[]any{s.text(l.project), l.owner}
}

// Renew gives a sign of life. Returns ErrLockLost.
func (l *Lock) Renew(ctx context.Context) error {
	return l.store.place.write(ctx, func(c session) error { return l.hold(ctx, c) })
}

// hold renews the lock in a transaction: nobody else gets it before that ends.
// A nil lock is one that nobody contends for.
func (l *Lock) hold(ctx context.Context, c session) error {
	if l == nil {
		return nil
	}
	text, args := l.renew()
	n, err := c.exec(ctx, text, args)
	if err == nil && n == 0 {
		err = ErrLockLost
	}
	return err
}

// Release gives the lock back. One that is lost is no error.
func (l *Lock) Release(ctx context.Context) error {
	s := l.store
	if err := s.exec(ctx, `DELETE FROM {DeployLock} WHERE "projectId" = ? AND "owner" = ?`, s.text(l.project), l.owner); err != nil {
		return fmt.Errorf("release the deploy lock of %s: %w", s.text(l.project), err)
	}
	return nil
}

// unlessThere completes an INSERT that leaves a row alone that is there.
func (s *Store) unlessThere(into string) string {
	if s.facts.Conflict == dialect.InsertIgnore {
		return "INSERT IGNORE " + into
	}
	return "INSERT " + into + "\n" + string(s.facts.Conflict)
}

// met runs a statement in a transaction of its own and returns how many rows it met.
func (s *Store) met(ctx context.Context, text string, args ...any) (n int64, err error) {
	err = s.place.write(ctx, func(c session) (err error) {
		n, err = c.exec(ctx, s.sql(text), args)
		return err
	})
	return n, err
}
