// Package connector is one opened database: it runs plans, applies changes and inspects tables.
//
//	Open → Connector → Database(project.ID) → Answer, Migrate, Inspect
//	                 → Management()         → the history of all services
package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// A Connector is an opened database server, or a folder of files. It may be
// shared between goroutines.
type Connector struct {
	config  Config
	log     *slog.Logger
	dialect dialect.Dialect
	facts   dialect.Facts
	backend backend
	text    func(project.ID) string
	store   *Store

	away atomic.Int64 // ns since 1970 when the database went away; 0 while it answers

	mu        sync.Mutex
	databases map[project.ID]*Database
	closed    bool
}

// Open opens the database that config describes and its management tables. log
// may be nil; it gets every statement at debug level, without values.
func Open(ctx context.Context, config Config, log *slog.Logger) (*Connector, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Connector{config: config, log: log, databases: make(map[project.ID]*Database), text: dollarText}
	var err error
	switch config.Connector {
	case "sqlite":
		err = c.openSQLite(config, log)
	case "postgres":
		err = c.openPostgres(ctx, config, log)
	case "mysql":
		err = c.openMySQL(ctx, config, log)
	default:
		err = fmt.Errorf("unknown connector %q: this version serves sqlite, postgres and mysql", config.Connector)
	}
	if err != nil {
		return nil, remedied(err)
	}
	c.facts = *c.dialect.Facts()
	c.facts.MaxFilter = min(cmp.Or(config.Conditions, c.facts.MaxFilter), c.facts.MaxFilter)
	c.store = newStore(c)
	if err := c.store.create(ctx); err != nil {
		return nil, errors.Join(remedied(err), c.backend.close())
	}
	return c, nil
}

func (c *Connector) openSQLite(config Config, log *slog.Logger) error {
	f := newFolder(config, log)
	c.dialect, c.backend = sqlite.Dialect{}, f
	if err := sqlite.AddFunctions(); err != nil {
		return err
	}
	return f.start()
}

func (c *Connector) openPostgres(ctx context.Context, config Config, log *slog.Logger) error {
	c.dialect = postgres.Dialect{}
	server, err := openPostgres(ctx, config, log)
	c.backend = server
	return err
}

func (c *Connector) openMySQL(ctx context.Context, config Config, log *slog.Logger) error {
	server, err := openMySQL(ctx, config, log)
	if err != nil {
		return err
	}
	c.dialect, c.text, c.backend = mysql.Of(server.version), atText, server
	return nil
}

// Close waits for what is running and closes all connections and files.
func (c *Connector) Close() error {
	c.mu.Lock()
	closed := c.closed
	c.closed = true
	c.mu.Unlock()
	if closed {
		return nil
	}
	return c.backend.close()
}

// Facts returns what is known about the database, within the limits of the configuration.
func (c *Connector) Facts() *dialect.Facts { return &c.facts }

// Rules returns what a datamodel may ask of the database.
func (c *Connector) Rules() datamodel.Rules {
	facts := c.Facts()
	return datamodel.Rules{
		IntIDs: true, UUIDs: facts.UUIDs, Sequences: true, FoldedNames: facts.FoldedNames,
		Names: facts.Names, MaxColumns: facts.MaxColumns, Decimals: facts.Decimals,
	}
}

// ProjectText returns a project's id as the management tables and messages have it.
func (c *Connector) ProjectText(id project.ID) string { return c.text(id) }

// dollarText is the text of a project's id on PostgreSQL and SQLite.
func dollarText(id project.ID) string { return id.Name + "$" + id.Stage }

// Management returns the records of all services.
func (c *Connector) Management() *Store { return c.store }

// Database returns the database of one project. It is opened when it is used
// and need not be there.
func (c *Connector) Database(id project.ID) *Database {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.databases[id]
	if d == nil {
		d = &Database{connector: c, id: id, container: c.backend.container(id), turnstiles: newTurnstiles(c.config.StatementTime)}
		c.databases[id] = d
	}
	return d
}
