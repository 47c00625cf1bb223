package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// sizeTime is how long a measured size is believed.
const sizeTime = time.Second

// A storage is what a service may store. Goroutines share it.
//
// The size is measured before a write that can make it grow: when the last one
// is older than sizeTime, and whenever the requests since then could have
// reached the limit. So a service exceeds it by the requests of a moment at most.
type storage struct {
	limit int64 // bytes; 0 is none
	sent  atomic.Int64

	mu       sync.Mutex
	size     int64
	measured time.Time
}

// note says that a request of so many bytes came, which may be stored.
func (s *storage) note(bytes int) {
	if s.limit > 0 {
		s.sent.Add(int64(bytes))
	}
}

// room returns fault.StorageFull when the database has reached the limit.
func (s *storage) room(ctx context.Context, db *connector.Database) error {
	if s.limit == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.measured) > sizeTime || s.size+s.sent.Load() >= s.limit {
		sent := s.sent.Load()
		size, err := db.Size(ctx)
		if err != nil {
			return err
		}
		s.size, s.measured = size, time.Now()
		s.sent.Add(-sent)
	}
	if s.size >= s.limit {
		return fault.FullStorage(s.size, s.limit)
	}
	return nil
}

// roomFor is room for the fields of a plan that can store something.
func (s *Service) roomFor(ctx context.Context, fields ...plan.Field) error {
	for i := range fields {
		if grows(&fields[i]) {
			return s.storage.room(ctx, s.database)
		}
	}
	return nil
}

// grows tells whether a root field can make the database larger. Of raw SQL nobody knows.
func grows(f *plan.Field) bool {
	if f.Err != nil {
		return false
	}
	switch f.Write.(type) {
	case nil:
		return f.IsRaw
	case *plan.Delete, *plan.DeleteMany:
		return false
	}
	return true
}
