package connector

import (
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// A fixed keeps the statements of a root field that has no variables, from its first request on.
type fixed struct {
	ahead atomic.Pointer[[]dialect.Statement] // see reader.ahead
	first atomic.Pointer[dialect.Statement]   // of its own level
}

// fixedOf returns what is kept for a read, nil where nothing may be.
func fixedOf(read *plan.Read) *fixed {
	if read.Fixed == nil {
		return nil
	}
	return plan.Keep(read.Fixed, func() *fixed { return new(fixed) })
}

// once returns what make returned the first time.
func once[T any](kept *atomic.Pointer[T], make func() T) T {
	if t := kept.Load(); t != nil {
		return *t
	}
	made := make()
	kept.Store(&made)
	return made
}
