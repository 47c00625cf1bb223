// Package connector is one opened database: it runs plans, applies changes and inspects tables.
//
//	Open → Connector → Database(project.ID) → Answer, Migrate, Inspect
//	                 → Management()         → the history of all services
package connector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

const (
	idleTime  = 5 * time.Minute // after which a file that nobody uses is closed
	idleFiles = 50              // how many unused files stay open at most
)

// A Connector is an opened database server, or a folder of files. It may be
// shared between goroutines.
type Connector struct {
	dialect dialect.Dialect
	folder  *folder
	log     *slog.Logger
	store   *Store

	mu        sync.Mutex
	databases map[project.ID]*Database
	closed    bool
	stop      chan struct{} // closed when the connector closes
	swept     chan struct{} // closed when nobody looks for idle files any more
}

// Open opens the database that config describes and its management tables. log
// may be nil; it gets every statement at debug level, without values.
func Open(ctx context.Context, config Config, log *slog.Logger) (*Connector, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	switch config.Connector {
	case "sqlite":
		return openSQLite(ctx, config, log)
	case "postgres", "mysql":
		return nil, fmt.Errorf("connector %s comes next: this version serves connector sqlite only", config.Connector)
	}
	return nil, fmt.Errorf("unknown connector %q: this version serves connector sqlite", config.Connector)
}

func openSQLite(ctx context.Context, config Config, log *slog.Logger) (*Connector, error) {
	c := &Connector{
		dialect:   sqlite.Dialect{},
		folder:    newFolder(config, log),
		log:       log,
		databases: make(map[project.ID]*Database),
		stop:      make(chan struct{}),
		swept:     make(chan struct{}),
	}
	f, err := c.folder.open(managementFile, true)
	if err != nil {
		return nil, err
	}
	c.store = &Store{file: f, connector: c}
	if err := c.store.create(ctx); err != nil {
		return nil, errors.Join(err, f.close())
	}
	go c.sweep()
	return c, nil
}

// Close waits for what is running and closes all files.
func (c *Connector) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	databases := c.databases
	c.mu.Unlock()
	close(c.stop)
	<-c.swept
	var errs []error
	for _, d := range databases {
		errs = append(errs, d.close())
	}
	return errors.Join(append(errs, c.store.file.close())...)
}

// Facts returns what is known about the database.
func (c *Connector) Facts() *dialect.Facts { return c.dialect.Facts() }

// Naming returns what the names of indexes depend on.
func (c *Connector) Naming() relational.Naming { return relational.Naming{} }

// Rules returns what a datamodel may ask of the database.
func (c *Connector) Rules() datamodel.Rules {
	return datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true, FoldedNames: true}
}

// ProjectText returns a project's id as the management tables and messages have it.
func (c *Connector) ProjectText(id project.ID) string { return id.Name + "$" + id.Stage }

// Management returns the records of all services.
func (c *Connector) Management() *Store { return c.store }

// Database returns the database of one project. It is opened when it is used
// and need not be there.
func (c *Connector) Database(id project.ID) *Database {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.databases[id]
	if d == nil {
		d = &Database{connector: c, id: id, name: fileName(id)}
		if !c.closed {
			c.databases[id] = d
		}
	}
	return d
}

// sweep closes idle files until the connector closes.
func (c *Connector) sweep() {
	defer close(c.swept)
	ticker := time.NewTicker(idleTime / 5)
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
			c.closeIdle(time.Now())
		}
	}
}

// closeIdle closes files that were not used for a while, and the longest
// unused of those that are too many.
func (c *Connector) closeIdle(now time.Time) {
	c.mu.Lock()
	var idle []*Database
	for _, d := range c.databases {
		if !d.lastUse().IsZero() {
			idle = append(idle, d)
		}
	}
	c.mu.Unlock()
	for _, d := range overdue(idle, now) {
		if err := d.closeUnused(); err != nil {
			c.log.Warn("closing an idle file failed", "service", c.ProjectText(d.id), "cause", err)
		}
	}
}
