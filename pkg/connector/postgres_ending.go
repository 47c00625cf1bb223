package connector

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// An ender is a session in a transaction that can be ended by what is read behind it.
type ender interface {
	// ending returns a session whose first statements end the transaction and read
	// what it left, in one round trip. stored tells whether it was stored, whatever
	// became of the reading; without BEGIN both succeed or fail together.
	ending() (reads session, stored func() bool)
}

var (
	_ ender   = (*postgresWriting)(nil)
	_ session = (*postgresEnding)(nil)
	_ sender  = (*postgresEnding)(nil)
)

func (w *postgresWriting) ending() (session, func() bool) {
	e := &postgresEnding{writing: w}
	return e, func() bool { return e.committed }
}

// A postgresEnding sends what waits, COMMIT where there was a BEGIN, and
// statements that read.
type postgresEnding struct {
	writing   *postgresWriting
	committed bool  // what was written is stored
	failure   error // why nothing was stored
}

func (e *postgresEnding) query(ctx context.Context, text string, args []any) (rows, error) {
	sent, err := e.end(ctx, []dialect.Statement{{SQL: text, Args: args}})
	if err != nil {
		return nil, err
	}
	found, err := sent.next(ctx)
	if err != nil {
		sent.close()
		return nil, err
	}
	return &lastRows{found, sent}, nil
}

func (e *postgresEnding) exec(ctx context.Context, text string, args []any) (int64, error) {
	return e.writing.exec(ctx, text, args)
}

func (e *postgresEnding) send(ctx context.Context, statements []dialect.Statement) (answers, error) {
	return e.end(ctx, statements)
}

// end sends everything. Whoever asks again, because a statement was outdated,
// reads only; what was not stored stays an error.
func (e *postgresEnding) end(ctx context.Context, statements []dialect.Statement) (answers, error) {
	if e.failure != nil {
		return nil, e.failure
	}
	w := e.writing
	begun, writes := w.begun, len(w.waiting) > 0
	var more []waiting
	if begun {
		more = append(more, waiting{text: "COMMIT"})
	}
	for _, st := range statements {
		more = append(more, waiting{text: st.SQL, args: st.Args})
	}
	sent, err := w.send(ctx, begun, more...)
	if err == nil && begun {
		if _, err = sent.Exec(); err != nil {
			sent.Close()
		}
	}
	if err != nil {
		e.failure = err
		return nil, err
	}
	if begun {
		w.begun, e.committed = false, true
	}
	return &postgresEnd{ending: e, sent: sent, statements: statements, decides: writes && !begun}, nil
}

// postgresEnd are the answers of what was read behind a transaction.
type postgresEnd struct {
	ending     *postgresEnding
	sent       pgx.BatchResults
	statements []dialect.Statement
	asked      int
	decides    bool // nothing is stored where reading fails
}

func (a *postgresEnd) next(ctx context.Context) (rows, error) {
	st := a.statements[a.asked]
	a.asked++
	t := begin(ctx, a.ending.writing.log, st.SQL)
	found, err := a.sent.Query()
	if err != nil {
		t.end(nil, st.SQL, st.Args, err)
		return nil, a.failed(statementError(st.SQL, err))
	}
	return &postgresRows{rows: found, text: st.SQL, args: st.Args, task: t}, nil
}

func (a *postgresEnd) close() error {
	err := a.failed(a.sent.Close())
	if a.decides && err == nil {
		a.ending.committed = true
	}
	return err
}

func (a *postgresEnd) failed(err error) error {
	if a.decides && err != nil {
		a.ending.failure = err
	}
	return err
}

// lastRows are the rows of the only statement.
type lastRows struct {
	rows
	sent answers
}

func (r *lastRows) close() error {
	err := r.rows.close()
	if closed := r.sent.close(); err == nil {
		err = closed
	}
	return err
}
