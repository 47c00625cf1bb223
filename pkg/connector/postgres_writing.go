package connector

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// A later is a session that may send statements together with the next ones.
type later interface {
	// later runs a statement whose answer nobody needs, at the latest when the
	// transaction ends. Its error, which explain turns into what the client
	// reads, comes from a later call.
	later(ctx context.Context, text string, args []any, explain func(error) error) error
}

// A postgresWriting is a transaction. What needs no answer waits for the next
// statement that does, or for the end: then all go in one round trip, the first
// with BEGIN and the last with COMMIT. Statements that went together and alone
// are a transaction without these.
type postgresWriting struct {
	*postgresSession
	waiting []waiting
	begun   bool
}

type waiting struct {
	text    string
	args    []any
	explain func(error) error
}

// mostWaiting is how many statements wait at most.
const mostWaiting = 200

var (
	_ session = (*postgresWriting)(nil)
	_ later   = (*postgresWriting)(nil)
)

// write runs do in a transaction. Isolation is the server's, which is READ
// COMMITTED unless somebody changed it.
func (p postgresPlace) write(ctx context.Context, do func(session) error) error {
	conn, release, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	w := &postgresWriting{postgresSession: &postgresSession{conn.Conn(), p.log}}
	defer w.rollback(ctx) // does nothing after the commit
	if err := do(w); err != nil {
		if earlier := w.flush(ctx); earlier != nil {
			return earlier
		}
		return err
	}
	return w.commit(ctx)
}

func (w *postgresWriting) later(ctx context.Context, text string, args []any, explain func(error) error) error {
	w.waiting = append(w.waiting, waiting{text, args, explain})
	if len(w.waiting) < mostWaiting {
		return nil
	}
	return w.flush(ctx)
}

// start begins the transaction for who uses the connection itself.
func (w *postgresWriting) start(ctx context.Context) error {
	if w.begun {
		return w.flush(ctx)
	}
	sent, err := w.send(ctx, true)
	if err != nil {
		return err
	}
	return sent.Close()
}

// query sends what waits and a statement that answers rows.
func (w *postgresWriting) query(ctx context.Context, text string, args []any) (rows, error) {
	if w.begun && len(w.waiting) == 0 {
		return w.postgresSession.query(ctx, text, args)
	}
	sent, err := w.send(ctx, true, waiting{text: text, args: args})
	if err != nil {
		return nil, err
	}
	t := begin(ctx, w.log, text)
	found, err := sent.Query()
	if err != nil {
		sent.Close()
		t.end(nil, text, args, err)
		return nil, statementError(text, err)
	}
	return &postgresRows{rows: found, text: text, args: args, session: w.postgresSession, task: t, batch: sent}, nil
}

func (w *postgresWriting) exec(ctx context.Context, text string, args []any) (int64, error) {
	if w.begun && len(w.waiting) == 0 {
		return w.postgresSession.exec(ctx, text, args)
	}
	sent, err := w.send(ctx, true, waiting{text: text, args: args})
	if err != nil {
		return 0, err
	}
	t := begin(ctx, w.log, text)
	tag, err := sent.Exec()
	t.end(nil, text, args, err)
	sent.Close()
	if err != nil {
		return 0, statementError(text, err)
	}
	return tag.RowsAffected(), nil
}

// flush sends what waits.
func (w *postgresWriting) flush(ctx context.Context) error {
	if len(w.waiting) == 0 {
		return nil
	}
	sent, err := w.send(ctx, true)
	if err != nil {
		return err
	}
	return sent.Close()
}

// commit sends what waits and ends the transaction.
func (w *postgresWriting) commit(ctx context.Context) error {
	if !w.begun { // one round trip is a transaction
		if len(w.waiting) == 0 {
			return nil
		}
		sent, err := w.send(ctx, false)
		if err != nil {
			return err
		}
		return sent.Close()
	}
	sent, err := w.send(ctx, true, waiting{text: "COMMIT"})
	if err != nil {
		return err
	}
	_, err = sent.Exec()
	sent.Close()
	w.begun = err != nil
	return err
}

// send sends BEGIN where it is due, what waits, and the statements in more,
// and reads the answers up to those of more. After an error the answers are closed.
func (w *postgresWriting) send(ctx context.Context, inside bool, more ...waiting) (pgx.BatchResults, error) {
	var batch pgx.Batch
	begins := inside && !w.begun
	if begins {
		batch.Queue("BEGIN")
		w.begun = true
	}
	first := w.waiting
	w.waiting = nil
	for _, s := range first {
		batch.Queue(s.text, s.args...)
	}
	for _, s := range more {
		batch.Queue(s.text, s.args...)
	}
	sent := w.conn.SendBatch(ctx, &batch)
	if begins {
		if _, err := sent.Exec(); err != nil {
			return nil, w.failed(sent, first, err)
		}
	}
	for _, s := range first {
		t := begin(ctx, w.log, s.text)
		_, err := sent.Exec()
		t.end(nil, s.text, s.args, err)
		if err != nil {
			sent.Close()
			return nil, s.explain(statementError(s.text, err))
		}
	}
	return sent, nil
}

// failed explains an error of the whole batch: the one of preparing a statement
// comes before any was run, and belongs to none of them.
func (w *postgresWriting) failed(sent pgx.BatchResults, first []waiting, err error) error {
	sent.Close()
	if len(first) > 0 {
		return first[0].explain(err)
	}
	return err
}

// rollback ends a transaction that was not committed, even when the request
// that wanted it is over. A connection on which that fails is not given to others.
func (w *postgresWriting) rollback(ctx context.Context) {
	if !w.begun {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	_, _ = w.conn.Exec(ctx, "ROLLBACK") // the pool sees by itself whether the connection is still inside
}
