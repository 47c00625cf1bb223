package engine

import (
	"iter"
	"maps"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Calls is what was asked of one service since the process was started.
// Goroutines may share it.
type Calls struct {
	Answered atomic.Int64
	Took     atomic.Int64 // ns, all together
	Failed   atomic.Int64 // errors in the answers
	Late     atomic.Int64 // calls that waited for their turn
	Waited   atomic.Int64 // ns, all together
	Refused  atomic.Int64 // calls for which there was no place to wait
}

// Note counts an answer and how long its call had to wait.
func (c *Calls) Note(took, waited time.Duration) {
	c.Answered.Add(1)
	c.Took.Add(int64(took))
	if waited > 0 {
		c.Late.Add(1)
		c.Waited.Add(int64(waited))
	}
}

// mostCounted is how many services are counted each for itself.
const mostCounted = 1000

// counted returns the counts of a service, which outlive what is compiled of it.
// e.mu is held.
func (e *Engine) counted(id project.ID) *Calls {
	if c := e.calls[id]; c != nil {
		return c
	}
	if len(e.calls) >= mostCounted {
		return &e.others
	}
	c := new(Calls)
	e.calls[id] = c
	return c
}

// AllCalls yields the counts of each service, and under the zero ID of those that are too many.
func (e *Engine) AllCalls() iter.Seq2[project.ID, *Calls] {
	e.mu.Lock()
	all := maps.Clone(e.calls)
	e.mu.Unlock()
	if e.others.Answered.Load() > 0 {
		all[project.ID{}] = &e.others
	}
	return maps.All(all)
}

// Refused counts a call that had no place to wait, if that is the error. A
// service that was never asked is passed over.
func (e *Engine) Refused(id project.ID, err error) {
	if fault.CodeOf(err) != fault.ThrottlerBufferFull {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.calls[id]; c != nil {
		c.Refused.Add(1)
	}
}

// Calls returns the counts of the service.
func (s *Service) Calls() *Calls { return s.calls }

// count counts errors that were answered.
func (s *Service) count(failures graphql.Errors) {
	for _, failure := range failures {
		s.failed(failure.Code)
	}
}

func (s *Service) failed(code fault.Code) {
	s.calls.Failed.Add(1)
	if s.options.Failed != nil {
		s.options.Failed(code)
	}
}
