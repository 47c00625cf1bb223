package connector

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
)

// A file is one opened database file: one connection that writes and some that
// read. Waiting for the writer is fair, which SQLite's own waiting is not.
type file struct {
	path    string
	found   os.FileInfo // of the file when it was opened; nil in memory
	db      *sql.DB
	keeper  *sql.Conn // of a file in memory, which lives as long as a connection to it
	log     *slog.Logger
	writer  chan *connection // holds the one that writes while nobody does
	readers chan *connection // holds those that nobody uses; nil stands for one not yet made
	gate    *sync.RWMutex    // of a file in memory, where a writer shuts out readers; nil on disk
}

// connect makes a connection.
func (f *file) connect(ctx context.Context) (*connection, error) {
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, log: f.log, statements: make(map[string]*sql.Stmt)}, nil
}

// isReplaced tells whether another file, or none, has the file's path by now.
func (f *file) isReplaced() bool {
	if f.found == nil {
		return false
	}
	now, err := os.Stat(f.path)
	return err != nil || !os.SameFile(f.found, now)
}

// read gives a session that sees the file as it is now, whatever others write
// meanwhile. done ends it.
func (f *file) read(ctx context.Context) (s session, done func(), err error) {
	c, err := f.take(ctx, f.readers)
	if err != nil {
		return nil, nil, f.explained(err)
	}
	if f.gate != nil {
		f.gate.RLock()
	}
	giveBack := func() {
		if f.gate != nil {
			f.gate.RUnlock()
		}
		f.readers <- c
	}
	if err := c.run("BEGIN"); err != nil {
		c = c.discard()
		giveBack()
		return nil, nil, f.explained(err)
	}
	return &reading{connection: c, file: f}, func() {
		if c.run("COMMIT") != nil {
			c = c.discard()
		}
		giveBack()
	}, nil
}

// reading is a session on a reader.
type reading struct {
	*connection
	file *file
}

func (r *reading) query(ctx context.Context, sql string, args []any) (rows, error) {
	found, err := r.connection.query(ctx, sql, args)
	return found, r.file.explained(err)
}

// write runs do in one transaction that nobody else writes beside. It is
// committed when do returns no error, and rolled back otherwise.
func (f *file) write(ctx context.Context, do func(session) error) error {
	return f.hold(ctx, func(c *connection) error {
		return c.transaction(ctx, func(c *connection) error { return do(c) })
	})
}

// hold gives the writer to do, outside of a transaction. A writer that is left
// inside one is replaced.
func (f *file) hold(ctx context.Context, do func(*connection) error) (err error) {
	c, err := f.take(ctx, f.writer)
	if err != nil {
		return f.explained(err)
	}
	if f.gate != nil {
		f.gate.Lock()
	}
	sound := false
	defer func() {
		if !sound {
			c = c.discard() // also when do panics
		}
		if f.gate != nil {
			f.gate.Unlock()
		}
		f.writer <- c
	}()
	err = do(c)
	sound = !c.broken
	return f.explained(err)
}

// take waits for a connection, and makes it where none was made yet.
func (f *file) take(ctx context.Context, from chan *connection) (*connection, error) {
	var c *connection
	select {
	case c = <-from:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c != nil {
		return c, nil
	}
	c, err := f.connect(ctx)
	if err != nil {
		from <- nil
	}
	return c, err
}

// close waits until nobody uses the file, and closes it.
func (f *file) close() error {
	for range cap(f.readers) {
		if c := <-f.readers; c != nil {
			c.discard()
		}
	}
	if c := <-f.writer; c != nil {
		c.discard()
	}
	if f.keeper != nil {
		f.keeper.Close()
	}
	return f.db.Close()
}

// explained adds file and remedy to errors that are about the file.
func (f *file) explained(err error) error {
	if err == nil {
		return nil
	}
	if remedy := sqlite.Explain(err); remedy != "" {
		return fmt.Errorf("database file %s: %s: %w", f.path, remedy, err)
	}
	return err
}

// maxStatements is how many prepared statements a connection keeps.
const maxStatements = 300

// A connection runs statements, one after the other, and keeps them prepared.
// It is a session.
type connection struct {
	conn       *sql.Conn
	log        *slog.Logger
	statements map[string]*sql.Stmt
	broken     bool // a transaction could not be ended
}

var _ session = (*connection)(nil)

// run executes a statement without arguments that needs no preparation, even
// when the request that wanted it is over.
func (c *connection) run(statement string) error {
	prepared, err := c.prepared(context.Background(), statement)
	if err != nil {
		return err
	}
	_, err = prepared.ExecContext(context.Background())
	return err
}

// transaction runs do between BEGIN and COMMIT.
func (c *connection) transaction(ctx context.Context, do func(*connection) error) error {
	if err := c.run("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	ended := false
	defer func() { c.broken = c.broken || !ended }() // do panicked
	err := do(c)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = c.run("COMMIT")
	}
	ended = true
	if err != nil && c.run("ROLLBACK") != nil {
		c.broken = true
	}
	return err
}

// discard closes a connection and returns nil, for its place in a channel. The
// pool of database/sql does not get it back: it may be inside a transaction.
func (c *connection) discard() *connection {
	if c != nil {
		c.forget()
		_ = c.conn.Raw(func(any) error { return driver.ErrBadConn }) // which it returns, when it has closed
	}
	return nil
}

// forget closes the prepared statements.
func (c *connection) forget() {
	for _, s := range c.statements {
		s.Close()
	}
	clear(c.statements)
}

func (c *connection) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := c.statements[text]; s != nil {
		return s, nil
	}
	s, err := c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(c.statements) >= maxStatements {
		c.forget()
	}
	c.statements[text] = s
	return s, nil
}

func (c *connection) query(ctx context.Context, text string, args []any) (rows, error) {
	t := begin(ctx, c.log, text)
	s, err := c.prepared(ctx, text)
	if err != nil {
		return nil, statementError(text, err)
	}
	found, err := s.QueryContext(ctx, args...)
	if err != nil {
		t.end(c, text, args, err)
		return nil, statementError(text, err)
	}
	return newCells(found, func(err error) { t.end(c, text, args, err) })
}

func (c *connection) exec(ctx context.Context, text string, args []any) (int64, error) {
	t := begin(ctx, c.log, text)
	s, err := c.prepared(ctx, text)
	if err != nil {
		return 0, statementError(text, err)
	}
	result, err := s.ExecContext(ctx, args...)
	t.end(c, text, args, err)
	if err != nil {
		return 0, statementError(text, err)
	}
	return result.RowsAffected()
}
