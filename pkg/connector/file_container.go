package connector

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A fileContainer is the file of one project. It is opened when it is used and
// closed when nobody has used it for a while.
type fileContainer struct {
	folder  *folder
	path    string // of the file, below the folder
	project string // as messages have it

	mu     sync.Mutex
	file   *file // nil while it is closed
	users  int   // who have the file now
	unused time.Time
	gone   sync.Cond // of mu, told when users falls to 0; L is set at the first wait
}

func (d *fileContainer) name() string { return "" }

func (d *fileContainer) naming() relational.Naming { return relational.Naming{} }

func (d *fileContainer) create(context.Context) error {
	_, done, err := d.open(true)
	if err != nil {
		return err
	}
	done()
	return nil
}

func (d *fileContainer) exists(context.Context) (bool, error) { return d.folder.exists(d.path) }

// drop waits for who uses the file and deletes it.
func (d *fileContainer) drop(context.Context) error {
	if err := d.close(); err != nil {
		return fmt.Errorf("close %s: %w", d.path, err)
	}
	return d.folder.remove(d.path)
}

// open returns the file, opened if need be. done says that it is no longer used.
func (d *fileContainer) open(create bool) (f *file, done func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.dropReplaced(); err != nil {
		return nil, nil, err
	}
	if d.file == nil {
		if err := d.openable(create); err != nil {
			return nil, nil, err
		}
		if d.file, err = d.folder.open(d.path, create); err != nil {
			return nil, nil, err
		}
	}
	d.users++
	return d.file, d.release, nil
}

// dropReplaced closes the open file when it is no longer the one in the folder:
// what is written to a deleted file would be lost without a word.
func (d *fileContainer) dropReplaced() error {
	if d.file == nil || !d.file.isReplaced() {
		return nil
	}
	if d.users > 0 {
		return fmt.Errorf("the database file %s was deleted or replaced while it was in use: try again", d.file.path)
	}
	return d.closeFile()
}

// openable refuses a file that is not there, with its name.
func (d *fileContainer) openable(create bool) error {
	if create {
		return nil
	}
	there, err := d.exists(context.Background())
	if err != nil {
		return fmt.Errorf("look for the database of %s: %w", d.project, err)
	}
	if !there {
		return fmt.Errorf("the database file %s of service %s is not there: bring it back, or delete the service and deploy it again",
			d.path, d.project)
	}
	return nil
}

func (d *fileContainer) release() {
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
func (d *fileContainer) lastUse() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users > 0 || d.file == nil || d.folder.memory != "" {
		return time.Time{}
	}
	return d.unused
}

// closeUnused closes the file unless somebody uses it.
func (d *fileContainer) closeUnused() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users > 0 || d.file == nil {
		return nil
	}
	return d.closeFile()
}

// close waits for the users of the file and closes it.
func (d *fileContainer) close() error {
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

func (d *fileContainer) closeFile() error {
	f := d.file
	d.file = nil
	return f.close()
}

func (d *fileContainer) inspect(ctx context.Context) (tables []*relational.Table, err error) {
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
	tables, err = sqlite.Dialect{}.Inspect(ctx, s.(*reading).conn, "")
	return tables, f.explained(err)
}

// migrate applies the changes of all steps in one transaction and notes the
// revision in it, in the file itself: the management records are another file.
func (d *fileContainer) migrate(ctx context.Context, run Run) error {
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
			if err := c.run(lookAgain); err != nil {
				return err
			}
			changed := false
			err := run.statements(ctx, sqlite.Dialect{}, "", func(ctx context.Context, st dialect.Statement) error {
				changed = true
				begin(ctx, c.log, st.SQL)
				if _, err := c.conn.ExecContext(ctx, st.SQL, st.Args...); err != nil {
					return statementError(st.SQL, err)
				}
				return nil
			})
			if err == nil && changed {
				err = checkReferences(ctx, c)
			}
			if err != nil {
				return err
			}
			if _, err := c.conn.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(run.Revision)); err != nil || run.Lock == nil {
				return err
			}
			return run.Lock.Renew(ctx)
		})
	})
}

// lookAgain makes SQLite notice tables that another process changed, which a
// change of tables itself does not.
const lookAgain = "SELECT 1 FROM sqlite_schema LIMIT 1"

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

func (d *fileContainer) revision(ctx context.Context) (int, error) {
	there, err := d.exists(ctx)
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

func (d *fileContainer) index(ctx context.Context, t *relational.Table, x relational.Index) error {
	statements, err := sqlite.Dialect{}.Statements("", addIndex(t, x))
	if err != nil {
		return err
	}
	return d.write(ctx, func(s session) error {
		if _, err := s.exec(ctx, lookAgain, nil); err != nil {
			return err
		}
		return execAll(ctx, s, statements)
	})
}

func (d *fileContainer) recover(context.Context, *Lock) error { return nil }

func (d *fileContainer) script(steps []migration.StepChanges) ([][]dialect.Statement, error) {
	return scriptOf(sqlite.Dialect{}, "", steps)
}

func (d *fileContainer) read(ctx context.Context) (s session, done func(), err error) {
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

func (d *fileContainer) write(ctx context.Context, do func(session) error) error {
	f, done, err := d.open(false)
	if err != nil {
		return err
	}
	defer done()
	return f.write(ctx, do)
}

// empty clears tables from the last to the first.
func (d *fileContainer) empty(ctx context.Context, tables []string) error {
	return d.write(ctx, func(in session) error {
		// Link tables and lists go before what they refer to; inline links of
		// models are emptied so that the order of models does not matter.
		if _, err := in.exec(ctx, "PRAGMA defer_foreign_keys = ON", nil); err != nil {
			return err
		}
		return emptyEach(ctx, in, func() *dialect.Builder { return dialect.NewBuilder(sqlite.Dialect{}.Facts(), "") }, tables)
	})
}

// raw has a connection of its own, which is thrown away: nothing it leaves open
// is met by others, and it can open no other file.
func (d *fileContainer) raw(ctx context.Context, text string) ([]byte, error) {
	f, done, err := d.open(false)
	if err != nil {
		return nil, err
	}
	defer done()
	if f.gate != nil {
		f.gate.Lock()
		defer f.gate.Unlock()
	}
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return nil, f.explained(err)
	}
	defer conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := sqlite.Confine(conn); err != nil {
		return nil, err
	}
	found, err := conn.QueryContext(ctx, text)
	if err != nil {
		return nil, f.explained(err)
	}
	columns, err := found.ColumnTypes()
	if err != nil {
		return nil, errors.Join(err, found.Close())
	}
	if len(columns) > 0 {
		return appendRawRows(nil, found, columns)
	}
	if err := errors.Join(found.Close(), found.Err()); err != nil {
		return nil, f.explained(err)
	}
	var changed int64
	err = conn.QueryRowContext(ctx, "SELECT changes()").Scan(&changed)
	return scalar.AppendJSON(nil, scalar.OfInt(changed)), err
}
