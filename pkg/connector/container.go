package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/relational"
)

// A backend is where a connector keeps everything: a folder of files, or a
// database server.
type backend interface {
	// container returns where the tables of a project lie. It opens nothing.
	container(id project.ID) container
	// records returns where the management tables lie.
	records() records
	// sizes is Connector.Sizes.
	sizes(ctx context.Context, ids []project.ID) ([]int64, error)
	// usage is Connector.Pool.
	usage() Pool
	// close waits for what is running.
	close() error
}

// A place is something that has sessions.
type place interface {
	// read gives a session that reads; done ends it.
	read(ctx context.Context) (s session, done func(), err error)
	// write runs do in one transaction, which is committed when do returns no
	// error, and rolled back otherwise. do runs once.
	write(ctx context.Context, do func(session) error) error
}

// A container is where the tables of one project lie: a file of SQLite, a
// schema of PostgreSQL, a database of MySQL.
type container interface {
	place
	// name qualifies tables, "" does not.
	name() string
	naming() relational.Naming
	create(ctx context.Context) error
	exists(ctx context.Context) (bool, error)
	drop(ctx context.Context) error
	inspect(ctx context.Context) ([]*relational.Table, error)
	// migrate runs the statements of changes and notes the revision, all or nothing.
	migrate(ctx context.Context, run Run) error
	revision(ctx context.Context) (int, error)
	// size is Database.Size.
	size(ctx context.Context) (int64, error)
	// recover is Database.Recover.
	recover(ctx context.Context, lock *Lock) error
	// script is Database.Script.
	script(steps []migration.StepChanges) ([][]dialect.Statement, error)
	// index makes an index, beside other work where the database can.
	index(ctx context.Context, table *relational.Table, x relational.Index) error
	// empty deletes all rows of tables.
	empty(ctx context.Context, tables []string) error
	// raw is Database.Raw.
	raw(ctx context.Context, text string) ([]byte, error)
}

// A Run is how a migration is carried out.
type Run struct {
	Revision int
	Steps    []migration.StepChanges
	Lock     *Lock           // must be held until the tables are changed for good; nil where nobody contends
	Applied  func(steps int) // is told how many steps are done; nil tells nobody
}

func addIndex(t *relational.Table, x relational.Index) relational.AlterTable {
	return relational.AlterTable{Before: t, After: t, Edits: []relational.Edit{relational.AddIndex{Index: x}}}
}

func execAll(ctx context.Context, s session, statements []dialect.Statement) error {
	for _, st := range statements {
		if _, err := s.exec(ctx, st.SQL, st.Args); err != nil {
			return err
		}
	}
	return nil
}

// scriptOf returns the statements of each step.
func scriptOf(d dialect.Dialect, schema string, steps []migration.StepChanges) ([][]dialect.Statement, error) {
	script := make([][]dialect.Statement, len(steps))
	for i, step := range steps {
		for _, change := range step.Changes {
			statements, err := d.Statements(schema, change)
			if err != nil {
				return nil, err
			}
			script[i] = append(script[i], statements...)
		}
	}
	return script, nil
}

// applied tells how many steps are done.
func (r *Run) applied(steps int) {
	if r.Applied != nil {
		r.Applied(steps)
	}
}

// statements runs the statements of all changes in order, up to the first that fails.
func (r *Run) statements(ctx context.Context, d dialect.Dialect, schema string, run func(context.Context, dialect.Statement) error) error {
	script, err := scriptOf(d, schema, r.Steps)
	if err != nil {
		return err
	}
	for i, statements := range script {
		for _, st := range statements {
			if err := run(ctx, st); err != nil {
				return err
			}
		}
		r.applied(i + 1)
	}
	return nil
}
