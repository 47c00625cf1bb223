package connector

import (
	"time"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A record is the current row of an answer. The first cell that cannot be read
// is kept in err.
type record struct {
	rows rows
	err  *error
}

func (r record) cell(i int, t scalar.Type) scalar.Value {
	v, err := r.rows.value(i, t)
	if err != nil && *r.err == nil {
		*r.err = err
	}
	return v
}

// text returns a text, "" for null.
func (r record) text(i int) string { return r.cell(i, scalar.String).Text }

// number returns a whole number, 0 for null.
func (r record) number(i int) int64 { return r.cell(i, scalar.Int).Int }

// time returns a moment, the zero time for null.
func (r record) time(i int) time.Time {
	v := r.cell(i, scalar.DateTime)
	if v.IsNull() {
		return time.Time{}
	}
	return time.UnixMilli(v.Int).UTC()
}
