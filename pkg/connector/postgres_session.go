package connector

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A postgresPlace gives sessions on the connections of a server.
type postgresPlace struct{ *postgresServer }

// read gives a session without a transaction: each statement sees the database
// as it is then, as in Prisma 1.
func (p postgresPlace) read(ctx context.Context) (session, func(), error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &postgresReading{postgresSession{conn.Conn(), p.log}}, conn.Release, nil
}

// A postgresSession runs statements on one connection, which keeps them prepared.
type postgresSession struct {
	conn *pgx.Conn
	log  *slog.Logger
}

var _ session = (*postgresSession)(nil)

func (s *postgresSession) query(ctx context.Context, text string, args []any) (rows, error) {
	t := begin(ctx, s.log, text)
	found, err := s.conn.Query(ctx, text, args...)
	if err != nil {
		t.end(s, text, args, err)
		return nil, statementError(text, err)
	}
	return &postgresRows{rows: found, text: text, args: args, session: s, task: t}, nil
}

func (s *postgresSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	t := begin(ctx, s.log, text)
	tag, err := s.conn.Exec(ctx, text, args...)
	t.end(s, text, args, err)
	if err != nil {
		return 0, statementError(text, err)
	}
	return tag.RowsAffected(), nil
}

// A postgresReading is a session outside of a transaction.
type postgresReading struct{ postgresSession }

// query asks a second time when a statement was prepared before a table changed.
func (s *postgresReading) query(ctx context.Context, text string, args []any) (rows, error) {
	for again := true; ; again = false {
		found, err := s.postgresSession.query(ctx, text, args)
		if err != nil {
			return nil, err
		}
		r := found.(*postgresRows)
		r.ahead = r.next()
		if r.ahead || !again || !isOutdated(r.rows.Err()) {
			return r, nil
		}
		r.rows.Close()
	}
}

// isOutdated tells whether a prepared statement no longer fits its tables. Its
// code is shared with others, so that the server's routine decides.
func isOutdated(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == "0A000" && refused.Routine == "RevalidateCachedQuery"
}

// postgresRows are rows as they came over the wire.
type postgresRows struct {
	rows  pgx.Rows
	ahead bool // the current row was not asked for yet

	text    string // of the statement
	args    []any
	session *postgresSession
	task    *task            // nil when the statement belongs to none
	batch   pgx.BatchResults // that the rows are the last of; nil when they came alone

	fields []pgconn.FieldDescription // of the current row, like cells
	cells  [][]byte
}

func (r *postgresRows) next() bool {
	if r.ahead {
		r.ahead = false
		return true
	}
	if !r.rows.Next() {
		return false
	}
	if r.fields == nil {
		r.fields = r.rows.FieldDescriptions()
	}
	r.cells = r.rows.RawValues()
	return true
}

func (r *postgresRows) close() error {
	r.rows.Close()
	err := r.rows.Err()
	if r.batch != nil {
		err = cmp.Or(err, r.batch.Close())
	}
	r.task.end(r.session, r.text, r.args, err)
	if err != nil {
		return statementError(r.text, err)
	}
	return nil
}

func (r *postgresRows) cell(i int) postgresCell {
	f := &r.fields[i]
	return postgresCell{oid: f.DataTypeOID, binary: f.Format == pgx.BinaryFormatCode, bytes: r.cells[i]}
}

func (r *postgresRows) value(i int, t scalar.Type) (scalar.Value, error) { return r.cell(i).value(t) }

func (r *postgresRows) appendJSON(b []byte, i int, t scalar.Type) ([]byte, error) {
	return r.cell(i).appendJSON(b, t)
}
