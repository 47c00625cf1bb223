package connector

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A Room is what writes may still store. Take is told before each statement
// how many bytes it is about to store, and refuses what is too much.
type Room interface{ Take(bytes int64) error }

type roomKey struct{}

// WithRoom returns a context in which writes take what they store from a room.
func WithRoom(ctx context.Context, r Room) context.Context {
	return context.WithValue(ctx, roomKey{}, r)
}

// rowBytes is about what a row takes beside its values, with the entry in an index.
const rowBytes = 80

// take takes bytes from the room of the request, if it has one.
func take(ctx context.Context, bytes int64) error {
	if r, ok := ctx.Value(roomKey{}).(Room); ok {
		return r.Take(bytes)
	}
	return nil
}

// takeRows takes what the rows of new nodes store, without their lists.
func takeRows(ctx context.Context, rows []newRow) error {
	if ctx.Value(roomKey{}) == nil {
		return nil
	}
	bytes := int64(0)
	for _, row := range rows {
		bytes += rowBytes + valueBytes(row.ID) + assignedBytes(row.Values)
	}
	return take(ctx, bytes)
}

// listBytes is what the values of a list store in one node.
func listBytes(list plan.ListAssignment) (bytes int64) {
	for _, v := range list.Values {
		bytes += rowBytes + valueBytes(v)
	}
	return bytes
}

func assignedBytes(values []plan.Assignment) (bytes int64) {
	for _, a := range values {
		bytes += valueBytes(a.Value)
	}
	return bytes
}

// valueBytes is what a value stores; null and what has a fixed size is part of the row.
func valueBytes(v scalar.Value) int64 { return int64(len(v.Text)) }
