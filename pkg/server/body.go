package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// readBody reads a JSON body; problem says what to answer when there is none.
func readBody(w http.ResponseWriter, r *http.Request, most int) (body []byte, status int, problem string) {
	body, err := readAll(http.MaxBytesReader(w, r.Body, int64(most)), min(r.ContentLength, int64(most)))
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case tooLarge:
		return nil, http.StatusRequestEntityTooLarge, err.Error()
	case err != nil:
		return nil, http.StatusBadRequest, "The request could not be read."
	case len(body) == 0:
		return nil, http.StatusBadRequest, "Request entity expected but not supplied"
	case !json.Valid(body):
		var value any
		return nil, http.StatusBadRequest, "The request content was malformed:\n" + json.Unmarshal(body, &value).Error()
	}
	return body, 0, ""
}

// firstRoom is the room for a body, in bytes, before anything of it is read.
const firstRoom = 256 << 10

// readAll is io.ReadAll for a body that says its size, -1 when it does not. It
// gets that much room when an eighth of it is there: then it was hardly copied,
// and nobody gets room for what is never sent.
func readAll(r io.Reader, size int64) ([]byte, error) {
	room := func(read int) int {
		if size < 0 {
			return 2*read + 512
		}
		return int(min(size, max(firstRoom, 8*int64(read)))) + 1 // for the end
	}
	body := make([]byte, 0, room(0))
	for {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return body, err
		}
		if len(body) == cap(body) {
			body = append(make([]byte, 0, max(room(len(body)), len(body)+512)), body...)
		}
	}
}
