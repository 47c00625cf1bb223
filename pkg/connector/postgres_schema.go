package connector

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/dialect/postgres"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/relational"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A postgresSchema is the schema of one project.
type postgresSchema struct {
	postgresPlace
	own     string // schema that is made for the project
	schema  string // schema with its tables: own, or the one of the configuration
	project string // as the management tables have it
}

func (d *postgresSchema) name() string { return d.schema }

func (d *postgresSchema) naming() relational.Naming {
	return relational.Naming{Schema: d.schema, ListsHold: true, Longest: 63}
}

func (d *postgresSchema) create(ctx context.Context) error { return d.createSchema(ctx, d.schema) }

func (d *postgresSchema) exists(ctx context.Context) (bool, error) {
	return d.hasSchema(ctx, d.schema)
}

// drop deletes the schema that was made for the project, never the one of the
// configuration, nor one of the same name that somebody else made beside it.
func (d *postgresSchema) drop(ctx context.Context) error {
	if d.schema != d.own {
		return nil
	}
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), "")
	b.SQL("DROP SCHEMA IF EXISTS ").Name(d.own).SQL(" CASCADE")
	_, err := d.pool.Exec(ctx, b.Statement().SQL)
	d.pool.Reset() // statements are prepared for tables that are gone
	return err
}

func (d *postgresSchema) inspect(ctx context.Context) ([]*relational.Table, error) {
	there, err := d.exists(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("the schema %q of service %s is not there: bring it back, or delete the service and deploy it again", d.schema, d.project)
	}
	return postgres.Dialect{}.Inspect(ctx, d.std, d.schema)
}

// migrate changes the tables and, in the same transaction, the status of the
// migration's record: it is in the same database.
func (d *postgresSchema) migrate(ctx context.Context, run Run) error {
	err := d.write(ctx, func(in session) error {
		s := in.(*postgresWriting)
		script, err := d.script(run.Steps)
		if err != nil {
			return err
		}
		if err := s.waitAtMost(ctx, d.lockTime); err != nil {
			return err
		}
		if err := s.changes(ctx, script, run.applied); err != nil {
			return err
		}
		b := dialect.NewBuilder(postgres.Dialect{}.Facts(), d.management)
		b.SQL("UPDATE ").Table("Migration").SQL("\nSET ").Name("status").SQL(" = ").Arg(string(migration.Success))
		b.SQL(", ").Name("applied").SQL(" = ").Arg(len(run.Steps)).SQL(", ").Name("finishedAt").SQL(" = ")
		b.Value(scalar.OfDateTime(time.Now().UnixMilli()))
		b.SQL("\nWHERE ").Name("projectId").SQL(" = ").Arg(d.project).SQL(" AND ").Name("revision").SQL(" = ").Arg(run.Revision)
		st := b.Statement()
		if _, err = s.exec(ctx, st.SQL, st.Args); err != nil {
			return err
		}
		return run.Lock.hold(ctx, s)
	})
	if err == nil && len(run.Steps) > 0 {
		d.pool.Reset() // statements are prepared for the tables before
	}
	return d.blocked(context.WithoutCancel(ctx), err)
}

// waitAtMost lets the statements of the transaction fail that wait longer for a lock.
func (s *postgresWriting) waitAtMost(ctx context.Context, wait time.Duration) error {
	const limit = "SELECT set_config('lock_timeout', $1, true)"
	_, err := s.exec(ctx, limit, []any{fmt.Sprintf("%dms", wait.Milliseconds())})
	return err
}

// changes runs the statements of each step, which are not worth being kept
// prepared. Those without arguments go to the server many at once; it stops at
// the first that fails. applied is told how many steps are done.
func (s *postgresWriting) changes(ctx context.Context, script [][]dialect.Statement, applied func(int)) error {
	if err := s.start(ctx); err != nil {
		return err
	}
	var together []dialect.Statement
	steps := 0 // that are done with those together
	flush := func() error {
		err := s.together(ctx, together)
		together = together[:0]
		if err == nil {
			applied(steps)
		}
		return err
	}
	for i, statements := range script {
		for _, st := range statements {
			begin(ctx, s.log, st.SQL)
			if len(st.Args) == 0 {
				together = append(together, st)
				continue
			}
			if err := flush(); err != nil {
				return err
			}
			if _, err := s.conn.Exec(ctx, st.SQL, append([]any{pgx.QueryExecModeDescribeExec}, st.Args...)...); err != nil {
				return statementError(st.SQL, err)
			}
		}
		steps = i + 1
		if len(together) >= mostTogether {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// mostTogether is about how many statements go to the server at once.
const mostTogether = 30

// together runs statements without waiting for the answer of one before the next.
func (s *postgresWriting) together(ctx context.Context, statements []dialect.Statement) error {
	if len(statements) == 0 {
		return nil
	}
	var batch pgconn.Batch
	for _, st := range statements {
		batch.ExecParams(st.SQL, nil, nil, nil, nil)
	}
	results := s.conn.PgConn().ExecBatch(ctx, &batch)
	done := 0
	for results.NextResult() {
		if _, err := results.ResultReader().Close(); err != nil {
			break // Close returns it, too
		}
		done++
	}
	if err := results.Close(); err != nil {
		return statementError(statements[min(done, len(statements)-1)].SQL, err)
	}
	return nil
}

// revision is that of the newest migration that succeeded.
func (d *postgresSchema) revision(ctx context.Context) (int, error) {
	s, done, err := d.read(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), d.management)
	b.SQL("SELECT MAX(").Name("revision").SQL(")\nFROM ").Table("Migration")
	b.SQL("\nWHERE ").Name("projectId").SQL(" = ").Arg(d.project).SQL(" AND ").Name("status").SQL(" = ").Arg(string(migration.Success))
	v, err := one(ctx, s, b.Statement(), scalar.Int)
	return int(v.Int), err
}

// index makes an index while rows are read and written. What an earlier try
// left, which PostgreSQL does not use, goes before.
func (d *postgresSchema) index(ctx context.Context, t *relational.Table, x relational.Index) error {
	s, done, err := d.read(ctx)
	if err != nil {
		return err
	}
	defer done()
	b := func(text string) *dialect.Builder {
		return dialect.NewBuilder(postgres.Dialect{}.Facts(), d.schema).SQL(text)
	}
	const leftover = `SELECT 1
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_namespace AS n ON n.oid = i.relnamespace
WHERE n.nspname = $1 AND i.relname = $2 AND NOT x.indisvalid`
	invalid, err := one(ctx, s, dialect.Statement{SQL: leftover, Args: []any{d.schema, x.Name}}, scalar.Int)
	if err != nil {
		return err
	}
	var statements []dialect.Statement
	if !invalid.IsNull() {
		statements = append(statements, b("DROP INDEX CONCURRENTLY IF EXISTS ").Table(x.Name).Statement())
	}
	create := b("CREATE INDEX CONCURRENTLY ").Name(x.Name).SQL(" ON ").Table(t.Name).SQL(" (").Names(x.Columns...).SQL(")")
	return execAll(ctx, s, append(statements, create.Statement()))
}

func (d *postgresSchema) recover(context.Context, *Lock) error { return nil }

func (d *postgresSchema) script(steps []migration.StepChanges) ([][]dialect.Statement, error) {
	return scriptOf(postgres.Dialect{}, d.schema, steps)
}

// empty clears all tables at once, and whatever refers to them, as Prisma 1 did.
func (d *postgresSchema) empty(ctx context.Context, tables []string) error {
	if len(tables) == 0 {
		return nil
	}
	b := dialect.NewBuilder(postgres.Dialect{}.Facts(), d.schema)
	b.SQL("TRUNCATE ")
	for i, t := range tables {
		if i > 0 {
			b.SQL(", ")
		}
		b.Table(t)
	}
	b.SQL(" CASCADE")
	_, err := d.pool.Exec(ctx, b.Statement().SQL)
	return err
}
