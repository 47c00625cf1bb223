package graphql

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// An Error is one entry of the errors of an answer.
type Error struct {
	Message   string
	Code      fault.Code // 0 when the error has none
	Path      []any      // keys (string) and list positions (int) from the root; nil for errors of the document
	Line      int        // 1-based; 0 when the error has no place
	Column    int        // 1-based, in runes
	RequestID string     // "" for errors of the document
	Syntax    bool       // the text is no GraphQL: the request fails as a whole (HTTP 500)
}

func (e *Error) Error() string { return e.Message }

// Errors are the errors of one answer, in the order they were met.
type Errors []*Error

func (e Errors) Error() string {
	messages := make([]string, len(e))
	for i, err := range e {
		messages[i] = err.Message
	}
	return strings.Join(messages, "\n")
}

// Syntax tells whether the errors say that the text is no GraphQL.
func (e Errors) Syntax() bool { return len(e) > 0 && e[0].Syntax }

// Failure is the entry for an error that a field or a whole request met: the
// code and sentence of a fault, the internal-error sentence for everything else.
func Failure(err error, requestID string) *Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return &Error{Code: f.Code, Message: f.Message, RequestID: requestID}
	}
	return &Error{Message: internal + requestID, RequestID: requestID}
}

const internal = "Whoops. Looks like an internal server error. Search your server logs for request ID: "

// AppendErrors appends errors as the JSON list of an answer: message, path,
// locations, code, requestId, each only where there is one.
func AppendErrors(b []byte, errs Errors) []byte {
	b = append(b, '[')
	for i, e := range errs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendError(b, e)
	}
	return append(b, ']')
}

func appendError(b []byte, e *Error) []byte {
	b = append(b, `{"message":`...)
	b = scalar.AppendQuoted(b, e.Message)
	if len(e.Path) > 0 {
		b = append(b, `,"path":`...)
		b = appendPath(b, e.Path)
	}
	if e.Line > 0 {
		b = fmt.Appendf(b, `,"locations":[{"line":%d,"column":%d}]`, e.Line, e.Column)
	}
	if e.Code != 0 {
		b = append(b, `,"code":`...)
		b = strconv.AppendInt(b, int64(max(e.Code, 0)), 10) // fault.Zero is 0
	}
	if e.RequestID != "" {
		b = append(b, `,"requestId":`...)
		b = scalar.AppendQuoted(b, e.RequestID)
	}
	return append(b, '}')
}

func appendPath(b []byte, path []any) []byte {
	b = append(b, '[')
	for i, part := range path {
		if i > 0 {
			b = append(b, ',')
		}
		switch part := part.(type) {
		case string:
			b = scalar.AppendQuoted(b, part)
		case int:
			b = strconv.AppendInt(b, int64(part), 10)
		}
	}
	return append(b, ']')
}

// AppendAnswer appends a whole answer. data is its JSON; nil stands for null.
func AppendAnswer(b, data []byte, errs Errors) []byte {
	b = append(b, `{"data":`...)
	if data == nil {
		b = append(b, "null"...)
	} else {
		b = append(b, data...)
	}
	if len(errs) > 0 {
		b = append(b, `,"errors":`...)
		b = AppendErrors(b, errs)
	}
	return append(b, '}')
}

// AppendFailure appends the answer to a request that was not executed at all:
// errors without data.
func AppendFailure(b []byte, errs Errors) []byte {
	b = append(b, `{"errors":`...)
	b = AppendErrors(b, errs)
	return append(b, '}')
}
