package connector

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// A Database holds the nodes of one project. It may be shared between goroutines.
type Database struct {
	connector *Connector
	id        project.ID
	name      string // of the file

	mu     sync.Mutex
	file   *file // nil while it is closed
	users  int   // who have the file now
	unused time.Time
	gone   sync.Cond // of mu, told when users falls to 0; L is set at the first wait
}

// Create makes an empty database. One that is there stays as it is.
func (d *Database) Create(ctx context.Context) error {
	_, done, err := d.open(true)
	if err != nil {
		return err
	}
	done()
	return nil
}

// Exists tells whether the database is there.
func (d *Database) Exists(context.Context) (bool, error) { return d.connector.folder.exists(d.name) }

// Drop deletes the database with all nodes. One that is not there is no error.
// It waits for who uses it.
func (d *Database) Drop(context.Context) error {
	if err := d.close(); err != nil {
		return fmt.Errorf("close %s: %w", d.name, err)
	}
	return d.connector.folder.remove(d.name)
}

// open returns the file, opened if need be. done says that it is no longer used.
func (d *Database) open(create bool) (f *file, done func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.dropReplaced(); err != nil {
		return nil, nil, err
	}
	if d.file == nil {
		if err := d.openable(create); err != nil {
			return nil, nil, err
		}
		if d.file, err = d.connector.folder.open(d.name, create); err != nil {
			return nil, nil, err
		}
	}
	d.users++
	return d.file, d.release, nil
}

// dropReplaced closes the open file when it is no longer the one in the folder:
// what is written to a deleted file would be lost without a word.
func (d *Database) dropReplaced() error {
	if d.file == nil || !d.file.isReplaced() {
		return nil
	}
	if d.users > 0 {
		return fmt.Errorf("the database file %s was deleted or replaced while it was in use: try again", d.file.path)
	}
	return d.closeFile()
}

// openable refuses a file that is not there, with its name.
func (d *Database) openable(create bool) error {
	if create {
		return nil
	}
	there, err := d.Exists(context.Background())
	if err != nil {
		return fmt.Errorf("look for the database of %s: %w", d.connector.ProjectText(d.id), err)
	}
	if !there {
		return fmt.Errorf("the database file %s of service %s is not there: bring it back, or delete the service and deploy it again",
			d.name, d.connector.ProjectText(d.id))
	}
	return nil
}

func (d *Database) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users--
	d.unused = time.Now()
	if d.users == 0 && d.gone.L != nil {
		d.gone.Broadcast()
	}
}

// lastUse returns since when nobody uses the open file; zero when somebody
// does, when it is closed, or when it must stay because it lives in memory.
func (d *Database) lastUse() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users > 0 || d.file == nil || d.connector.folder.memory != "" {
		return time.Time{}
	}
	return d.unused
}

// closeUnused closes the file unless somebody uses it.
func (d *Database) closeUnused() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users > 0 || d.file == nil {
		return nil
	}
	return d.closeFile()
}

// close waits for the users of the file and closes it.
func (d *Database) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone.L = &d.mu
	for d.users > 0 {
		d.gone.Wait()
	}
	if d.file == nil {
		return nil
	}
	return d.closeFile()
}

func (d *Database) closeFile() error {
	f := d.file
	d.file = nil
	return f.close()
}

// Inspect returns the tables as they are, by name.
func (d *Database) Inspect(ctx context.Context) (tables []*relational.Table, err error) {
	f, done, err := d.open(false)
	if err != nil {
		return nil, err
	}
	defer done()
	s, end, err := f.read(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	tables, err = d.connector.dialect.Inspect(ctx, s.(*reading).conn, "")
	return tables, f.explained(err)
}

// Statements returns what a change takes, in order.
func (d *Database) Statements(change relational.Change) ([]dialect.Statement, error) {
	return d.connector.dialect.Statements("", change)
}

// Migrate applies the changes of all steps in one transaction and notes the
// revision in it. When it fails, tables and nodes are as they were.
func (d *Database) Migrate(ctx context.Context, revision int, steps []migration.StepChanges) error {
	f, done, err := d.open(false)
	if err != nil {
		return err
	}
	defer done()
	return f.hold(ctx, func(c *connection) (err error) {
		// A table that is rebuilt is gone for a moment: references are checked
		// at the end instead. The pragma has no effect inside a transaction.
		if err := c.run("PRAGMA foreign_keys = OFF"); err != nil {
			return err
		}
		defer func() {
			if on := c.run("PRAGMA foreign_keys = ON"); on != nil {
				c.broken = true
				err = errors.Join(err, on)
			}
		}()
		return c.transaction(ctx, func(c *connection) error {
			changed, err := d.apply(ctx, c, steps)
			if err != nil {
				return err
			}
			if changed {
				if err := checkReferences(ctx, c); err != nil {
					return err
				}
			}
			_, err = c.conn.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(revision))
			return err
		})
	})
}

func (d *Database) apply(ctx context.Context, c *connection, steps []migration.StepChanges) (changed bool, err error) {
	for _, step := range steps {
		for _, change := range step.Changes {
			statements, err := d.Statements(change)
			if err != nil {
				return false, err
			}
			for _, s := range statements {
				c.logged(ctx, s.SQL)
				if _, err := c.conn.ExecContext(ctx, s.SQL, s.Args...); err != nil {
					return false, statementError(s.SQL, err)
				}
			}
			changed = true
		}
	}
	return changed, nil
}

// checkReferences fails when a row refers to one that is not there.
func checkReferences(ctx context.Context, c *connection) error {
	const query = `SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1`
	found, err := c.query(ctx, query, nil)
	if err != nil {
		return err
	}
	if found.next() {
		table, _ := found.value(0, scalar.String)
		parent, _ := found.value(1, scalar.String)
		found.close()
		return fmt.Errorf("a row of table %q refers to a row of table %q that is not there", table.Text, parent.Text)
	}
	return found.close()
}

// Revision returns the revision that the tables are at, 0 when there is no database.
func (d *Database) Revision(ctx context.Context) (int, error) {
	there, err := d.Exists(ctx)
	if err != nil || !there {
		return 0, err
	}
	s, done, err := d.read(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	v, err := one(ctx, s, dialect.Statement{SQL: "PRAGMA user_version"}, scalar.Int)
	return int(v.Int), err
}

// Reset deletes all nodes of a schema, links and lists included. Ids that the
// database counts go on where they were.
func (d *Database) Reset(ctx context.Context, s *schema.Schema) error {
	return d.write(ctx, func(in session) error {
		// Link tables and lists go before what they refer to; inline links of
		// models are emptied so that the order of models does not matter.
		if _, err := in.exec(ctx, "PRAGMA defer_foreign_keys = ON", nil); err != nil {
			return err
		}
		tables := relational.Tables(s, d.connector.Naming())
		for i := len(tables) - 1; i >= 0; i-- {
			clear := d.builder().SQL("DELETE FROM ").Table(tables[i].Name).Statement()
			if _, err := in.exec(ctx, clear.SQL, clear.Args); err != nil {
				return fmt.Errorf("empty table %q: %w", tables[i].Name, err)
			}
		}
		return nil
	})
}

// read gives a session that sees one state of the database; done ends it.
func (d *Database) read(ctx context.Context) (s session, done func(), err error) {
	f, release, err := d.open(false)
	if err != nil {
		return nil, nil, err
	}
	s, end, err := f.read(ctx)
	if err != nil {
		release()
		return nil, nil, err
	}
	return s, func() { end(); release() }, nil
}

// write runs do in one transaction. do runs once.
func (d *Database) write(ctx context.Context, do func(session) error) error {
	f, done, err := d.open(false)
	if err != nil {
		return err
	}
	defer done()
	return f.write(ctx, func(c *connection) error { return do(c) })
}

// builder writes the text of a statement on tables of the project.
func (d *Database) builder() *dialect.Builder {
	return dialect.NewBuilder(d.connector.Facts(), "")
}

// classify tells what a failed statement ran into.
func (d *Database) classify(err error) dialect.Violation { return d.connector.dialect.Classify(err) }

// one returns the first cell of a statement's answer, null when there is no row.
func one(ctx context.Context, s session, st dialect.Statement, t scalar.Type) (v scalar.Value, err error) {
	found, err := s.query(ctx, st.SQL, st.Args)
	if err != nil {
		return v, err
	}
	if found.next() {
		v, err = found.value(0, t)
	}
	return v, errors.Join(err, found.close())
}
