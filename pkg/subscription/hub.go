// Package subscription brings what mutations did to the clients that wait for it.
//
//	engine → Hub.Publish → topic of the project → one payload per distinct subscription → Subscriber.Next
//	                     → post → other servers on the database → their topics
package subscription

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/connector"
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
	working sync.WaitGroup       // topics that send, and the post
	post    atomic.Pointer[post] // nil when there are no other servers

	mu     sync.RWMutex
	topics map[project.ID]*topic
	closed bool
}

// New returns a hub without subscribers. Close ends it.
func New() *Hub {
	h := &Hub{topics: make(map[project.ID]*topic)}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// Share exchanges events with the other servers on a database, until Close. It is called once.
func (h *Hub) Share(mail Mail, log *slog.Logger) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	p := newPost(h, mail, log)
	h.post.Store(p)
	h.working.Go(func() { p.send(h.ctx) })
	h.working.Go(func() { p.receive(h.ctx) })
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
		t = newTopic(h, id)
		h.topics[id] = t
	}
	member := &member{to}
	t.add(s, member)
	h.waiting.Add(1)
	if p := h.post.Load(); p != nil {
		select {
		case p.wake <- struct{}{}:
		default: // it is awake
		}
	}
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

// Wanted tells which models' events somebody waits for, here or at another
// server, nil for none. Of another server it knows after freshTime at the latest.
func (h *Hub) Wanted(id project.ID) func(model string) bool {
	here, p := h.wantedHere(id), h.post.Load()
	if p == nil {
		return here
	}
	if p.refresh(); p.remote.Load() == 0 {
		return here
	}
	return func(model string) bool {
		return here != nil && here(model) || len(p.listeners(connector.Topic{Project: id, Model: model})) > 0
	}
}

func (h *Hub) wantedHere(id project.ID) func(model string) bool {
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
	h.deliver(id, requestID, events)
	if p := h.post.Load(); p != nil {
		p.publish(id, requestID, events)
	}
}

// deliver queues events for those who wait here.
func (h *Hub) deliver(id project.ID, requestID string, events []plan.Event) {
	h.mu.RLock()
	t := h.topics[id]
	if t == nil || h.closed || !t.push(requestID, events) {
		h.mu.RUnlock()
		return
	}
	h.working.Go(t.work)
	h.mu.RUnlock()
}

// lose ends the subscriptions of a service that have missed events.
func (h *Hub) lose(id project.ID) {
	h.mu.RLock()
	t := h.topics[id]
	h.mu.RUnlock()
	if t != nil {
		h.end(t, EventsLost, func(*engine.Subscription) bool { return true })
	}
}

func (h *Hub) end(t *topic, reason string, which func(*engine.Subscription) bool) {
	members := t.clear(which)
	h.waiting.Add(-int64(len(members)))
	for _, m := range members {
		m.to.End(reason)
	}
}

// wanted returns the topics that somebody waits for here, in order.
func (h *Hub) wanted() []connector.Topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var all []connector.Topic
	for id, t := range h.topics {
		for _, model := range t.wanted() {
			all = append(all, connector.Topic{Project: id, Model: model})
		}
	}
	slices.SortFunc(all, func(a, b connector.Topic) int {
		return cmp.Or(strings.Compare(a.Project.Name, b.Project.Name), strings.Compare(a.Project.Stage, b.Project.Stage), strings.Compare(a.Model, b.Model))
	})
	return all
}

// Deployed ends the subscriptions that were made for another schema than the
// one that a service has now; all of them when there is no service any more and
// p is nil.
func (h *Hub) Deployed(id project.ID, p *project.Project) {
	h.mu.RLock()
	t := h.topics[id]
	h.mu.RUnlock()
	if t != nil {
		h.end(t, SchemaChanged, func(s *engine.Subscription) bool { return p == nil || !s.Fits(p) })
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
