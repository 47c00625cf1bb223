package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Mail brings texts from server to server; a connector.Store does.
type Mail interface {
	Listen(ctx context.Context, server string, topics []connector.Topic, lease time.Duration) error
	Renew(ctx context.Context, server string, lease time.Duration) (there bool, err error)
	Listeners(ctx context.Context, self string) ([]connector.Listener, error)
	Send(ctx context.Context, servers []string, body string) error
	Receive(ctx context.Context, server string) (bodies []string, more bool, err error)
}

const (
	lookTime   = 200 * time.Millisecond // between two looks for mail, while somebody waits here
	leaseTime  = 30 * time.Second       // for which the others send it
	freshTime  = time.Second            // for which is believed who listens
	askTime    = 2 * time.Second        // for the database to tell
	mostUnsent = 1000                   // letters
)

// A post exchanges events with the other servers on a database. What they do
// is theirs to queue: each server keeps only what it has not sent yet.
type post struct {
	hub    *Hub
	mail   Mail
	log    *slog.Logger
	server string        // this one
	out    chan letter   // to be sent
	wake   chan struct{} // somebody waits for another topic

	asked  atomic.Int64 // ns since 1970: when listeners were asked for
	remote atomic.Int64 // how many there are
	mu     sync.Mutex
	asking sync.Mutex
	topics map[connector.Topic][]string // servers that wait for them
	lost   map[project.ID]bool          // whose events could not all be sent; who waits for them is to be told
}

// A letter is the events of a mutation on their way.
type letter struct {
	servers   []string
	Project   project.ID
	RequestID string
	Events    []plan.Event
	Lost      bool // some before could not be sent
}

func newPost(h *Hub, mail Mail, log *slog.Logger) *post {
	return &post{
		hub: h, mail: mail, log: log, server: cuid.New(),
		out: make(chan letter, mostUnsent), wake: make(chan struct{}, 1), lost: make(map[project.ID]bool),
	}
}

// listeners returns the servers that wait for a topic, in order. Callers share the list and do not change it.
func (p *post) listeners(t connector.Topic) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.topics[t]
}

// refresh asks who listens, unless that was done just before.
func (p *post) refresh() {
	if p.isFresh() {
		return
	}
	p.asking.Lock()
	defer p.asking.Unlock()
	if p.isFresh() { // who waited for the answer has it
		return
	}
	ctx, cancel := context.WithTimeout(p.hub.ctx, askTime)
	defer cancel()
	found, err := p.mail.Listeners(ctx, p.server)
	p.asked.Store(time.Now().UnixNano())
	if err != nil {
		return // those known go on to count; a database that is away is told of elsewhere
	}
	topics := make(map[connector.Topic][]string)
	for _, l := range found {
		topics[l.Topic] = append(topics[l.Topic], l.Server)
	}
	for _, servers := range topics {
		slices.Sort(servers)
	}
	p.mu.Lock()
	p.topics = topics
	p.mu.Unlock()
	p.remote.Store(int64(len(found)))
}

func (p *post) isFresh() bool { return time.Now().UnixNano()-p.asked.Load() < int64(freshTime) }

// publish sends events to the servers that wait for them. It does not wait.
func (p *post) publish(id project.ID, requestID string, events []plan.Event) {
	if p.remote.Load() == 0 {
		return
	}
	letters := make(map[string]*letter)
	for _, e := range events {
		servers := p.listeners(connector.Topic{Project: id, Model: e.Model})
		if len(servers) == 0 {
			continue
		}
		key := strings.Join(servers, " ")
		if letters[key] == nil {
			letters[key] = &letter{servers: servers, Project: id, RequestID: requestID}
		}
		letters[key].Events = append(letters[key].Events, e)
	}
	for _, l := range letters {
		select {
		case p.out <- *l:
		default:
			p.lose(id, errors.New("the database takes them too slowly"))
		}
	}
}

// lose notes that other servers miss events of a service.
func (p *post) lose(id project.ID, cause error) {
	p.mu.Lock()
	known := p.lost[id]
	p.lost[id] = true
	p.mu.Unlock()
	if !known {
		p.log.Warn("events were not sent to other servers", "service", id.Name, "stage", id.Stage, "cause", cause)
	}
}

// send sends letters until ctx ends, and then those that are left.
func (p *post) send(ctx context.Context) {
	for ctx.Err() == nil {
		var again <-chan time.Time
		if !p.tellLost(ctx) {
			again = time.After(freshTime)
		}
		select {
		case <-ctx.Done():
		case l := <-p.out:
			p.sendOne(ctx, l)
		case <-again:
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	for {
		select {
		case l := <-p.out:
			p.sendOne(last, l)
		default:
			return
		}
	}
}

func (p *post) sendOne(ctx context.Context, l letter) {
	body, err := json.Marshal(l)
	if err == nil {
		err = p.mail.Send(ctx, l.servers, string(body))
	}
	if err != nil {
		p.lose(l.Project, err)
	}
}

// tellLost tells other servers that they missed events; false when that is still to be done.
func (p *post) tellLost(ctx context.Context) bool {
	p.mu.Lock()
	lost := p.lost
	p.lost = make(map[project.ID]bool)
	servers := make(map[project.ID][]string)
	for topic, list := range p.topics {
		servers[topic.Project] = append(servers[topic.Project], list...)
	}
	p.mu.Unlock()
	done := true
	for id := range lost {
		to := servers[id]
		slices.Sort(to)
		body, err := json.Marshal(letter{Project: id, Lost: true})
		if err == nil {
			err = p.mail.Send(ctx, slices.Compact(to), string(body))
		}
		if err != nil {
			p.mu.Lock()
			p.lost[id], done = true, false
			p.mu.Unlock()
		}
	}
	return done
}

// receive passes on the events of other servers until ctx ends. It looks for
// them only while somebody waits here.
func (p *post) receive(ctx context.Context) {
	var noted []connector.Topic
	var renewed time.Time
	failing := false
	for ctx.Err() == nil {
		topics := p.hub.wanted()
		err := p.keep(ctx, &noted, &renewed, topics)
		if err == nil && len(topics) > 0 {
			err = p.take(ctx)
		}
		if err != nil && !failing && ctx.Err() == nil {
			p.log.Warn("events of other servers are not received", "cause", err)
		}
		failing = err != nil
		var look <-chan time.Time
		if len(topics) > 0 || failing {
			look = time.After(lookTime)
		}
		select {
		case <-ctx.Done():
		case <-look:
		case <-p.wake:
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	if len(noted) > 0 {
		p.mail.Listen(ctx, p.server, nil, 0) // else the others send on until the lease ends
	}
}

// keep has the others know for which topics somebody waits here.
func (p *post) keep(ctx context.Context, noted *[]connector.Topic, renewed *time.Time, topics []connector.Topic) error {
	there := true
	if len(topics) > 0 && slices.Equal(*noted, topics) && time.Since(*renewed) > leaseTime/3 {
		var err error
		if there, err = p.mail.Renew(ctx, p.server, leaseTime); err != nil {
			return err
		}
		*renewed = time.Now()
	}
	if there && slices.Equal(*noted, topics) {
		return nil
	}
	if err := p.mail.Listen(ctx, p.server, topics, leaseTime); err != nil {
		return err
	}
	*noted, *renewed = topics, time.Now()
	return nil
}

// take passes on what has come.
func (p *post) take(ctx context.Context) error {
	for more := true; more; {
		var bodies []string
		var err error
		if bodies, more, err = p.mail.Receive(ctx, p.server); err != nil {
			return err
		}
		for _, body := range bodies {
			var l letter
			if err := json.Unmarshal([]byte(body), &l); err != nil {
				return errors.Join(errors.New("a letter of another server"), err)
			}
			if l.Lost {
				p.hub.lose(l.Project)
			}
			p.hub.deliver(l.Project, l.RequestID, l.Events)
		}
	}
	return nil
}
