// Package subscription brings what mutations did to the clients that wait for it.
//
//	engine → Hub.Publish → topic of the project → one payload per distinct subscription → Subscriber.Next
package subscription

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// A Subscriber is one subscription of one client. Neither method may wait.
type Subscriber interface {
	// Next gets what is sent for an event. Subscribers share it and do not change it.
	Next(payload []byte)
	// End says that nothing more comes, and why.
	End(reason string)
}

// What subscribers are told at their end.
const (
	SchemaChanged = "Schema changed" // Prisma 1's word
	EventsLost    = "Too many events came at once and some were not sent. Please subscribe again."
)

// ErrClosed is the answer of a hub that stops.
var ErrClosed = errors.New("the server stops")

// A Hub knows who waits for which events. Goroutines share it.
//
// Mutations only put their events into a queue of their service; one goroutine
// per service with queued events asks the database what to send, in order.
type Hub struct {
	waiting atomic.Int64 // subscribers; while there are none, mutations do no work for events
	events  atomic.Int64 // that were taken
	ctx     context.Context
	stop    context.CancelFunc
	working sync.WaitGroup // topics that send
	slots   chan struct{}  // distinct subscriptions that are evaluated at once

	mu     sync.RWMutex
	topics map[project.ID]*topic
	closed bool
}

// mostEvaluated is how many distinct subscriptions ask the database at the same time.
const mostEvaluated = 8

// New returns a hub without subscribers. Close ends it.
func New() *Hub {
	h := &Hub{slots: make(chan struct{}, mostEvaluated), topics: make(map[project.ID]*topic)}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// Add lets a subscriber wait for the events of a service until remove is called
// or it is told its end. Nothing more than a Next that is under way comes after remove.
func (h *Hub) Add(id project.ID, s *engine.Subscription, to Subscriber) (remove func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	t := h.topics[id]
	if t == nil {
		t = &topic{hub: h, id: id, groups: make(map[string]*group), models: make(map[string]int)}
		h.topics[id] = t
	}
	member := &member{to}
	t.add(s, member)
	h.waiting.Add(1)
	return func() { h.remove(t, s.Key(), member) }, nil
}

// remove takes a member out, and a topic that nobody waits for.
func (h *Hub) remove(t *topic, key string, m *member) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t.remove(key, m) {
		h.waiting.Add(-1)
	}
	if t.empty() && h.topics[t.id] == t {
		delete(h.topics, t.id)
	}
}

// Wanted tells which models' events somebody waits for, nil for none.
func (h *Hub) Wanted(id project.ID) func(model string) bool {
	if h.waiting.Load() == 0 {
		return nil
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if t := h.topics[id]; t != nil {
		return t.wants
	}
	return nil
}

// Publish queues the events of a mutation for those who wait for them.
func (h *Hub) Publish(id project.ID, requestID string, events []plan.Event) {
	h.mu.RLock()
	t := h.topics[id]
	if t == nil || h.closed || !t.push(requestID, events) {
		h.mu.RUnlock()
		return
	}
	h.working.Go(t.work)
	h.mu.RUnlock()
}

// Deployed ends the subscriptions that were made for another schema than the
// one that a service has now; all of them when there is no service any more and
// p is nil.
func (h *Hub) Deployed(id project.ID, p *project.Project) {
	h.mu.RLock()
	t := h.topics[id]
	h.mu.RUnlock()
	if t == nil {
		return
	}
	members := t.clear(func(s *engine.Subscription) bool { return p == nil || !s.Fits(p) })
	h.waiting.Add(-int64(len(members)))
	for _, m := range members {
		m.to.End(SchemaChanged)
	}
}

// Waiting is how many subscribers there are.
func (h *Hub) Waiting() int64 { return h.waiting.Load() }

// Events is how many events were taken so far.
func (h *Hub) Events() int64 { return h.events.Load() }

// Projects returns the services for whose events somebody waits.
func (h *Hub) Projects() []project.ID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var ids []project.ID
	for id := range h.topics {
		ids = append(ids, id)
	}
	return ids
}

// Close stops what is being sent and waits for that. Nobody is told: whoever
// closes the hub has ended its subscribers.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.stop()
	h.working.Wait()
}
