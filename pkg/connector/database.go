package connector

import (
	"context"
	"errors"
	"fmt"

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
	container container
	recording *Recording // nil: nobody wants to know
	*turnstiles
}

// Create makes an empty database. One that is there stays as it is.
func (d *Database) Create(ctx context.Context) error { return remedied(d.container.create(ctx)) }

// Exists tells whether the database is there.
func (d *Database) Exists(ctx context.Context) (bool, error) { return d.container.exists(ctx) }

// Drop deletes the database with all nodes. One that is not there is no error.
// It waits for who uses it.
func (d *Database) Drop(ctx context.Context) error { return d.container.drop(ctx) }

// Schema returns what qualifies the tables in SQL, "" where nothing does.
func (d *Database) Schema() string { return d.container.name() }

// Naming returns what the names of indexes depend on.
func (d *Database) Naming() relational.Naming {
	return d.container.naming()
}

// Inspect returns the tables as they are, by name.
func (d *Database) Inspect(ctx context.Context) ([]*relational.Table, error) {
	return d.container.inspect(ctx)
}

// Script returns the statements that each step takes.
func (d *Database) Script(steps []migration.StepChanges) ([][]dialect.Statement, error) {
	return d.container.script(steps)
}

// Migrate applies the changes of all steps and notes the revision, in one
// transaction where the database can. When it fails, tables and nodes are as
// they were, unless the error is ErrHalfDone. Where the management records lie
// in the same database, to note a revision is to set the status of its record
// to SUCCESS.
func (d *Database) Migrate(ctx context.Context, run Run) error {
	return remedied(d.container.migrate(ctx, run))
}

// AddIndexes makes indexes, in transactions of their own and beside other work
// where the database can. Those before one that fails stay.
func (d *Database) AddIndexes(ctx context.Context, changes []relational.AlterTable) error {
	for _, change := range changes {
		for _, edit := range change.Edits {
			add, ok := edit.(relational.AddIndex)
			if !ok {
				return fmt.Errorf("add indexes: %T is none", edit)
			}
			if err := d.container.index(ctx, change.Before, add.Index); err != nil {
				return err
			}
		}
	}
	return nil
}

// Recover finishes what a migration left that was killed or could not be taken
// back, or takes it back. Where changes of tables are part of a transaction
// there is nothing to do. The lock must be held.
func (d *Database) Recover(ctx context.Context, lock *Lock) error {
	return d.container.recover(ctx, lock)
}

// Revision returns the revision that the tables are at, 0 when there is no database.
func (d *Database) Revision(ctx context.Context) (int, error) { return d.container.revision(ctx) }

// Raw runs SQL text as it is and returns the rows as JSON objects, or the
// number of rows that it changed. Nothing that it leaves open is met by others.
//
// Values print as Prisma 1 prints them (RawJsonFormatter): times as JDBC does.
func (d *Database) Raw(ctx context.Context, text string) ([]byte, error) {
	t := begin(ctx, d.connector.log, text)
	json, err := d.container.raw(ctx, text)
	if took, slow := t.isSlow(); slow {
		t.tellRaw(took, text, err)
	}
	return json, err
}

// Reset deletes all nodes of a schema, links and lists included. Ids that the
// database counts go on where they were.
func (d *Database) Reset(ctx context.Context, s *schema.Schema) error {
	var names []string
	for _, t := range relational.Tables(s, d.Naming()) {
		names = append(names, t.Name)
	}
	return d.container.empty(ctx, names)
}

// emptyEach deletes the rows of tables, the last table first. builder makes the builder
// of a statement.
func emptyEach(ctx context.Context, in session, builder func() *dialect.Builder, tables []string) error {
	for i := len(tables) - 1; i >= 0; i-- {
		clear := builder().SQL("DELETE FROM ").Table(tables[i]).Statement()
		if _, err := in.exec(ctx, clear.SQL, clear.Args); err != nil {
			return fmt.Errorf("empty table %q: %w", tables[i], err)
		}
	}
	return nil
}

// read gives a session that reads; done ends it.
func (d *Database) read(ctx context.Context) (s session, done func(), err error) {
	return d.container.read(ctx)
}

// write runs do in one transaction. do runs once.
func (d *Database) write(ctx context.Context, do func(session) error) error {
	return d.container.write(ctx, do)
}

// builder writes the text of a statement on tables of the project.
func (d *Database) builder() *dialect.Builder {
	return dialect.NewBuilder(d.connector.Facts(), d.container.name())
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
