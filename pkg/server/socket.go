package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Bounds of each connection.
const (
	defaultOperations = 100      // that are open at a time
	mostRunning       = 8        // of these, that are executed
	maxInit           = 64 << 10 // bytes of a message before the connection is let in
)

// A pace is how long things on a connection take.
type pace struct {
	keepAlive time.Duration // between two signs of life
	init      time.Duration // until the client must have been let in
	idle      time.Duration // without a message from the client or an event for it, as Prisma 1
	leave     time.Duration // that the end may take when the client was told of it
	deployed  time.Duration // between two looks whether another server deployed
}

var usualPace = pace{keepAlive: 10 * time.Second, init: 10 * time.Second, idle: 10 * time.Minute, leave: 5 * time.Second, deployed: time.Second}

// Sockets are the WebSocket connections of a server.
type sockets struct {
	server *Server
	pace   pace
	most   int             // connections
	each   int             // operations of a connection
	ctx    context.Context // ends when nothing more is waited for
	cancel context.CancelFunc
	change chan struct{} // something may have been deployed

	received, sent atomic.Int64 // messages

	mu     sync.Mutex
	open   map[*session]struct{}
	closed bool
	group  sync.WaitGroup // of all goroutines of sessions
}

func newSockets(s *Server) *sockets {
	k := &sockets{server: s, pace: usualPace, most: mostSockets(s.connections), each: cmp.Or(s.config.Operations, defaultOperations), change: make(chan struct{}, 1), open: make(map[*session]struct{})}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	return k
}

// upgrade makes a WebSocket connection to a service of a request.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, requestID string) {
	id, ok := project.FromPath(r.URL.Path)
	protocol := offered(r.Header)
	switch {
	case strings.Trim(r.URL.Path, "/") == "management" && !s.config.DisableManagement:
		answerText(w, r, http.StatusNotFound, "The management API has no subscriptions.")
		return
	case !ok:
		answerText(w, r, http.StatusNotFound, errPath.Error())
		return
	case protocol == nil:
		answerText(w, r, http.StatusBadRequest, "Please ask for a sub-protocol: graphql-transport-ws, graphql-ws or graphql-subscriptions.")
		return
	}
	c := newSession(s.sockets, protocol, id, requestID)
	c.wire, _ = r.Context().Value(wholeConn{}).(net.Conn)
	if !s.sockets.admit(c) {
		c.stop()
		w.Header().Set("Retry-After", "1")
		answerText(w, r, http.StatusServiceUnavailable, "The server has too many WebSocket connections, or stops. Please try again in a moment.")
		return
	}
	// Whoever has a token may come from anywhere, as over HTTP: there are no cookies.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.name}, InsecureSkipVerify: true})
	if err != nil { // the client has read why
		c.stop()
		s.sockets.forget(c)
		s.sockets.group.Done()
		return
	}
	// A goroutine of its own keeps nothing of the request in memory.
	go func() {
		defer s.sockets.group.Done()
		c.run(conn)
	}()
}

// admit makes room for a session, whose owner calls group.Done.
func (k *sockets) admit(c *session) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || len(k.open) >= k.most {
		return false
	}
	k.open[c] = struct{}{}
	k.group.Add(1)
	return true
}

func (k *sockets) forget(c *session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.open, c)
}

// sessions returns those that are open.
func (k *sockets) sessions() []*session {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]*session, 0, len(k.open))
	for c := range k.open {
		all = append(all, c)
	}
	return all
}

// retire lets no connection begin any more, and ends each when what runs on it is done.
func (k *sockets) retire() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	for _, c := range k.sessions() {
		c.retire()
	}
}

// wait waits until all connections have ended, and cuts those that take too long.
func (k *sockets) wait() {
	cut := time.AfterFunc(stopTimeout, k.cancel)
	defer cut.Stop()
	k.group.Wait()
	k.cancel()
}

// deployed is called when this server may have deployed a service.
func (k *sockets) deployed(project.ID) {
	select {
	case k.change <- struct{}{}:
	default: // it is to be looked at already
	}
}

// watch ends subscriptions whose service was deployed, here or by another
// server, until ctx ends.
func (k *sockets) watch(ctx context.Context) {
	look := time.NewTicker(k.pace.deployed)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.change:
		case <-look.C:
		}
		for _, id := range k.server.hub.Projects() {
			k.look(ctx, id)
		}
	}
}

// look ends what does not fit a service any more: its subscriptions after
// another datamodel, its connections after other secrets.
func (k *sockets) look(ctx context.Context, id project.ID) {
	p, err := k.server.management.Project(ctx, id)
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.ProjectNotFound {
			k.server.hub.Deployed(id, nil)
		}
		return // a database that is away comes back
	}
	k.server.hub.Deployed(id, p)
	for _, c := range k.sessions() {
		if c.project != id {
			continue
		}
		if err := c.verify(p); err != nil {
			c.drop(err.Error())
		}
	}
}
