// Package management is the management API: services come and go, deploys change them, tokens let people in.
//
//	DeployInput → datamodel.Parse, Check, Infer → migration.Infer, Warnings, Changes → connector.Migrate → history
package management

import (
	"context"
	_ "embed" // schema.graphql
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// cachedQueries is how many checked queries are kept; clients send the same few.
const cachedQueries = 100

//go:embed schema.graphql
var schemaText string

// apiSchema is parsed at the first request, not at start.
var apiSchema = sync.OnceValues(func() (*graphql.Schema, error) {
	return graphql.ParseSchema("management", schemaText)
})

// Options are what the management API is told at start.
type Options struct {
	Verifiers []auth.Verifier // of management tokens; none leaves the API open
	Version   string          // of the server, for serverInfo
	Commit    string          // of the server, for serverInfo
	Logger    *slog.Logger
	Passive   bool             // the tables are somebody else's: no deploy changes them, and they stay when their service goes
	Storage   int64            // bytes that a service may store; 0 is any number
	Services  int              // that a workspace may have, those without one together; 0 is any number
	Deleted   func(project.ID) // called when a service is gone; nil calls nobody
	Changed   func(project.ID) // called when this server may have deployed or deleted a service; nil calls nobody
	Failed    func(fault.Code) // told of each error in an answer; nil is told nothing
}

// Management serves the management API of one server. It may be shared between goroutines.
type Management struct {
	connector *connector.Connector
	store     *connector.Store
	options   Options
	log       *slog.Logger
	queries   func() (*graphql.Cache, error)
	tokens    auth.Cache // management tokens that were right

	deploys deploys

	pulse, lease, fresh time.Duration // beatTime, leaseTime and freshTime, shorter in tests

	mu       sync.Mutex
	projects map[project.ID]*loaded // a deploy drops its own
	busy     map[project.ID]bool    // being deployed, created or deleted by this server
	changes  int                    // how many times a project was reserved or released
}

// New opens the management of a connector's services. Deploys that an earlier
// process left half done are finished, when their tables were already changed,
// or else taken back; those of another server that may be alive are left to
// Watch.
func New(ctx context.Context, c *connector.Connector, options Options) (*Management, error) {
	m := &Management{
		connector: c,
		store:     c.Management(),
		options:   options,
		log:       options.Logger,
		queries: sync.OnceValues(func() (*graphql.Cache, error) {
			schema, err := apiSchema()
			if err != nil {
				return nil, err
			}
			return graphql.NewCache(schema, graphql.DefaultLimits(), cachedQueries), nil
		}),
		pulse:    beatTime,
		lease:    leaseTime,
		fresh:    freshTime,
		projects: make(map[project.ID]*loaded),
		busy:     make(map[project.ID]bool),
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	if m.options.Deleted == nil {
		m.options.Deleted = func(project.ID) {}
	}
	if m.options.Changed == nil {
		m.options.Changed = func(project.ID) {}
	}
	if err := m.repair(ctx); err != nil {
		return nil, fmt.Errorf("finish deploys of an earlier run: %w", err)
	}
	return m, nil
}
