package connector

import (
	"cmp"
	"context"
	"encoding/binary"
	"log/slog"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A postgresPlace gives sessions on the connections of a server.
type postgresPlace struct{ *postgresServer }

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

// postgresRows are rows as they came over the wire.
type postgresRows struct {
	postgresRow
	rows pgx.Rows

	text    string // of the statement
	args    []any
	session *postgresSession // nil when others follow on it at once
	task    *task            // nil when the statement belongs to none
	batch   pgx.BatchResults // that the rows are the last of; nil when they came alone
}

// A postgresRow is one row as it came over the wire.
type postgresRow struct {
	fields []pgconn.FieldDescription
	cells  [][]byte
}

func (r *postgresRows) next() bool {
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
	var free session
	if r.session != nil {
		free = r.session
	}
	r.task.end(free, r.text, r.args, err)
	if err != nil {
		return statementError(r.text, err)
	}
	return nil
}

func (r *postgresRow) cell(i int) postgresCell {
	f := &r.fields[i]
	return postgresCell{oid: f.DataTypeOID, binary: f.Format == pgx.BinaryFormatCode, bytes: r.cells[i]}
}

func (r *postgresRow) value(i int, t scalar.Type) (scalar.Value, error) { return r.cell(i).value(t) }

// appendJSON knows the cells that most answers are made of: whole numbers and texts.
func (r *postgresRow) appendJSON(b []byte, i int, t scalar.Type) ([]byte, error) {
	f, cell := &r.fields[i], r.cells[i]
	switch {
	case cell == nil:
		return append(b, "null"...), nil
	case f.Format != pgx.BinaryFormatCode:
	case f.DataTypeOID == pgtype.Int4OID && t == scalar.Int:
		return strconv.AppendInt(b, int64(int32(binary.BigEndian.Uint32(cell))), 10), nil
	case (f.DataTypeOID == pgtype.TextOID || f.DataTypeOID == pgtype.VarcharOID) && (t == scalar.String || t == scalar.ID || t == scalar.Enum):
		return scalar.AppendQuoted(b, cell), nil
	}
	return r.cell(i).appendJSON(b, t)
}
