package connector

import (
	"container/list"
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postgresStatements are the statements that one connection keeps prepared for
// those who read, the one used last in front.
type postgresStatements struct {
	conn   *pgx.Conn
	byText map[string]*list.Element
	recent list.List // of *postgresStatement
	count  int       // that were ever prepared: names
	bound  pgx.ExtendedQueryBuilder
}

// A postgresStatement is prepared.
type postgresStatement struct {
	text        string
	description *pgconn.StatementDescription
	formats     []int16 // of the columns
}

const (
	mostPrepared  = 512        // statements of one connection
	statementsKey = "prisma1"  // where a connection keeps them
	statementName = "prisma1_" // a number follows
)

// statementsOf returns the statements of a connection.
func statementsOf(conn *pgx.Conn) *postgresStatements {
	kept := conn.PgConn().CustomData()
	if s, ok := kept[statementsKey].(*postgresStatements); ok {
		return s
	}
	s := &postgresStatements{conn: conn, byText: make(map[string]*list.Element)}
	kept[statementsKey] = s
	return s
}

// statement returns the prepared statement of a text.
func (s *postgresStatements) statement(ctx context.Context, text string) (*postgresStatement, error) {
	if kept, ok := s.byText[text]; ok {
		s.recent.MoveToFront(kept)
		return kept.Value.(*postgresStatement), nil
	}
	if s.recent.Len() >= mostPrepared {
		s.forget(ctx, s.recent.Back().Value.(*postgresStatement).text)
	}
	s.count++
	description, err := s.conn.PgConn().Prepare(ctx, statementName+strconv.Itoa(s.count), text, nil)
	if err != nil {
		return nil, err
	}
	p := &postgresStatement{text: text, description: description}
	for _, f := range description.Fields {
		p.formats = append(p.formats, s.conn.TypeMap().FormatCodeForOID(f.DataTypeOID))
	}
	s.byText[text] = s.recent.PushFront(p)
	return p, nil
}

// bind writes arguments as a statement takes them, into s.bound.
func (s *postgresStatements) bind(p *postgresStatement, args []any) error {
	if len(args) == 0 {
		s.bound.ParamValues, s.bound.ParamFormats = nil, nil
		return nil
	}
	return s.bound.Build(s.conn.TypeMap(), p.description, args)
}

// refused gives up a statement after an error of the server: perhaps it no longer fits its tables.
func (s *postgresStatements) refused(ctx context.Context, err error, text string) {
	if _, ok := errors.AsType[*pgconn.PgError](err); ok && ctx.Err() == nil {
		s.forget(ctx, text)
	}
}

// forget gives up a statement.
func (s *postgresStatements) forget(ctx context.Context, text string) {
	kept, ok := s.byText[text]
	if !ok {
		return
	}
	delete(s.byText, text)
	p := s.recent.Remove(kept).(*postgresStatement)
	_ = s.conn.PgConn().Deallocate(ctx, p.description.Name) // else it goes with the connection
}
