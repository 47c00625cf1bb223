// Package engine answers the data API: request → document → plan → bytes.
//
//	Service.Answer: graphql.Decode → Cache.Document → Operation.Bind → plan.Make → connector.Database.Answer
package engine

import (
	"log/slog"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Options are the settings of an Engine.
type Options struct {
	Limits    graphql.Limits // the zero value stands for graphql.DefaultLimits
	RawAccess bool           // executeRaw exists
	Storage   int64          // bytes that a service may store; 0 is any number
	Logger    *slog.Logger   // nil logs nothing
	Events    Events         // who wants to know what mutations did; nil is nobody

	Failed func(fault.Code) // told of each error in an answer; nil is told nothing
}

// An Engine keeps the compiled API of each service. Goroutines may share it.
type Engine struct {
	connector *connector.Connector
	options   Options
	answers   *graphql.Introspections
	documents *graphql.Shelf // of all services

	mu       sync.Mutex
	services map[project.ID]*kept
	clock    int64 // counts uses
	calls    map[project.ID]*Calls
	others   Calls // of services that are too many to be counted one by one
}

// A kept service is compiled when it is first asked for.
type kept struct {
	compile  func() (*Service, error)
	revision int
	used     int64 // clock of the last use
}

// New returns an engine on an opened connector.
func New(c *connector.Connector, o Options) *Engine {
	if o.Limits == (graphql.Limits{}) {
		o.Limits = graphql.DefaultLimits()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Engine{connector: c, options: o, answers: graphql.NewIntrospections(mostIntrospection), documents: graphql.NewShelf(mostDocumentBytes), services: make(map[project.ID]*kept), calls: make(map[project.ID]*Calls)}
}

// Sizes of the caches.
const (
	mostServices  = 100 // compiled services
	mostDocuments = 500 // checked documents per service

	mostDocumentBytes = 16 << 20 // that documents of all services and their plans take; a thousand of ten fields
	mostIntrospection = 16 << 20 // bytes that are kept of what services answer about their schemas; 200 models have 11 MB
)

// Service returns the compiled API of a project. It is built at the first
// request of a revision and kept until another revision is asked for.
func (e *Engine) Service(p *project.Project) (*Service, error) {
	e.mu.Lock()
	e.clock++
	found := e.services[p.ID]
	if found == nil || found.revision != p.Revision {
		calls := e.counted(p.ID)
		found = &kept{
			compile:  sync.OnceValues(func() (*Service, error) { return e.compile(p, calls) }),
			revision: p.Revision,
		}
		e.services[p.ID] = found
	}
	found.used = e.clock
	e.evict()
	e.mu.Unlock()
	return found.compile()
}

// Forget drops what is kept of a project, when it was deleted.
func (e *Engine) Forget(id project.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.services, id)
	delete(e.calls, id)
}

// evict drops the services that were not used for the longest time.
func (e *Engine) evict() {
	for len(e.services) > mostServices {
		var oldest project.ID
		least := e.clock
		for id, s := range e.services {
			if s.used < least {
				oldest, least = id, s.used
			}
		}
		delete(e.services, oldest)
	}
}

func (e *Engine) compile(p *project.Project, calls *Calls) (*Service, error) {
	api, err := opencrud.New(p.Schema, opencrud.Capabilities{RawAccess: e.options.RawAccess})
	if err != nil {
		return nil, err
	}
	api.Schema.KeepAnswers(e.answers)
	return &Service{
		project:   p,
		api:       api,
		documents: e.documents.NewCache(api.Schema, e.options.Limits, mostDocuments),
		database:  e.connector.Database(p.ID),
		options:   e.options,
		storage:   &storage{limit: e.options.Storage, late: e.connector.Facts().SizesLate},
		calls:     calls,
	}, nil
}

// A Service answers the requests of one project at one revision. Goroutines may share it.
type Service struct {
	project   *project.Project
	api       *opencrud.API
	documents *graphql.Cache
	database  *connector.Database
	options   Options
	storage   *storage
	calls     *Calls
}

// SDL returns the API schema as text.
func (s *Service) SDL() string { return s.api.Schema.SDL() }
