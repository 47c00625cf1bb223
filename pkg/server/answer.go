package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// minGzip is the size in bytes from which an answer is worth compressing.
const minGzip = 1400

var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return w
}}

// answerJSON sends a JSON body, compressed when the client can read that.
func answerJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	answerSheets(w, r, status, graphql.SheetsOf(body))
}

// answerSheets is answerJSON for a body on sheets, which are released.
func answerSheets(w http.ResponseWriter, r *http.Request, status int, body graphql.Sheets) {
	w.Header().Set("Content-Type", jsonType)
	if body.Len() >= minGzip && acceptsGzip(r) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Add("Vary", "Accept-Encoding")
		plain := body
		body = compress(&plain)
		plain.Release()
	}
	writeSheets(w, r, status, &body)
	body.Release()
}

// answerText sends one line of plain text.
func answerText(w http.ResponseWriter, r *http.Request, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	write(w, r, status, []byte(text))
}

// write sends a body that others may read.
func write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	sheets := graphql.SheetsOf(body)
	writeSheets(w, r, status, &sheets)
}

func writeSheets(w http.ResponseWriter, r *http.Request, status int, body *graphql.Sheets) {
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		whole(r, body.First())
		body.WriteTo(w) // a client that went away is no error of ours
	}
}

func compress(body *graphql.Sheets) graphql.Sheets {
	compressed := graphql.NewSheets()
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&compressed)
	body.WriteTo(w) // sheets take everything
	w.Close()
	return compressed
}

func acceptsGzip(r *http.Request) bool {
	accepted := strings.Split(r.Header.Get("Accept-Encoding"), ",")
	return slices.ContainsFunc(accepted, func(coding string) bool {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		return name == "gzip" && strings.TrimSpace(weight) != "q=0"
	})
}

// errorBody is the answer to a request that was not executed, with one error.
func errorBody(message string, code fault.Code, requestID string) []byte {
	type one struct {
		Message   string     `json:"message"`
		Code      fault.Code `json:"code,omitempty"`
		RequestID string     `json:"requestId,omitempty"`
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.Encode(struct { // strings and numbers always encode
		Errors []one `json:"errors"`
	}{[]one{{message, code, requestID}}})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// internalError is the one sentence a client reads when the fault is ours.
func internalError(requestID string) []byte {
	return errorBody("Whoops. Looks like an internal server error. Search your server logs for request ID: "+requestID, fault.Internal, requestID)
}
