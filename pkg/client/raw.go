package client

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// RawAccess tells whether a service offers executeRaw, and the name of its
// database in PrismaDatabase. It gives a server the time of a question.
func (s *Service) RawAccess(ctx context.Context) (database string, ok bool, err error) {
	var answer struct {
		Type *struct{ EnumValues []struct{ Name string } } `json:"__type"`
		Root *struct{ Fields []struct{ Name string } }     `json:"root"`
	}
	const query = `{ __type(name: "PrismaDatabase") { kind enumValues { name } } root: __type(name: "Mutation") { fields { name } } }`
	if err := s.data.ask(ctx, query, nil, &answer); err != nil || answer.Type == nil || answer.Root == nil || len(answer.Type.EnumValues) == 0 {
		return "", false, err
	}
	for _, f := range answer.Root.Fields {
		ok = ok || f.Name == "executeRaw"
	}
	return answer.Type.EnumValues[0].Name, ok, nil
}

// RawDatabase returns the database behind a service as database/sql has it:
// each query is a call of executeRaw. It is good for reading only.
//
// connector is the kind of the server's database, database the name that
// RawAccess found. executeRaw takes no arguments, so that those of a query,
// texts only, become literals.
func (s *Service) RawDatabase(connector, database string) *sql.DB {
	return sql.OpenDB(&rawSource{s, connector, database})
}

// rawSource is the driver and its only connection; it has no state to keep apart.
type rawSource struct {
	service             *Service
	connector, database string
}

var errOnlyReads = errors.New("only queries can go through executeRaw")

func (r *rawSource) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r *rawSource) Driver() driver.Driver                        { return r }
func (r *rawSource) Open(string) (driver.Conn, error)             { return r, nil }
func (r *rawSource) Prepare(string) (driver.Stmt, error)          { return nil, errOnlyReads }
func (r *rawSource) Begin() (driver.Tx, error)                    { return nil, errOnlyReads }
func (r *rawSource) Close() error                                 { return nil }

// QueryContext asks the service.
func (r *rawSource) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	for i, arg := range args {
		text, ok := arg.Value.(string)
		if !ok {
			return nil, fmt.Errorf("argument %d of a raw query is a %T and no text", i+1, arg.Value)
		}
		if r.connector == "postgres" {
			query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i+1), r.literal(text))
		} else {
			query = strings.Replace(query, "?", r.literal(text), 1)
		}
	}
	const mutation = `mutation executeRaw($query: String! $database: PrismaDatabase) { rows: executeRaw( database: $database query: $query ) }`
	var answer struct{ Rows json.RawMessage }
	if err := r.service.data.call(ctx, mutation, map[string]any{"query": query, "database": r.database}, &answer); err != nil {
		return nil, err
	}
	return readRaw(answer.Rows)
}

// literal writes a text in hexadecimal digits, so that no character of it means anything in SQL.
func (r *rawSource) literal(text string) string {
	digits := hex.EncodeToString([]byte(text))
	switch {
	case text == "":
		return "''"
	case r.connector == "postgres":
		return "convert_from(decode('" + digits + "', 'hex'), 'UTF8')"
	}
	return "_utf8mb4 0x" + digits
}

// rawRows are the objects of an answer. Servers write their keys in the order of the columns.
type rawRows struct {
	columns []string
	rows    [][]driver.Value
}

func readRaw(text []byte) (*rawRows, error) {
	var objects []json.RawMessage
	if err := json.Unmarshal(text, &objects); err != nil {
		return nil, fmt.Errorf("executeRaw answered no rows: %w", err)
	}
	read := &rawRows{}
	for _, object := range objects {
		columns, values, err := readObject(object)
		if err != nil {
			return nil, err
		}
		read.columns = columns
		read.rows = append(read.rows, values)
	}
	return read, nil
}

func readObject(text []byte) (keys []string, values []driver.Value, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		if n, ok := value.(json.Number); ok {
			value = n.String()
		}
		keys, values = append(keys, fmt.Sprint(key)), append(values, value)
	}
	return keys, values, nil
}

func (r *rawRows) Columns() []string { return r.columns }
func (r *rawRows) Close() error      { return nil }

func (r *rawRows) Next(row []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(row, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}
