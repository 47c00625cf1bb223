package subscription

import (
	"maps"
	"slices"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Bounds of the events that wait in one topic. Who cannot be told of all of
// them is told that.
const (
	mostQueued      = 10_000
	mostQueuedBytes = 16 << 20 // of previous values
)

// A topic is the events of one service and who waits for them.
type topic struct {
	hub   *Hub
	id    project.ID
	slots chan struct{} // of groups that ask the database

	mu      sync.Mutex
	groups  map[string]*group // by the key of their subscription
	models  map[string]int    // groups that wait for events of a model
	queue   []queued
	bytes   int
	full    bool // events were lost
	working bool // work runs, or is about to
}

// mostEvaluated is how many groups of a topic ask the database at the same time.
const mostEvaluated = 8

func newTopic(h *Hub, id project.ID) *topic {
	return &topic{
		hub: h, id: id, slots: make(chan struct{}, mostEvaluated),
		groups: make(map[string]*group), models: make(map[string]int),
	}
}

// A group is who waits for the very same.
type group struct {
	subscription *engine.Subscription
	members      map[*member]struct{}
}

type member struct{ to Subscriber }

type queued struct {
	plan.Event
	requestID string
	bytes     int
}

func (t *topic) add(s *engine.Subscription, m *member) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.groups[s.Key()]
	if g == nil {
		g = &group{subscription: s, members: make(map[*member]struct{})}
		t.groups[s.Key()] = g
		t.models[s.Model()]++
	}
	g.members[m] = struct{}{}
}

// remove tells whether the member was still there.
func (t *topic) remove(key string, m *member) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.groups[key]
	if g == nil {
		return false
	}
	_, there := g.members[m]
	delete(g.members, m)
	if there && len(g.members) == 0 {
		t.drop(key, g)
	}
	return there
}

func (t *topic) drop(key string, g *group) {
	delete(t.groups, key)
	if t.models[g.subscription.Model()]--; t.models[g.subscription.Model()] == 0 {
		delete(t.models, g.subscription.Model())
	}
}

// clear takes the members of some subscriptions out.
func (t *topic) clear(which func(*engine.Subscription) bool) []*member {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cleared(which)
}

func (t *topic) cleared(which func(*engine.Subscription) bool) []*member {
	var all []*member
	for key, g := range t.groups {
		if !which(g.subscription) {
			continue
		}
		for m := range g.members {
			all = append(all, m)
		}
		clear(g.members)
		t.drop(key, g)
	}
	return all
}

func (t *topic) empty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.groups) == 0
}

func (t *topic) wants(model string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.models[model] > 0
}

// wanted returns the models whose events are waited for.
func (t *topic) wanted() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.models))
}

// push queues events and tells whether work must be started for them.
func (t *topic) push(requestID string, events []plan.Event) (start bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range events {
		if t.models[e.Model] == 0 {
			continue
		}
		if t.full = t.full || len(t.queue) == mostQueued || t.bytes > mostQueuedBytes; t.full {
			t.queue, t.bytes = nil, 0
			break
		}
		q := queued{Event: e, requestID: requestID, bytes: sizeOf(&e)}
		t.queue = append(t.queue, q)
		t.bytes += q.bytes
		t.hub.events.Add(1)
	}
	start = (t.full || len(t.queue) > 0) && !t.working
	t.working = t.working || start
	return start
}

func sizeOf(e *plan.Event) int {
	size := 0
	for _, p := range e.Previous {
		size += len(p.Value.Text)
	}
	return size
}

// work sends what is queued until nothing is.
func (t *topic) work() {
	for {
		next, groups, lost := t.next()
		for _, m := range lost {
			m.to.End(EventsLost)
		}
		if next == nil {
			return
		}
		t.send(next, groups)
	}
}

// next takes the first event, with the groups that wait for its model, or all
// members when there are too many events.
func (t *topic) next() (e *queued, groups []*group, lost []*member) {
	stopped := t.hub.ctx.Err() != nil
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.full {
		t.full = false
		lost = t.cleared(func(*engine.Subscription) bool { return true })
		t.hub.waiting.Add(-int64(len(lost)))
	}
	if len(t.queue) == 0 || stopped {
		t.working = false
		return nil, nil, lost
	}
	first := t.queue[0]
	t.queue[0] = queued{}
	t.queue = t.queue[1:]
	t.bytes -= first.bytes
	for _, g := range t.groups {
		if g.subscription.Model() == first.Model {
			groups = append(groups, g)
		}
	}
	return &first, groups, nil
}

// send evaluates each group's subscription once and waits until all have got what they get.
func (t *topic) send(e *queued, groups []*group) {
	var sending sync.WaitGroup
	for _, g := range groups {
		t.slots <- struct{}{}
		sending.Go(func() {
			defer func() { <-t.slots }()
			if payload := g.subscription.Payload(t.hub.ctx, e.requestID, &e.Event); payload != nil {
				t.deliver(g, payload)
			}
		})
	}
	sending.Wait()
}

func (t *topic) deliver(g *group, payload []byte) {
	t.mu.Lock()
	members := make([]*member, 0, len(g.members))
	for m := range g.members {
		members = append(members, m)
	}
	t.mu.Unlock()
	for _, m := range members {
		m.to.Next(payload)
	}
}
