package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/prisma1-go/prisma1/pkg/dialect"
)

// A postgresReading is a session outside of a transaction. What it reads it gets
// from the driver's lower floor, without what the upper one does for each statement.
type postgresReading struct {
	postgresSession
	prepared *postgresStatements
}

var (
	_ session = (*postgresReading)(nil)
	_ sender  = (*postgresReading)(nil)
)

// read gives a session without a transaction: each statement sees the database
// as it is then, as in Prisma 1.
func (p postgresPlace) read(ctx context.Context) (session, func(), error) {
	conn, release, err := p.take(ctx)
	if err != nil {
		return nil, nil, err
	}
	c := conn.Conn()
	return &postgresReading{postgresSession{c, p.log}, statementsOf(c)}, release, nil
}

// query asks a second time when a statement was prepared before a table changed.
func (s *postgresReading) query(ctx context.Context, text string, args []any) (rows, error) {
	t := begin(ctx, s.log, text)
	r, err := s.ask(ctx, text, args)
	if isOutdated(err) {
		r, err = s.ask(ctx, text, args)
	}
	if err != nil {
		t.end(&s.postgresSession, text, args, err)
		return nil, statementError(text, err)
	}
	r.end = func(err error) { t.end(&s.postgresSession, text, args, err) }
	return r, nil
}

// ask sends a statement and waits for the first row.
func (s *postgresReading) ask(ctx context.Context, text string, args []any) (*postgresAnswer, error) {
	p, err := s.prepared.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := s.prepared.bind(p, args); err != nil {
		return nil, err
	}
	bound := &s.prepared.bound
	found := s.conn.PgConn().ExecStatement(ctx, p.description, bound.ParamValues, bound.ParamFormats, p.formats)
	r := &postgresAnswer{reader: found, text: text}
	if r.ahead = r.next(); r.ahead {
		return r, nil
	}
	if _, err := found.Close(); err != nil {
		s.prepared.refused(ctx, err, text)
		return nil, err
	}
	return r, nil
}

// send sends statements as one pipeline, which is a transaction.
func (s *postgresReading) send(ctx context.Context, statements []dialect.Statement) (answers, error) {
	all := make([]*postgresStatement, len(statements))
	for i, st := range statements {
		p, err := s.prepared.statement(ctx, st.SQL)
		if err != nil {
			return nil, statementError(st.SQL, err)
		}
		all[i] = p
	}
	pipeline := s.conn.PgConn().StartPipeline(ctx)
	for i, p := range all {
		if err := s.prepared.bind(p, statements[i].Args); err != nil {
			return nil, errors.Join(statementError(statements[i].SQL, err), pipeline.Close())
		}
		bound := &s.prepared.bound
		pipeline.SendQueryStatement(p.description, bound.ParamValues, bound.ParamFormats, p.formats)
	}
	if err := pipeline.Sync(); err != nil {
		pipeline.Close()
		return nil, err
	}
	return &postgresAnswers{ctx: ctx, session: s, pipeline: pipeline, statements: statements}, nil
}

// isOutdated tells whether a prepared statement no longer fits its tables. Its
// code is shared with others, so that the server's routine decides.
func isOutdated(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == "0A000" && refused.Routine == "RevalidateCachedQuery"
}

// postgresAnswers are the answers of a pipeline.
type postgresAnswers struct {
	ctx        context.Context
	session    *postgresReading
	pipeline   *pgconn.Pipeline
	statements []dialect.Statement
	asked      int
	failure    error
	slow       func() // tells of a slow statement when the connection is free; nil when there was none
}

func (a *postgresAnswers) next(ctx context.Context) (rows, error) {
	st := a.statements[a.asked]
	a.asked++
	t := begin(ctx, a.session.log, st.SQL)
	end := func(err error) {
		a.failure = cmp.Or(a.failure, err)
		if took, slow := t.isSlow(); slow {
			a.slow = func() { t.tell(&a.session.postgresSession, took, st.SQL, st.Args, err) }
		}
	}
	result, err := a.pipeline.GetResults()
	if err != nil {
		end(err)
		return nil, statementError(st.SQL, err)
	}
	found, ok := result.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("answer %T to %s", result, st.SQL)
	}
	return &postgresAnswer{reader: found, text: st.SQL, end: end}, nil
}

func (a *postgresAnswers) close() error {
	err := a.pipeline.Close()
	for _, st := range a.statements {
		a.session.prepared.refused(a.ctx, cmp.Or(a.failure, err), st.SQL)
	}
	if a.slow != nil {
		a.slow()
	}
	return err
}

// A postgresAnswer is the rows of one statement as they came over the wire.
type postgresAnswer struct {
	postgresRow
	reader *pgconn.ResultReader
	ahead  bool // the current row was not asked for yet
	text   string
	end    func(error) // is told how it ended
}

func (a *postgresAnswer) next() bool {
	if a.ahead {
		a.ahead = false
		return true
	}
	if !a.reader.NextRow() {
		return false
	}
	if a.fields == nil {
		a.fields = a.reader.FieldDescriptions()
	}
	a.cells = a.reader.Values()
	return true
}

func (a *postgresAnswer) close() error {
	_, err := a.reader.Close()
	a.end(err)
	if err != nil {
		return statementError(a.text, err)
	}
	return nil
}
