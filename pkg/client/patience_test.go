package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TestRetriesOnlyQuestions: a connection that breaks is no reason to repeat a change, which may
// have been made.
func TestRetriesOnlyQuestions(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if requests.Add(1)%2 == 1 {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			connection.Close()
			return
		}
		io.WriteString(w, `{"data":{"serverInfo":{"version":"1.35.0"}}}`)
	}))
	t.Cleanup(server.Close)
	c := New(server.URL, "", nil)
	if got, err := c.ServerInfo(t.Context()); err != nil || got.Version != "1.35.0" || requests.Load() != 2 {
		t.Errorf("a question: got %v %v after %d requests", got, err, requests.Load())
	}
	requests.Store(0)
	err := c.DeleteProject(t.Context(), "a", "b")
	if _, ok := errors.AsType[*Unreachable](err); !ok || requests.Load() != 1 {
		t.Errorf("a change: got %v after %d requests", err, requests.Load())
	}
}

// TestNotYet: a server without its database, or one behind a gateway that does not reach it, may be there later.
func TestNotYet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		want   bool
	}{
		{http.StatusServiceUnavailable, `{"errors":[{"message":"The database does not answer yet."}]}`, true},
		{http.StatusBadGateway, "<html>Bad Gateway</html>", true},
		{http.StatusNotFound, "<html>Not Found</html>", false},
		{http.StatusOK, `{"errors":[{"message":"no"}]}`, false},
		{http.StatusOK, `{"data":{"serverInfo":{"version":"1.35.0"}}}`, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}))
		t.Cleanup(server.Close)
		if _, err := New(server.URL, "", nil).ServerInfo(t.Context()); NotYet(err) != c.want {
			t.Errorf("%d %s: got %v", c.status, c.body, err)
		}
	}
}

// TestDeadlineOfTheCaller: the message is about the server, not about a context.
func TestDeadlineOfTheCaller(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := New(server.URL, "", nil).ServerInfo(ctx)
	want := "The server at " + server.URL + " did not answer in time. Please check if it is running and not overloaded."
	if err == nil || err.Error() != want || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %s", err, want)
	}
}
