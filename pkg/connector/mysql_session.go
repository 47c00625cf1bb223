package connector

import (
	"context"
	"database/sql"
	"log/slog"
)

// A mysqlPlace gives sessions on the connections of a server.
type mysqlPlace struct{ *mysqlServer }

// read gives a session without a transaction: each statement sees the database
// as it is then, as in Prisma 1.
func (p mysqlPlace) read(ctx context.Context) (session, func(), error) {
	conn, done, err := p.take(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &mysqlSession{conn, p.log}, done, nil
}

// write runs do at READ COMMITTED, as Prisma 1 does.
func (p mysqlPlace) write(ctx context.Context, do func(session) error) error {
	conn, done, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if err := do(&mysqlSession{tx, p.log}); err != nil {
		return err
	}
	return tx.Commit()
}

// A mysqlSession runs statements on a connection or in a transaction.
type mysqlSession struct {
	on interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
	log *slog.Logger
}

var (
	_ session  = (*mysqlSession)(nil)
	_ counting = (*mysqlSession)(nil)
)

func (s *mysqlSession) query(ctx context.Context, text string, args []any) (rows, error) {
	t := begin(ctx, s.log, text)
	found, err := s.on.QueryContext(ctx, text, args...)
	if err != nil {
		t.end(s, text, args, err)
		return nil, statementError(text, err)
	}
	return newCells(found, func(err error) { t.end(s, text, args, err) })
}

func (s *mysqlSession) exec(ctx context.Context, text string, args []any) (int64, error) {
	result, err := s.result(ctx, text, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *mysqlSession) counted(ctx context.Context, text string, args []any) (int64, error) {
	result, err := s.result(ctx, text, args)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

func (s *mysqlSession) result(ctx context.Context, text string, args []any) (sql.Result, error) {
	t := begin(ctx, s.log, text)
	result, err := s.on.ExecContext(ctx, text, args...)
	t.end(s, text, args, err)
	if err != nil {
		return nil, statementError(text, err)
	}
	return result, nil
}
