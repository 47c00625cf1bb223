package connector

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"sync"
)

// take takes a connection from the pool; done gives it back. When ctx ends
// before, the server is told to stop what runs on it: closing a connection,
// which the driver does, is noticed when the statement has its answer.
func (p mysqlPlace) take(ctx context.Context) (conn *sql.Conn, done func(), err error) {
	conn, err = p.pool.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	thread, err := p.threads.of(ctx, conn)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		p.kill(ctx, thread)
	})
	return conn, func() {
		if !stop() { // nobody else may have the connection while it is being killed
			<-killed
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		conn.Close()
	}, nil
}

// kill stops the statement of a thread, if it still runs one.
func (s *mysqlServer) kill(ctx context.Context, thread int64) {
	if !s.kills {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if _, err := s.killer.ExecContext(ctx, "KILL QUERY "+strconv.FormatInt(thread, 10)); err != nil {
		s.log.Debug("a statement could not be stopped", "thread", thread, "cause", err)
	}
}

// threads are the numbers that the server has for connections.
type threads struct {
	mu    sync.Mutex
	known map[any]int64 // by the driver's connection
}

// mostThreads is how many are kept; connections that are gone are not taken out.
const mostThreads = 1000

func (t *threads) of(ctx context.Context, conn *sql.Conn) (id int64, err error) {
	var key any
	if err := conn.Raw(func(c any) error { key = c; return nil }); err != nil {
		return 0, err
	}
	t.mu.Lock()
	id, ok := t.known[key]
	t.mu.Unlock()
	if ok {
		return id, nil
	}
	if err := conn.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&id); err != nil {
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= mostThreads {
		t.known = make(map[any]int64)
	}
	t.known[key] = id
	return id, nil
}
