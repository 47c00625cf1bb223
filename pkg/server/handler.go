package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// handler answers every request of the server.
func (s *Server) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		requestID := s.newRequestID()
		w.Header().Set("Request-Id", requestID)
		allowOrigin(w, r)
		s.meter.begin()
		defer s.meter.end(r, start)
		defer s.recover(w, r, requestID)
		s.route(w, r, requestID)
		if s.log.Enabled(r.Context(), slog.LevelDebug) {
			s.log.Debug("request", "method", r.Method, "path", r.URL.Path, "requestId", requestID, "ms", time.Since(start).Milliseconds())
		}
	})
}

// recover answers a request whose handling panicked.
func (s *Server) recover(w http.ResponseWriter, r *http.Request, requestID string) {
	cause := recover()
	if cause == nil {
		return
	}
	s.log.Error("request panicked", "requestId", requestID, "path", r.URL.Path, "cause", cause, "stack", string(debug.Stack()))
	s.meter.failed(fault.Internal)
	answerJSON(w, r, http.StatusInternalServerError, internalError(requestID))
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, requestID string) {
	switch {
	case isPreflight(r):
		answerPreflight(w, r)
	case r.Method == http.MethodPost:
		s.post(w, r, requestID)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD, POST, OPTIONS")
		answerText(w, r, http.StatusMethodNotAllowed, "HTTP method not allowed, supported methods: POST, GET")
	case r.URL.Path == "/status":
		s.status(w, r)
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		s.upgrade(w, r, requestID)
	case serveAsset(w, r):
	default:
		servePage(w, r)
	}
}

// status says that the server is alive, as Prisma 1 does, or with ?ready that
// it can work, which is asked by who sends requests to several servers.
func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("ready") {
		if reason := s.unready(); reason != "" {
			answerJSON(w, r, http.StatusServiceUnavailable, scalar.AppendQuoted(nil, reason))
			return
		}
	}
	answerJSON(w, r, http.StatusOK, []byte(`"OK"`))
}

// unready says why the server cannot work, "" when it can. The log knows more:
// whoever asks need not.
func (s *Server) unready() string {
	select {
	case <-s.opened:
	default:
		return "The database does not answer yet."
	}
	if since, away := s.connector.Away(); away {
		return "The database does not answer since " + since.UTC().Format(time.RFC3339) + "."
	}
	return ""
}

// post answers the requests of the APIs.
func (s *Server) post(w http.ResponseWriter, r *http.Request, requestID string) {
	if !isJSON(r.Header.Get("Content-Type")) {
		answerText(w, r, http.StatusUnsupportedMediaType, "The request's Content-Type is not supported. Expected:\napplication/json")
		return
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		answerText(w, r, http.StatusUnsupportedMediaType, "The request's Content-Encoding is not supported. Please send the body as it is.")
		return
	}
	most := cmp.Or(s.config.BodyBytes, DefaultBodyBytes)
	body, status, problem := readBody(w, r, most)
	if status == http.StatusRequestEntityTooLarge {
		refusal := fault.LargeBody(most)
		s.meter.failed(refusal.Code)
		answerJSON(w, r, status, errorBody(refusal.Message, refusal.Code, requestID))
		return
	}
	if problem != "" {
		answerText(w, r, status, problem)
		return
	}
	ctx := connector.WithRequest(r.Context(), requestID)
	s.await(ctx)
	if reason := s.unready(); reason != "" {
		w.Header().Set("Retry-After", "1")
		answerJSON(w, r, http.StatusServiceUnavailable, errorBody(reason+" Please try again in a moment.", 0, requestID))
		return
	}
	if strings.Trim(r.URL.Path, "/") == "management" && !s.config.DisableManagement {
		status, answer := s.management.Answer(ctx, requestID, r.Header.Get("Authorization"), body)
		answerJSON(w, r, status, answer)
		return
	}
	status, answer, err := s.serviceAnswer(ctx, w.Header(), r, requestID, body)
	if err != nil {
		status, answer = s.failure(ctx, requestID, err)
	}
	answerSheets(w, r, status, answer)
}

const jsonType = "application/json"

func isJSON(contentType string) bool {
	if contentType == jsonType { // as most clients write it
		return true
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == jsonType
}

// errPath is the error of a path with more than three segments.
var errPath = errors.New("Unsupported project ID encoding. ")

// serviceAnswer answers a request to a service: its data API or one of the
// endpoints below it; header is that of the answer. Returns the faults
// ThrottlerBufferFull, ProjectNotFound and InvalidToken.
func (s *Server) serviceAnswer(ctx context.Context, header http.Header, r *http.Request, requestID string, body []byte) (int, graphql.Sheets, error) {
	path, endpoint := splitEndpoint(r.URL.Path)
	id, ok := project.FromPath(path)
	if !ok {
		return 0, graphql.Sheets{}, errPath
	}
	start := time.Now()
	var waited throttled
	if endpoint == "" || endpoint == "private" {
		var err error
		if waited, err = s.throttle.wait(ctx, id); err != nil {
			s.engine.Refused(id, err)
			return 0, graphql.Sheets{}, err
		}
	}
	p, err := s.management.Project(ctx, id)
	if err != nil {
		return 0, graphql.Sheets{}, err
	}
	if err := s.tokens.VerifyService(p.Secrets, r.Header.Get("Authorization")); err != nil {
		return 0, graphql.Sheets{}, err
	}
	if endpoint == "_datamodel" {
		text, err := json.Marshal(p.Datamodel)
		return http.StatusOK, graphql.SheetsOf(text), err
	}
	service, err := s.engine.Service(p)
	if err != nil {
		return 0, graphql.Sheets{}, err
	}
	answer := service.Answer
	switch mode := r.Header.Get("Prisma-Transaction"); {
	case strings.EqualFold(mode, "all"):
		answer = service.AnswerTransaction
	case mode != "":
		return 0, graphql.Sheets{}, fault.TransactionMode(mode)
	}
	switch endpoint {
	case "private":
		answer = service.Private
	case "import":
		answer = service.Import
	case "export":
		answer = service.Export
	}
	status, text := answer(ctx, requestID, body)
	s.meter.note(service.Calls(), start, waited)
	if status == http.StatusOK {
		waited.tell(header)
	}
	return status, text, nil
}

// splitEndpoint takes a reserved last segment off a path; endpoint is "" for the data API.
func splitEndpoint(path string) (rest, endpoint string) {
	path = strings.TrimRight(path, "/")
	cut := strings.LastIndexByte(path, '/') + 1
	switch last := path[cut:]; last {
	case "private", "import", "export", "_datamodel":
		return path[:cut], last
	}
	return path, ""
}

// failure is the answer to a request that could not be executed: a fault is
// told, everything else is logged and told by its request id only.
func (s *Server) failure(ctx context.Context, requestID string, err error) (int, graphql.Sheets) {
	s.meter.failed(fault.CodeOf(err))
	if errors.Is(err, errPath) {
		return http.StatusInternalServerError, graphql.SheetsOf(errorBody(err.Error(), fault.Internal, requestID))
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return http.StatusOK, graphql.SheetsOf(errorBody(f.Message, f.Code, requestID))
	}
	if errors.Is(err, ratelimit.ErrClosed) || ctx.Err() != nil { // of a client that hung up nobody reads it
		return http.StatusServiceUnavailable, graphql.SheetsOf(errorBody("The server stops. Please try again in a moment.", 0, requestID))
	}
	s.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("requestId", requestID), slog.Any("cause", err))
	return http.StatusInternalServerError, graphql.SheetsOf(internalError(requestID))
}
