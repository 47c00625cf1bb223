package connector

import (
	"context"
	"errors"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A session runs statements: on the pool of a connector, or inside one
// transaction. SQL texts repeat, so every session prepares and keeps them.
type session interface {
	// query runs a statement that answers rows. The caller closes them.
	query(ctx context.Context, sql string, args []any) (rows, error)
	// exec runs a statement and returns how many rows it met.
	exec(ctx context.Context, sql string, args []any) (int64, error)
}

// counting is a session where INSERT does not return rows.
type counting interface {
	// counted runs an INSERT of one row and returns the id that was counted up.
	counted(ctx context.Context, sql string, args []any) (int64, error)
}

// rows walks over the answer of a query.
//
//	for r.next() { … }
//	err := r.close()
type rows interface {
	next() bool
	// value returns cell i of the current row, a column of type t.
	value(i int, t scalar.Type) (scalar.Value, error)
	// appendJSON appends cell i as the data API prints it. It is what a big
	// answer consists of: no allocation per cell.
	appendJSON(b []byte, i int, t scalar.Type) ([]byte, error)
	// close ends the walk and returns the first error of it.
	close() error
}

// statementError says which statement failed; a request that is over needs no SQL to explain it.
func statementError(text string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w in %s", err, text)
}
