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
	Deleted   func(project.ID) // called when a service is gone; nil calls nobody
}

// Management serves the management API of one server. It may be shared between goroutines.
type Management struct {
	connector *connector.Connector
	store     *connector.Store
	options   Options
	log       *slog.Logger
	queries   func() (*graphql.Cache, error)

	mu       sync.Mutex
	projects map[project.ID]*project.Project // loaded ones; a deploy drops its own
	busy     map[project.ID]bool             // being deployed, created or deleted
	changes  int                             // how many times a project was reserved or released
}

// New opens the management of a connector's services. Deploys that an earlier
// process left half done are finished, when their tables were already changed,
// or else recorded as taken back.
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
		projects: make(map[project.ID]*project.Project),
		busy:     make(map[project.ID]bool),
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	if m.options.Deleted == nil {
		m.options.Deleted = func(project.ID) {}
	}
	if err := m.repair(ctx); err != nil {
		return nil, fmt.Errorf("finish deploys of an earlier run: %w", err)
	}
	return m, nil
}

// Project returns a deployed service as the data API needs it. Loaded projects
// are kept until a deploy changes them. Returns fault.ProjectNotFound.
func (m *Management) Project(ctx context.Context, id project.ID) (*project.Project, error) {
	m.mu.Lock()
	p, changes := m.projects[id], m.changes
	m.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p, err := m.store.Project(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load service %s: %w", m.connector.ProjectText(id), err)
	}
	if p == nil {
		return nil, fault.NoProject(m.connector.ProjectText(id))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.changes == changes && !m.busy[id] { // else it may be outdated already
		m.projects[id] = p
	}
	return p, nil
}

// stored returns a project from the store. Returns fault.NoService.
func (m *Management) stored(ctx context.Context, id project.ID) (*project.Project, error) {
	p, err := m.store.Project(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load service %s: %w", m.connector.ProjectText(id), err)
	}
	if p == nil {
		return nil, fault.New(fault.NoService, "No service with name '%s' and stage '%s' found", id.Name, id.Stage)
	}
	return p, nil
}

// reserve makes the caller the only one who changes a project. Returns
// fault.DeploymentInProgress when somebody else does; release ends it.
func (m *Management) reserve(id project.ID) (release func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.busy[id] {
		return nil, fault.New(fault.DeploymentInProgress, "You can not deploy to a service stage while there is a deployment in progress or a pending deployment scheduled already. Please try again after the deployment finished.")
	}
	m.busy[id] = true
	m.changes++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.changes++
		delete(m.busy, id)
		delete(m.projects, id)
	}, nil
}
