package management

import (
	"context"
	"fmt"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// freshTime is how long a loaded project is believed to be the stored one. Then
// a request asks for its version, in case another server deployed it.
const freshTime = time.Second

// A loaded project is kept in memory.
type loaded struct {
	project *project.Project
	version connector.Version
	checked time.Time // when it was known to be the stored one, or began to be asked
}

// Project returns a deployed service as the data API needs it. Loaded projects
// are kept until a deploy changes them, also one by another server: once in
// freshTime one request of a service asks for its version, and those beside it
// do not wait. Returns fault.ProjectNotFound.
func (m *Management) Project(ctx context.Context, id project.ID) (*project.Project, error) {
	m.mu.Lock()
	l, changes := m.projects[id], m.changes
	stale := l != nil && time.Since(l.checked) > m.fresh
	if stale {
		l.checked = time.Now()
	}
	m.mu.Unlock()
	if l != nil && !stale {
		return l.project, nil
	}
	version, err := m.store.Version(ctx, id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for service %s: %w", m.connector.ProjectText(id), err)
	case l != nil && version == l.version:
		return l.project, nil
	case l != nil && version.Revision <= l.version.Revision:
		m.options.Deleted(id) // and perhaps created anew: its revisions begin again
	}
	return m.load(ctx, id, version, changes)
}

// load reads a project. It is kept unless somebody began to change it since changes was read.
func (m *Management) load(ctx context.Context, id project.ID, version connector.Version, changes int) (*project.Project, error) {
	p, err := m.store.Project(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load service %s: %w", m.connector.ProjectText(id), err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if p == nil {
		delete(m.projects, id)
		return nil, fault.NoProject(m.connector.ProjectText(id))
	}
	if m.changes == changes && !m.busy[id] { // else it may be outdated already
		m.projects[id] = &loaded{project: p, version: version, checked: time.Now()}
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
