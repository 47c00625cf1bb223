package engine

import (
	"context"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

const (
	sizeTime  = time.Second // how long a measured size is believed
	sizeBytes = 5_000_000   // of writes after which it is not, and which are always asked about before the limit
)

// leastWrite is how many bytes must be left for a write to be worth a try.
const leastWrite = 1000

// A storage is what a service may store. Goroutines share it.
//
// The size is measured before a write that can make it grow: when the last one
// is older than sizeTime, when the writes since then come to sizeBytes, and
// near the limit. Each write takes what it is about to store, and
// fails when that is too much. So a service exceeds its limit by what the
// database needs beside the values of the last writes.
type storage struct {
	limit int64         // bytes; 0 is none
	late  time.Duration // how old a size is that was just measured

	mu       sync.Mutex
	size     int64 // when it was measured
	measured time.Time
	running  int64   // bytes of writes that run
	ended    []ended // writes that the measured size may not have, the oldest first
	since    int64   // bytes of all ended
}

// An ended write stored some bytes up to a time.
type ended struct {
	at    time.Time
	bytes int64
}

// A room is what one write takes from a storage.
type room struct {
	storage *storage
	taken   int64
}

// admit lets a write go on that can make the database grow, with a room that it
// gives back by leave. Returns fault.StorageFull when the limit is reached.
func (s *storage) admit(ctx context.Context, db *connector.Database) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.measured) > sizeTime || s.since > sizeBytes || s.size+s.since+sizeBytes >= s.limit {
		if err := s.measure(ctx, db); err != nil {
			return nil, err
		}
	}
	if size := s.size + s.since; size+leastWrite >= s.limit {
		return nil, fault.FullStorage(size, s.limit)
	}
	return &room{storage: s}, nil
}

// measure asks for the size, which then has the writes that ended long enough before.
func (s *storage) measure(ctx context.Context, db *connector.Database) error {
	asked := time.Now()
	size, err := db.Size(ctx)
	if err != nil {
		return err
	}
	s.size, s.measured = size, asked
	old := 0
	for old < len(s.ended) && s.ended[old].at.Before(asked.Add(-s.late)) {
		s.since -= s.ended[old].bytes
		old++
	}
	s.ended = append(s.ended[:0], s.ended[old:]...)
	return nil
}

// Take takes bytes that are about to be stored. Returns fault.StorageFull for what is too much.
func (r *room) Take(bytes int64) error {
	s := r.storage
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes > 0 && s.size+s.since+s.running+bytes > s.limit {
		return fault.TooLittleStorage(s.size+s.since+s.running-r.taken, s.limit)
	}
	r.taken += bytes
	s.running += bytes
	return nil
}

// leave notes what was taken as stored. That of one moment is noted together.
func (r *room) leave() {
	s := r.storage
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running -= r.taken
	s.since += r.taken
	now := time.Now()
	if last := len(s.ended) - 1; last >= 0 && now.Sub(s.ended[last].at) < sizeTime/10 {
		s.ended[last] = ended{now, s.ended[last].bytes + r.taken}
		return
	}
	s.ended = append(s.ended, ended{now, r.taken})
}

// roomFor returns the context in which fields of a plan are run, those that can
// store something with a room; leave ends it.
func (s *Service) roomFor(ctx context.Context, fields ...plan.Field) (within context.Context, leave func(), err error) {
	if s.storage.limit == 0 {
		return ctx, func() {}, nil
	}
	for i := range fields {
		if !grows(&fields[i]) {
			continue
		}
		r, err := s.storage.admit(ctx, s.database)
		if err != nil {
			return ctx, func() {}, err
		}
		return connector.WithRoom(ctx, r), r.leave, nil
	}
	return ctx, func() {}, nil
}

// grows tells whether a root field can make the database larger. Of raw SQL
// nobody knows. The update of one node that sets no text and makes nothing else
// does not: that is how a full service can be helped.
func grows(f *plan.Field) bool {
	if f.Err != nil {
		return false
	}
	switch write := f.Write.(type) {
	case nil:
		return f.IsRaw
	case *plan.Delete, *plan.DeleteMany:
		return false
	case *plan.Update:
		return updateGrows(write)
	}
	return true
}

func updateGrows(u *plan.Update) bool {
	for _, a := range u.Values {
		if a.Value.Text != "" {
			return true
		}
	}
	for _, list := range u.Lists {
		if len(list.Values) > 0 {
			return true
		}
	}
	for _, nested := range u.Nested {
		switch n := nested.(type) {
		case *plan.NestedDelete, *plan.NestedDeleteMany, *plan.NestedDisconnect:
		case *plan.NestedUpdate:
			if updateGrows(n.Update) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
