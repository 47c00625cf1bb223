package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/project"
)

// What Prisma 1 says to who is not let in (SubscriptionSessionActor.scala).
var (
	errToken   = errors.New("Authentication token is invalid.")
	errNoToken = errors.New("No Authorization field was provided in payload.")
)

const (
	needsInit = "You have to send an init message before sending anything else."
	stopping  = "The server stops. Please try again in a moment."
)

// A session is one WebSocket connection to a service.
type session struct {
	server    *Server
	pace      pace
	protocol  *protocol
	project   project.ID
	requestID string // of the request that became the connection
	conn      *websocket.Conn
	wire      net.Conn // below conn
	outbox    outbox
	ctx       context.Context
	stop      context.CancelFunc
	opened    time.Time
	active    atomic.Int64 // ns since 1970: the last message of the client, or event for it

	mu         sync.Mutex
	beats      *time.Timer
	ready      bool // let in
	token      string
	secrets    []string // for which it counts
	operations map[string]*operation
	slots      chan struct{}  // of operations that run; made with the first one
	running    sync.WaitGroup // operations that begin, or that are no subscription
	retired    bool           // nothing more begins
}

func newSession(k *sockets, p *protocol, id project.ID, requestID string) *session {
	c := &session{server: k.server, pace: k.pace, protocol: p, project: id, requestID: requestID, opened: time.Now()}
	c.ctx, c.stop = context.WithCancel(k.ctx)
	c.outbox = outbox{write: c.write, finish: c.finish, owner: &k.group}
	c.active.Store(c.opened.UnixNano())
	return c
}

// run reads what the client sends until the connection ends.
func (c *session) run(conn *websocket.Conn) {
	c.mu.Lock()
	c.conn = conn
	c.beats = time.AfterFunc(c.pace.keepAlive, c.beat)
	retired := c.retired
	c.mu.Unlock()
	defer c.leave(conn)
	defer c.recover()
	if retired {
		c.outbox.end(websocket.StatusGoingAway, stopping)
	}
	conn.SetReadLimit(maxInit)
	for {
		kind, data, err := c.read(conn)
		if err != nil {
			return
		}
		c.active.Store(time.Now().UnixNano())
		c.server.sockets.received.Add(1)
		switch {
		case c.outbox.over(): // the client does not know yet that the connection ends
		case kind != websocket.MessageText:
			c.outbox.end(websocket.StatusUnsupportedData, "Messages are JSON text.")
		default:
			c.receive(data)
		}
	}
}

// read reads a message, of which each piece must come in time once it began.
func (c *session) read(conn *websocket.Conn) (websocket.MessageType, []byte, error) {
	kind, r, err := conn.Reader(c.ctx)
	if err != nil {
		return 0, nil, err
	}
	patience := c.server.patience.piece
	slow := time.AfterFunc(patience, func() { c.outbox.end(websocket.StatusPolicyViolation, "The message came too slowly.") })
	defer slow.Stop()
	var message bytes.Buffer
	for {
		n, err := io.CopyN(&message, r, pieceBytes)
		if err == io.EOF {
			return kind, message.Bytes(), nil
		}
		if err != nil {
			return 0, nil, err
		}
		if n == pieceBytes {
			slow.Reset(patience)
		}
	}
}

// recover ends a connection alone when what it sent made us panic.
func (c *session) recover() {
	if cause := recover(); cause != nil {
		c.server.log.Error("connection panicked", "requestId", c.requestID, "cause", cause, "stack", string(debug.Stack()))
	}
}

// leave ends all that belongs to the connection.
func (c *session) leave(conn *websocket.Conn) {
	c.stop()
	c.mu.Lock()
	c.beats.Stop()
	c.mu.Unlock()
	c.quit()
	c.outbox.lose()
	conn.CloseNow()
	c.running.Wait()
	c.server.sockets.forget(c)
}

// quit ends all operations.
func (c *session) quit() {
	c.mu.Lock()
	c.retired = true
	operations := c.operations
	c.operations = nil
	c.mu.Unlock()
	for _, o := range operations {
		o.end()
	}
}

// retire ends the connection when the operations that run are done. It is
// called once, by who stops the server.
func (c *session) retire() {
	c.mu.Lock()
	c.retired = true
	began := c.conn != nil
	c.mu.Unlock()
	if !began {
		return // run ends it
	}
	c.server.sockets.group.Go(func() {
		c.running.Wait()
		c.outbox.end(websocket.StatusGoingAway, stopping)
	})
}

// beat gives a sign of life, and ends a connection that waits for nothing.
func (c *session) beat() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	switch {
	case c.ctx.Err() != nil:
		return
	case !c.ready && now.Sub(c.opened) >= c.pace.init:
		c.outbox.end(closeInitTimeout, "Connection initialisation timeout")
		return
	case now.Sub(time.Unix(0, c.active.Load())) >= c.pace.idle:
		c.outbox.end(websocket.StatusNormalClosure, "Nothing was sent for a long time.")
		return
	}
	c.outbox.idle(outgoing{before: c.protocol.keepAlive})
	c.beats.Reset(c.pace.keepAlive)
}

// write sends one message.
func (c *session) write(m outgoing) bool {
	if err := c.writeMessage(m); err != nil {
		c.conn.CloseNow()
		return false
	}
	c.server.sockets.sent.Add(1)
	return true
}

// writeMessage writes a small message in one frame, a large one in several.
func (c *session) writeMessage(m outgoing) error {
	if size := m.size(); size <= oneFrame {
		text := append(append(make([]byte, 0, size), m.before...), m.payload.Bytes()...)
		return c.conn.Write(c.ctx, websocket.MessageText, append(text, m.after...))
	}
	w, err := c.conn.Writer(c.ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, m.before); err == nil {
		_, err = m.payload.WriteTo(w)
	}
	if err == nil {
		_, err = io.WriteString(w, m.after)
	}
	if err != nil {
		return err // and the message has no end
	}
	return w.Close()
}

// oneFrame is the size in bytes up to which a message is copied into one frame.
const oneFrame = 256 << 10

// finish closes the connection in good order. The library waits for the client's
// consent, and then without end for the rest of a message that it had begun.
func (c *session) finish(code websocket.StatusCode, reason string) {
	defer time.AfterFunc(c.pace.leave, func() { c.wire.Close() }).Stop()
	c.conn.Close(code, cut(reason)) // a client that is gone is no error of ours
}

// cut shortens a reason to what a close frame holds.
func cut(reason string) string {
	const most = 123 // bytes
	return strings.ToValidUTF8(reason[:min(len(reason), most)], "")
}

// say sends a message, or cuts the connection off when too many wait already:
// the client does not read, so it need not be told.
func (c *session) say(m outgoing) {
	if !c.outbox.offer(m) {
		c.conn.CloseNow()
	}
}

func (c *session) sayText(text string) { c.say(outgoing{before: text}) }

// receive does what one message asks for.
func (c *session) receive(data []byte) {
	m, ok := c.protocol.decode(data)
	if !ok {
		c.misunderstand()
		return
	}
	c.mu.Lock()
	ready := c.ready
	c.mu.Unlock()
	switch {
	case m.verb == initVerb:
		c.init(m)
	case m.verb == pingVerb:
		c.sayText(`{"type":"pong"}`)
	case m.verb == pongVerb:
	case !ready:
		c.refuse(closeUnauthorized, needsInit)
	case m.verb == endVerb:
		c.outbox.end(websocket.StatusNormalClosure, "")
	case m.verb == startVerb:
		c.start(m.id, m.request)
	case m.verb == stopVerb:
		c.stopOperation(m.id)
	}
}

func (c *session) misunderstand() {
	if c.protocol.modern {
		c.outbox.end(closeBadMessage, "The message can't be parsed")
		return
	}
	c.sayText(malformed)
}

// refuse says why a client is not let in. With the old protocols it may try again.
func (c *session) refuse(code websocket.StatusCode, reason string) {
	if c.protocol.modern {
		c.outbox.end(code, reason)
		return
	}
	c.sayText(c.protocol.refusal(reason))
}

// drop ends a connection that was let in.
func (c *session) drop(reason string) {
	if !c.protocol.modern {
		c.sayText(c.protocol.refusal(reason))
	}
	c.outbox.end(closeForbidden, reason)
	c.quit()
}

// init lets a client in whose token is right.
func (c *session) init(m message) {
	c.mu.Lock()
	ready := c.ready
	c.mu.Unlock()
	if ready {
		if c.protocol.modern {
			c.outbox.end(closeDoubledInit, "Too many initialisation requests")
		}
		return
	}
	token := m.token()
	p, code, err := c.knock(token)
	if err != nil {
		c.refuse(code, err.Error())
		return
	}
	c.mu.Lock()
	c.ready, c.token, c.secrets = true, token, p.Secrets
	c.mu.Unlock()
	c.conn.SetReadLimit(int64(cmp.Or(c.server.config.BodyBytes, DefaultBodyBytes)))
	c.sayText(c.protocol.ack)
}

// knock returns the service that a token opens, or what the client is told.
func (c *session) knock(token string) (*project.Project, websocket.StatusCode, error) {
	c.server.await(c.ctx)
	if reason := c.server.unready(); reason != "" {
		return nil, websocket.StatusTryAgainLater, errors.New(reason + " Please try again in a moment.")
	}
	p, err := c.server.management.Project(c.ctx, c.project)
	if err != nil {
		return nil, closeNoService, c.problem(c.ctx, c.requestID, err)
	}
	switch err := c.server.tokens.VerifyService(p.Secrets, token); {
	case err != nil && token == "":
		return nil, closeForbidden, errNoToken
	case err != nil:
		return nil, closeForbidden, errToken
	}
	return p, 0, nil
}

// verify checks the token of a connection that was let in, when its service has
// other secrets than then.
func (c *session) verify(p *project.Project) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ready || slices.Equal(c.secrets, p.Secrets) {
		return nil
	}
	if err := c.server.tokens.VerifyService(p.Secrets, c.token); err != nil {
		return errToken
	}
	c.secrets = p.Secrets
	return nil
}
