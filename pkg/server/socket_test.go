package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/golden"
)

// A socket is a client's end of a WebSocket connection.
type socket struct {
	conn     *websocket.Conn
	t        testing.TB
	ctx      context.Context
	messages chan string // without signs of life; last of all, how the connection was closed
}

func dial(t testing.TB, url, protocol string) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(url, "http"), &websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(64 << 20)
	s := &socket{conn: conn, t: t, ctx: ctx, messages: make(chan string, 20_000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.receive()
	}()
	t.Cleanup(func() {
		conn.CloseNow()
		<-done
		cancel()
	})
	return s
}

// receive keeps what comes until the connection is closed.
func (s *socket) receive() {
	defer close(s.messages)
	for {
		_, data, err := s.conn.Read(s.ctx)
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			s.messages <- strings.TrimSpace(fmt.Sprintf("close %d %s", closed.Code, closed.Reason))
			return
		}
		if err != nil {
			s.messages <- "lost"
			return
		}
		if text := string(data); text != `{"type":"ka"}` && text != `{"type":"keepalive"}` && text != `{"type":"ping"}` {
			s.messages <- text
		}
	}
}

// enter is dial for a client that is let in.
func enter(t testing.TB, url, protocol string) *socket {
	t.Helper()
	s := dial(t, url, protocol)
	if protocol == "graphql-subscriptions" {
		s.send(`{"type":"init"}`)
		s.want(`{"type":"init_success"}`)
		return s
	}
	s.send(`{"type":"connection_init"}`)
	s.want(`{"type":"connection_ack"}`)
	return s
}

func (s *socket) send(text string) {
	s.t.Helper()
	if err := s.conn.Write(s.ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Errorf("send %.100s: %v", text, err)
	}
}

// ask sends a request under an id: kind is subscribe or start.
func (s *socket) ask(kind, id, query string) {
	s.t.Helper()
	payload, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		s.t.Fatal(err)
	}
	s.send(fmt.Sprintf(`{"type":%q,"id":%q,"payload":%s}`, kind, id, payload))
}

// read returns the next message, or how the connection was closed.
func (s *socket) read() string {
	s.t.Helper()
	message, ok := <-s.messages
	if !ok {
		return "closed"
	}
	return message
}

func (s *socket) want(want string) {
	s.t.Helper()
	if got := s.read(); got != want {
		s.t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// settle returns all that the server has to say to what was sent so far, events aside.
func (s *socket) settle(server *Server) (messages []string) {
	s.conn.Ping(s.ctx) // the server reads it when it has begun all that came before
	for _, c := range server.sockets.sessions() {
		c.running.Wait()
		for c.outbox.busy() {
			time.Sleep(100 * time.Microsecond)
		}
	}
	lost := s.conn.Ping(s.ctx) // and its answer comes after all that was sent
	for lost != nil {
		message, ok := <-s.messages
		if !ok {
			return messages
		}
		messages = append(messages, message)
	}
	for {
		select {
		case message, ok := <-s.messages:
			if !ok {
				return messages
			}
			messages = append(messages, message)
		default:
			return messages
		}
	}
}

// busy tells whether something waits to be sent.
func (o *outbox) busy() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sending
}

// TestSocketSessions plays the sessions of testdata/socket on every connector.
// A session is lines: > is what the client sends, < what it reads, $ a request to the service by
// HTTP, ! a deploy of the section named, which is read until a message comes.
func TestSocketSessions(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/socket", func(t *testing.T, c *golden.Case) {
		connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
			url, server := startServer(t, Config{Database: config})
			management := client.New(url, "", nil)
			secrets := strings.Fields(c.Get("secrets"))
			deploy(t, management, "shop", "dev", c.Get("datamodel.prisma")+sentinel, secrets...)
			p := &player{c: c, server: server, management: management, url: url + "/shop/dev"}
			if len(secrets) > 0 {
				var err error
				if p.token, err = auth.SignService(secrets[0], "shop", "dev", time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			c.Want(t, "session", p.play(t))
		})
	})
}

// sentinel is a model whose events tell that those before it were sent.
const sentinel = "\ntype Sentinel { id: ID! @id }\n"

type player struct {
	c          *golden.Case
	server     *Server
	management *client.Client
	url, token string
	socket     *socket
	watch      *socket // waits for the sentinel
	out        strings.Builder
}

func (p *player) play(t *testing.T) string {
	p.socket = dial(t, p.url, strings.TrimSpace(p.c.Get("protocol")))
	p.watchSentinel(t)
	for line := range strings.Lines(p.c.Get("session")) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "<") {
			continue
		}
		p.out.WriteString(line + "\n")
		switch mark, text, _ := strings.Cut(line, " "); mark {
		case ">":
			p.socket.send(strings.ReplaceAll(text, "TOKEN", p.token))
		case "$":
			p.ask(t, text)
			p.ask(t, "mutation { createSentinel(data: {}) { id } }")
			p.watch.want(`{"id":"w","payload":{"data":{"sentinel":{"mutation":"CREATED"}}},"type":"next"}`)
		case "!":
			p.deploy(t, text)
			p.note(p.socket.read())
			p.watch.want(`{"id":"w","payload":[{"message":"Schema changed"}],"type":"error"}`)
			p.watchSentinel(t)
		}
		messages := p.socket.settle(p.server)
		if strings.HasPrefix(line, "$") { // what several subscriptions are sent for one event comes in any order
			slices.SortStableFunc(messages, func(a, b string) int { return strings.Compare(operationOf(a), operationOf(b)) })
		}
		for _, message := range messages {
			p.note(message)
		}
	}
	return p.out.String()
}

var requestIDs = regexp.MustCompile(`local:c[a-z0-9]{24}`)

func (p *player) note(message string) {
	p.out.WriteString("< " + requestIDs.ReplaceAllString(message, "<request>") + "\n")
}

func operationOf(message string) string {
	id, _, _ := strings.Cut(message, `,"payload"`)
	return id
}

func (p *player) ask(t *testing.T, query string) {
	t.Helper()
	if answer := sendWith(t, p.url, p.token, query); strings.Contains(answer, `"errors"`) {
		t.Fatalf("%s: %s", query, answer)
	}
}

func (p *player) watchSentinel(t *testing.T) {
	p.watch = dial(t, p.url, "graphql-transport-ws")
	p.watch.send(`{"type":"connection_init","payload":{"Authorization":"` + p.token + `"}}`)
	p.watch.want(`{"type":"connection_ack"}`)
	p.watch.ask("subscribe", "w", "subscription { sentinel { mutation } }")
	if got := p.watch.settle(p.server); got != nil {
		t.Fatal(got)
	}
}

func (p *player) deploy(t *testing.T, section string) {
	t.Helper()
	in := client.DeployInput{Name: "shop", Stage: "dev", Types: p.c.Get(section) + sentinel, Secrets: strings.Fields(p.c.Get("secrets")), Force: true}
	payload, err := p.management.Deploy(t.Context(), in)
	if err != nil || len(payload.Errors) > 0 {
		t.Fatalf("deploy %s: %v %+v", section, err, payload)
	}
}
