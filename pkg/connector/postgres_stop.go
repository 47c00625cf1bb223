package connector

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A postgresStop tells the server to stop the statement of a connection when its
// context ends. The server may do so late, when the connection already runs what
// somebody else asks; so a connection that was stopped is not used again. pgx's
// own handler waits for a tenth of a second instead, which a busy server exceeds.
type postgresStop struct {
	conn *pgconn.PgConn
	told chan struct{}
}

// stopped marks connections whose statement was stopped.
const stopped = "stopped"

func newPostgresStop(conn *pgconn.PgConn) ctxwatch.Handler { return &postgresStop{conn: conn} }

func (s *postgresStop) HandleCancel(context.Context) {
	s.told = make(chan struct{})
	deadline := time.Now().Add(endTime)
	s.conn.Conn().SetDeadline(deadline)
	go func() {
		defer close(s.told)
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		defer cancel()
		s.conn.CancelRequest(ctx) // in vain, the deadline ends the statement for us
	}()
}

func (s *postgresStop) HandleUnwatchAfterCancel() {
	<-s.told
	s.conn.CustomData()[stopped] = true
	s.conn.Conn().SetDeadline(time.Time{}) // for what rolls back
}

// take takes a connection from the pool; release gives it back, or ends it when
// its statement was stopped.
func (s *postgresServer) take(ctx context.Context) (conn *pgxpool.Conn, release func(), err error) {
	for {
		conn, err = s.pool.Acquire(ctx)
		switch {
		case err != nil:
			return nil, nil, err
		case !isStopped(conn): // database/sql gives back those that were
			return conn, func() { giveBack(conn) }, nil
		}
		giveBack(conn)
	}
}

func isStopped(conn *pgxpool.Conn) bool { return conn.Conn().PgConn().CustomData()[stopped] != nil }

func giveBack(conn *pgxpool.Conn) {
	if isStopped(conn) {
		conn.Conn().Close(context.Background()) // waits for nobody
	}
	conn.Release()
}
