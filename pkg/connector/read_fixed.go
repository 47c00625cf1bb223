package connector

import (
	"sync/atomic"

	"github.com/prisma1-go/prisma1/pkg/dialect"
	"github.com/prisma1-go/prisma1/pkg/plan"
)

// A fixed keeps the statements of a root field that has no variables, from its first request on.
type fixed struct{ whole, front fixedStatements }

// fixedStatements are those for the whole list, or for its front.
type fixedStatements struct {
	ahead atomic.Pointer[ahead]             // see reader.ahead
	first atomic.Pointer[dialect.Statement] // of its own level
}

// fixedOf returns what is kept for a read or its front, nil where nothing may be.
func fixedOf(read *plan.Read, front int) *fixedStatements {
	if read.Fixed == nil {
		return nil
	}
	f := plan.Keep(read.Fixed, func() *fixed { return new(fixed) })
	if front > 0 {
		return &f.front
	}
	return &f.whole
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
