package connector

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// waitForDead is how long a migration waits for the last statement of one whose
// server is gone; MySQL finishes it.
const waitForDead = time.Minute

// patience is how long what takes a migration back waits for locks: it is not done for nothing.
const patience = time.Minute

// migrate runs the changes in order. MySQL commits each by itself: a journal of
// them is kept, by which they are taken back when one fails or the server is
// killed. What goes is moved aside first, and dropped when all is done.
func (d *mysqlDatabase) migrate(ctx context.Context, run Run) error {
	acts, clean, err := d.acts(run.Revision, run.Steps)
	if err != nil {
		return err
	}
	j := d.journal()
	for _, of := range acts {
		j.Acts = append(j.Acts, of...)
	}
	j.Clean = clean
	if len(j.Acts) == 0 {
		run.applied(len(run.Steps))
		return d.succeed(ctx, run)
	}
	if err := j.begin(ctx, run); err != nil {
		return err
	}
	failed := d.perform(ctx, j, run, acts)
	ctx = context.WithoutCancel(ctx)
	err = d.recover(ctx, run.Lock)
	if failed == nil {
		if err != nil {
			d.log.Warn("what a migration moved aside was not dropped, the next deploy tries again", "service", d.own, "cause", err)
		}
		return nil
	}
	if revision, again := d.revision(ctx); again == nil && revision == run.Revision {
		return nil // only the answer of the last statement was lost
	}
	return errors.Join(d.blocked(ctx, failed), err)
}

func (d *mysqlDatabase) acts(revision int, steps []migration.StepChanges) ([][]mysql.Act, []dialect.Statement, error) {
	changes := make([][]relational.Change, len(steps))
	for i := range steps {
		changes[i] = steps[i].Changes
	}
	return mysql.Dialect{}.Acts(d.database, revision, changes)
}

// script puts what is dropped in the end to the last step.
func (d *mysqlDatabase) script(steps []migration.StepChanges) ([][]dialect.Statement, error) {
	acts, clean, err := d.acts(0, steps)
	if err != nil {
		return nil, err
	}
	script := make([][]dialect.Statement, len(steps))
	for i, of := range acts {
		for _, act := range of {
			script[i] = append(script[i], act.Do)
		}
	}
	if len(script) > 0 {
		script[len(script)-1] = append(script[len(script)-1], clean...)
	}
	return script, nil
}

// index adds an index while rows are read and written, as MySQL does by itself.
func (d *mysqlDatabase) index(ctx context.Context, t *relational.Table, x relational.Index) error {
	statements, err := mysql.Dialect{}.Statements(d.database, addIndex(t, x))
	if err != nil {
		return err
	}
	s, done, err := d.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	return execAll(ctx, s, statements)
}

// perform runs the acts of each step and records the success.
func (d *mysqlDatabase) perform(ctx context.Context, j *journal, run Run, acts [][]mysql.Act) error {
	on, err := d.alone(ctx, d.lockTime)
	if err != nil {
		return err
	}
	defer on.Close()
	n := 0
	for i, of := range acts {
		for _, act := range of {
			if n >= j.known {
				if err := j.reach(ctx, on, n, run.Lock); err != nil {
					return err
				}
			}
			if err := on.run(ctx, act.Do); err != nil {
				return err
			}
			n++
		}
		run.applied(i + 1)
	}
	return d.succeed(ctx, run)
}

// succeed records that the tables are those of a revision. From then on the
// journal says what is left to drop.
func (d *mysqlDatabase) succeed(ctx context.Context, run Run) error {
	return d.write(ctx, func(s session) error {
		b := dialect.NewBuilder(mysql.Dialect{}.Facts(), d.management)
		b.SQL("UPDATE ").Table("Migration").SQL("\nSET ").Name("status").SQL(" = ").Arg(string(migration.Success))
		b.SQL(", ").Name("applied").SQL(" = ").Arg(len(run.Steps)).SQL(", ").Name("finishedAt").SQL(" = ")
		b.Value(scalar.OfDateTime(time.Now().UnixMilli()))
		b.SQL("\nWHERE ").Name("projectId").SQL(" = ").Arg(d.own).SQL(" AND ").Name("revision").SQL(" = ").Arg(run.Revision)
		st := b.Statement()
		if _, err := s.exec(ctx, st.SQL, st.Args); err != nil {
			return err
		}
		b = dialect.NewBuilder(mysql.Dialect{}.Facts(), d.management)
		b.SQL("UPDATE ").Table("DeployJournal").SQL(" SET ").Name("succeeded").SQL(" = 1 WHERE ").Name("projectId").SQL(" = ").Arg(d.own)
		st = b.Statement()
		if _, err := s.exec(ctx, st.SQL, st.Args); err != nil {
			return err
		}
		return run.Lock.hold(ctx, s)
	})
}

// recover finishes or takes back what a killed or failed migration left.
func (d *mysqlDatabase) recover(ctx context.Context, lock *Lock) error {
	j := d.journal()
	if there, err := j.read(ctx); err != nil || !there {
		return err
	}
	on, err := d.alone(ctx, patience)
	if err != nil {
		return err
	}
	defer on.Close()
	there, err := j.read(ctx) // who was waited for may have been alive
	switch {
	case err != nil || !there:
		return err
	case j.succeeded:
		return j.clean(ctx, on)
	}
	if err := j.undo(ctx, on, lock); err != nil {
		return fmt.Errorf("%w: %w", ErrHalfDone, err)
	}
	return nil
}

// A mysqlAlone is the one connection that changes the tables of a project. A
// server whose client was killed goes on with its last statement: the name of
// the project is locked until that is over.
type mysqlAlone struct {
	*sql.Conn
	*mysqlDatabase
}

// alone waits for who changes the tables of the project. Statements will wait
// for locks of others so long.
func (d *mysqlDatabase) alone(ctx context.Context, locks time.Duration) (on mysqlAlone, err error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return on, err
	}
	var got sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?)", d.lockName(), int(waitForDead.Seconds())).Scan(&got)
	if err == nil && got.Int64 != 1 {
		err = fmt.Errorf("a statement of an earlier migration still runs after %s: wait for it, or look for it with SHOW PROCESSLIST and KILL it", waitForDead)
	}
	on = mysqlAlone{conn, d}
	if err == nil {
		_, err = conn.ExecContext(ctx, "SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?", int(locks.Seconds()), int(locks.Seconds()))
	}
	if err != nil {
		return on, errors.Join(err, on.Close())
	}
	return on, nil
}

// Close lets others change the tables.
func (on mysqlAlone) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	_, err := on.ExecContext(ctx, "SET SESSION lock_wait_timeout = DEFAULT, innodb_lock_wait_timeout = DEFAULT")
	_, again := on.ExecContext(ctx, "DO RELEASE_LOCK(?)", on.lockName())
	return errors.Join(err, again, on.Conn.Close())
}

// lockName is at most 64 bytes long.
func (d *mysqlDatabase) lockName() string {
	sum := sha256.Sum256([]byte(d.management + "/" + d.own))
	return "prisma1." + hex.EncodeToString(sum[:16])
}

func (on mysqlAlone) run(ctx context.Context, st dialect.Statement) error {
	_, err := (&mysqlSession{on.Conn, on.log}).exec(ctx, st.SQL, st.Args)
	return err
}

// counter is the part of a table's definition that rows change.
var counter = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

// definition returns a checksum of how a table is defined, "" where there is none.
func (on mysqlAlone) definition(ctx context.Context, table string) (string, error) {
	b := dialect.NewBuilder(mysql.Dialect{}.Facts(), on.database).SQL("SHOW CREATE TABLE ").Table(table)
	var name, text string
	err := on.QueryRowContext(ctx, b.Statement().SQL).Scan(&name, &text)
	if (mysql.Dialect{}).IsMissing(err) {
		return "", nil
	}
	sum := sha256.Sum256([]byte(counter.ReplaceAllString(text, "")))
	return hex.EncodeToString(sum[:16]), err
}

// keysOn returns the names of the foreign keys on a column.
func (on mysqlAlone) keysOn(ctx context.Context, table, column string) (names []string, err error) {
	const query = `SELECT constraint_name
FROM information_schema.key_column_usage
WHERE table_schema = ? AND table_name = ? AND column_name = ? AND referenced_table_name IS NOT NULL`
	rows, err := on.QueryContext(ctx, query, on.database, table, column)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// check fails when an act would do what cannot be taken back: make a table that
// somebody made meanwhile, or drop one that a table of somebody else refers to.
func (on mysqlAlone) check(ctx context.Context, act mysql.Act) error {
	if act.New {
		there, err := on.definition(ctx, act.Table)
		if err == nil && there != "" {
			err = fmt.Errorf("the table %q is there already", act.Table)
		}
		return err
	}
	if !act.Gone {
		return nil
	}
	const query = `SELECT table_name
FROM information_schema.key_column_usage
WHERE referenced_table_schema = ? AND referenced_table_name = ? AND table_name <> ?
LIMIT 1`
	var other string
	err := on.QueryRowContext(ctx, query, on.database, act.Table, act.Table).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("the table %q refers to the table %q, which is to be dropped", other, act.Table)
	}
	return err
}

// hasRows tells whether a table is there and has rows.
func (on mysqlAlone) hasRows(ctx context.Context, table string) (has bool, err error) {
	b := dialect.NewBuilder(mysql.Dialect{}.Facts(), on.database).SQL("SELECT EXISTS (SELECT 1 FROM ").Table(table).SQL(")")
	err = on.QueryRowContext(ctx, b.Statement().SQL).Scan(&has)
	if (mysql.Dialect{}).IsMissing(err) {
		return false, nil
	}
	return has, err
}

// undo runs one part of taking an act back. It may have been run before.
func (on mysqlAlone) undo(ctx context.Context, u mysql.Undo) error {
	for _, column := range u.DropKeys {
		names, err := on.keysOn(ctx, u.Table, column)
		if err != nil {
			return err
		}
		for _, name := range names {
			b := dialect.NewBuilder(mysql.Dialect{}.Facts(), on.database).SQL("ALTER TABLE ").Table(u.Table)
			if err := on.run(ctx, b.SQL(" DROP FOREIGN KEY ").Name(name).Statement()); err != nil {
				return err
			}
		}
	}
	if u.AddsKey != "" {
		names, err := on.keysOn(ctx, u.Table, u.AddsKey)
		if err != nil || len(names) > 0 {
			return err
		}
	}
	if u.Empty {
		if has, err := on.hasRows(ctx, u.Table); err != nil || has {
			return err
		}
	}
	if u.SQL == "" {
		return nil
	}
	if err := on.run(ctx, u.Statement); err != nil && !(mysql.Dialect{}).IsDone(err) {
		return err
	}
	return nil
}
