package connector

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/mysql"
)

// ErrHalfDone says that a migration failed and could not be taken back either.
// The next deploy or start of the server tries again.
var ErrHalfDone = errors.New("what was done could not be taken back")

// A journal is what a migration on MySQL does and how far it is, a row of the
// table DeployJournal, which Prisma 1 does not know. A project has one while it
// is migrated.
type journal struct {
	database *mysqlDatabase

	Acts  []mysql.Act         // Do is not stored
	Clean []dialect.Statement // drop what was moved aside

	reached   int    // number of the act that may or may not be done, -1 at first; those before are, those behind are not
	before    string // definition of its table before it
	succeeded bool   // only Clean is left
	known     int    // the acts before this number need not be noted
}

func (d *mysqlDatabase) journal() *journal { return &journal{database: d} }

func (j *journal) builder(text string) *dialect.Builder {
	return dialect.NewBuilder(mysql.Dialect{}.Facts(), j.database.management).SQL(text).Table("DeployJournal")
}

// begin stores the journal before anything is done.
func (j *journal) begin(ctx context.Context, run Run) error {
	type stored struct {
		Table string
		Undo  []mysql.Undo
	}
	script := struct {
		Acts  []stored
		Clean []dialect.Statement
	}{Clean: j.Clean}
	for _, act := range j.Acts {
		script.Acts = append(script.Acts, stored{act.Table, act.Undo})
	}
	text, err := json.Marshal(script)
	if err != nil {
		return err
	}
	b := j.builder("INSERT INTO ").SQL(" (").Names("projectId", "revision", "script", "reached").SQL(")\nVALUES (")
	st := b.Arg(j.database.own).SQL(", ").Arg(run.Revision).SQL(", ").Arg(string(text)).SQL(", -1)").Statement()
	return j.database.write(ctx, func(s session) error {
		if err := run.Lock.hold(ctx, s); err != nil {
			return err
		}
		_, err := s.exec(ctx, st.SQL, st.Args)
		return err
	})
}

// reach notes that act n is next. Tables that are made one after the other are
// noted together.
func (j *journal) reach(ctx context.Context, on mysqlAlone, n int, lock *Lock) (err error) {
	for j.known = n + 1; j.Acts[n].New && j.known < len(j.Acts) && j.Acts[j.known].New; j.known++ {
	}
	for _, act := range j.Acts[n:j.known] {
		if err := on.check(ctx, act); err != nil {
			return err
		}
	}
	if j.Acts[n].New {
		return j.note(ctx, j.known-1, done, lock)
	}
	before := done
	if table := j.Acts[n].Table; table != "" {
		if before, err = on.definition(ctx, table); err != nil {
			return err
		}
	}
	return j.note(ctx, n, before, lock)
}

// done is no definition: where it stands, the act is taken for done.
const done = "-"

// note stores how far the migration is, if the lock is still held.
func (j *journal) note(ctx context.Context, n int, before string, lock *Lock) error {
	j.reached, j.before = n, before
	b := j.builder("UPDATE ").SQL(" AS j")
	if lock != nil {
		b.SQL("\nJOIN ").Table("DeployLock").SQL(" AS l ON l.`projectId` = j.`projectId` AND l.`owner` = ").Arg(lock.owner)
	}
	b.SQL("\nSET j.`reached` = ").Arg(n).SQL(", j.`before` = ").Arg(before)
	st := b.SQL("\nWHERE j.`projectId` = ").Arg(j.database.own).Statement()
	begin(ctx, j.database.log, st.SQL)
	result, err := j.database.pool.ExecContext(ctx, st.SQL, st.Args...)
	if err != nil {
		return err
	}
	if met, err := result.RowsAffected(); err != nil || met > 0 {
		return err
	}
	return ErrLockLost
}

// read reads the journal, and tells whether there is one.
func (j *journal) read(ctx context.Context) (there bool, err error) {
	b := j.builder("SELECT `script`, `reached`, `before`, `succeeded`\nFROM ")
	st := b.SQL("\nWHERE ").Name("projectId").SQL(" = ").Arg(j.database.own).Statement()
	rows, err := j.database.pool.QueryContext(ctx, st.SQL, st.Args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	var text string
	if err := rows.Scan(&text, &j.reached, &j.before, &j.succeeded); err != nil {
		return false, err
	}
	return true, errors.Join(json.Unmarshal([]byte(text), j), rows.Close())
}

// undo takes back what is done, the last act first.
func (j *journal) undo(ctx context.Context, on mysqlAlone, lock *Lock) error {
	for n := j.reached; n >= 0; n-- {
		if err := j.undoOne(ctx, on, j.Acts[n]); err != nil {
			return err
		}
		if n > 0 {
			if err := j.note(ctx, n-1, done, lock); err != nil {
				return err
			}
		}
	}
	return j.forget(ctx)
}

// undoOne undoes the act that was reached, if it is done.
func (j *journal) undoOne(ctx context.Context, on mysqlAlone, act mysql.Act) error {
	if j.before != done {
		now, err := on.definition(ctx, act.Table)
		if err != nil || now == j.before {
			return err
		}
	}
	for _, u := range act.Undo {
		if err := on.undo(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// clean drops what was moved aside, and the journal.
func (j *journal) clean(ctx context.Context, on mysqlAlone) error {
	for _, st := range j.Clean {
		if err := on.run(ctx, st); err != nil && !(mysql.Dialect{}).IsDone(err) {
			return err
		}
	}
	return j.forget(ctx)
}

// forget deletes the journal.
func (j *journal) forget(ctx context.Context) error {
	st := j.builder("DELETE FROM ").SQL(" WHERE ").Name("projectId").SQL(" = ").Arg(j.database.own).Statement()
	_, err := j.database.pool.ExecContext(ctx, st.SQL, st.Args...)
	return err
}
