// Package fault is the one kind of error a client may see: a number and a sentence, both part of Prisma 1's contract.
package fault

import "errors"

// A Code is Prisma 1's number of an error. Zero is no code.
type Code int

// Internal is the code of everything that is not a fault.
const Internal Code = 0

// Zero is a number that is printed as 0, where the zero Code is not printed:
// the number of what a database without error numbers says of raw SQL.
const Zero Code = -1

// Error is a failure the sender of the request can act on.
type Error struct {
	Code    Code   // Prisma 1's number, part of the wire contract
	Message string // full sentence, Prisma 1's wording where clients may match on it
	Cause   error  // for the log; never leaves the server
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Cause }

// CodeOf returns the code of the first Error in err's chain, or Internal.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
