// Package graphql reads GraphQL requests and writes their answers: parse, validate, coerce, introspect, execute.
//
//	body → Decode → Request → Check (or Cache) → Document → Operation → Bind → Selection
//
// The Selection is what a caller plans from: fields with fragments spread and
// directives applied, arguments as Input. The package knows no Prisma; parsing
// and most validation rules are those of vektah/gqlparser.
package graphql

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// A Request is one operation to execute. Its variables are part of the body, which nobody changes.
type Request struct {
	Query         string          // "" when the body has none
	OperationName string          // "" when the body has none
	Variables     json.RawMessage // a JSON object, nil when the body has none
}

// Errors of Decode. Their text is the message of the answer.
var (
	ErrMalformed = errors.New("request malformed")
	ErrElement   = errors.New("not allowed")
	ErrEnvelope  = errors.New("JsError.get")
	ErrJSON      = errors.New("The request content was malformed:") //nolint:staticcheck // the original's sentence, sent to clients
)

// errEmpty is ErrJSON with the original's sentence for a body without bytes.
type errEmpty struct{}

func (errEmpty) Error() string        { return "Request entity expected but not supplied" }
func (errEmpty) Is(target error) bool { return target == ErrJSON }

// Decode reads the body of a POST: one request, or a batch of them. Keys it does
// not know are ignored. err wraps ErrJSON when the body is no JSON at all, and is
// ErrMalformed, ErrElement or ErrEnvelope when it is no request, the fault
// BatchTooLong when it holds more than most.
func Decode(body []byte, most int) (requests []Request, batch bool, err error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, false, errEmpty{}
	}
	if !json.Valid(body) {
		var any json.RawMessage
		return nil, false, errors.Join(ErrJSON, json.Unmarshal(body, &any))
	}
	r := jsonReader{b: body}
	switch r.peek() {
	case '{':
		request, err := decodeRequest(body)
		return []Request{request}, false, err
	case '[':
		err = r.array(func() error {
			if r.peek() != '{' {
				return ErrElement
			}
			if len(requests) == most {
				return fault.LongBatch(most)
			}
			request, err := decodeRequest(r.raw())
			requests = append(requests, request)
			return err
		})
		return requests, true, err
	}
	return nil, false, ErrMalformed
}

func decodeRequest(object []byte) (Request, error) {
	var request Request
	r := jsonReader{b: object}
	err := r.object(func(key string) error {
		switch key {
		case "query":
			return r.optionalText(&request.Query)
		case "operationName":
			return r.optionalText(&request.OperationName)
		case "variables":
			raw := r.raw()
			switch {
			case raw[0] == '{':
				request.Variables = raw
			case raw[0] != 'n':
				return ErrEnvelope
			}
			return nil
		}
		r.raw()
		return nil
	})
	return request, err
}

// optionalText reads a string or null.
func (r *jsonReader) optionalText(to *string) error {
	switch r.peek() {
	case '"':
		*to = r.text()
		return nil
	case 'n':
		r.raw()
		return nil
	}
	return ErrEnvelope
}
