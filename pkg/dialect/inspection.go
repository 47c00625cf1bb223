package dialect

import (
	"context"
	"database/sql"
	"fmt"
)

// A Part is one look into a database of several that make an inspection.
type Part struct {
	Of   string // what is looked at
	Read func() error
}

// ReadParts reads parts in order, up to the first that fails.
func ReadParts(parts ...Part) error {
	for _, p := range parts {
		if err := p.Read(); err != nil {
			return fmt.Errorf("inspect %s: %w", p.Of, err)
		}
	}
	return nil
}

// EachRow calls f for every row of a query's answer.
func EachRow(ctx context.Context, db Querier, f func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
