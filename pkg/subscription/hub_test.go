package subscription

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

var shop = project.ID{Name: "shop", Stage: "dev"}

// subscription is one to the deletes of users, for which no table is asked.
func subscription(t *testing.T, c *connector.Connector) *engine.Subscription {
	t.Helper()
	document, err := datamodel.Parse("type User { id: ID! @id name: String }")
	if err != nil {
		t.Fatal(err)
	}
	s, inferErr := datamodel.Infer(document, &schema.Schema{})
	if inferErr != nil {
		t.Fatal(inferErr)
	}
	service, compileErr := engine.New(c, engine.Options{}).Service(&project.Project{ID: shop, Revision: 1, Schema: s})
	if compileErr != nil {
		t.Fatal(compileErr)
	}
	sub, errs := service.Subscribe(graphql.Request{Query: "subscription { user(where: { mutation_in: [DELETED] }) { previousValues { name } } }"})
	if errs != nil {
		t.Fatal(errs)
	}
	return sub
}

// A listener notes what it is told.
type listener chan string

func (l listener) Next(payload []byte) { l <- string(payload) }
func (l listener) End(reason string)   { l <- reason }

func deleted(name string) plan.Event {
	return plan.Event{Kind: plan.Deleted, Model: "User", ID: scalar.OfID("x"), Previous: []plan.Previous{{Field: "name", Value: scalar.OfString(name)}}}
}

func payloadOf(name string) string {
	return `{"data":{"user":{"previousValues":{"name":"` + name + `"}}}}`
}

func (l listener) want(t *testing.T, want string) {
	t.Helper()
	if got := <-l; got != want {
		t.Fatalf("got %.200s, want %s", got, want)
	}
}

// TestBounds: when more events wait than a topic keeps, who waits for them is told.
func TestBounds(t *testing.T) {
	t.Parallel()
	c := connectortest.Open(t, connector.Config{Connector: "sqlite", Memory: true})
	h := New()
	defer h.Close()
	for name, flood := range map[string]func(){
		"many": func() {
			for range mostQueued + 2 {
				h.Publish(shop, "r", []plan.Event{deleted("x")})
			}
		},
		"large": func() {
			for range 20 {
				h.Publish(shop, "r", []plan.Event{deleted(strings.Repeat("x", 1<<20))})
			}
		},
	} {
		l := make(listener, 10)
		remove, err := h.Add(shop, subscription(t, c), l)
		if err != nil {
			t.Fatal(err)
		}
		h.Publish(shop, "r", []plan.Event{deleted("before")})
		l.want(t, payloadOf("before"))
		slots := h.topics[shop].slots
		for range cap(slots) { // nothing is sent any more
			slots <- struct{}{}
		}
		h.Publish(shop, "r", []plan.Event{deleted("held")})
		flood()
		for range cap(slots) {
			<-slots
		}
		if got := <-l; got == payloadOf("held") { // it was on its way
			l.want(t, EventsLost)
		} else if got != EventsLost {
			t.Errorf("%s: got %.200s", name, got)
		}
		remove()
		h.working.Wait()
		if h.Waiting() != 0 || h.Wanted(shop) != nil || len(h.topics) != 0 {
			t.Errorf("%s: %d wait, topics %v", name, h.Waiting(), h.topics)
		}
	}
}

// TestLostOnTheWay: events that could not be sent to another server end the subscriptions there.
func TestLostOnTheWay(t *testing.T) {
	t.Parallel()
	c := connectortest.Open(t, connector.Config{Connector: "sqlite", Directory: t.TempDir()})
	here, there := New(), New()
	defer here.Close()
	defer there.Close()
	there.Share(c.Management(), slog.New(slog.DiscardHandler))
	l := make(listener, 10)
	if _, err := there.Add(shop, subscription(t, c), l); err != nil {
		t.Fatal(err)
	}
	p := newPost(here, c.Management(), slog.New(slog.DiscardHandler)) // sends when it is told to
	here.post.Store(p)
	for here.Wanted(shop) == nil {
		p.asked.Store(0) // as if a second had gone by
	}
	here.Publish(shop, "r", []plan.Event{deleted("first")})
	p.sendOne(t.Context(), <-p.out)
	l.want(t, payloadOf("first"))
	for range mostUnsent + 1 {
		here.Publish(shop, "r", []plan.Event{deleted("more")})
	}
	if !p.tellLost(t.Context()) || len(p.out) != mostUnsent {
		t.Errorf("%d letters wait", len(p.out))
	}
	l.want(t, EventsLost)
}
