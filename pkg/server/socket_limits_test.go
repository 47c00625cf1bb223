package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
)

// TestSocketUpgrade: who is answered with a connection, and in which protocol.
func TestSocketUpgrade(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	tests := []struct {
		path, offered string
		status        int
		chosen        string
	}{
		{"/shop/dev", "graphql-ws", 101, "graphql-ws"},
		{"/shop/dev", "mqtt, graphql-subscriptions , graphql-ws", 101, "graphql-subscriptions"},
		{"/shop/dev/", "graphql-transport-ws, graphql-ws", 101, "graphql-transport-ws"},
		{"/nobody/dev", "graphql-ws", 101, "graphql-ws"}, // is told at its first message
		{"/shop/dev", "", 400, ""},
		{"/shop/dev", "mqtt", 400, ""},
		{"/management", "graphql-ws", 404, ""},
		{"/management/", "graphql-transport-ws", 404, ""},
		{"/a/b/c/d", "graphql-ws", 404, ""},
	}
	for _, test := range tests {
		request, err := http.NewRequest(http.MethodGet, url+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		header := request.Header
		header.Set("Upgrade", "websocket")
		header.Set("Connection", "Upgrade")
		header.Set("Sec-WebSocket-Version", "13")
		header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
		header.Set("Origin", "https://elsewhere.example")
		if test.offered != "" {
			header.Set("Sec-WebSocket-Protocol", test.offered)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Sec-WebSocket-Protocol"); response.StatusCode != test.status || got != test.chosen {
			t.Errorf("%s with %q: status %d, protocol %q, want %d, %q", test.path, test.offered, response.StatusCode, got, test.status, test.chosen)
		}
	}
}

// TestSocketDeniesByDefault knocks with every wrong token in every protocol. HTTP headers do not count.
func TestSocketDeniesByDefault(t *testing.T) {
	t.Parallel()
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users, "new-secret", "old-secret")
	wrong := wrongTokens(t, "old-secret", jwt.MapClaims{"data": map[string]any{"service": "shop@dev", "roles": []string{"admin"}}})
	for _, p := range protocols {
		first := "connection_init"
		if p.flat {
			first = "init"
		}
		for name, token := range wrong {
			s := dial(t, url+"/shop/dev", p.name)
			reason := "Authentication token is invalid."
			if token == "" {
				reason = "No Authorization field was provided in payload."
			}
			s.send(fmt.Sprintf(`{"type":%q,"payload":{"Authorization":%q}}`, first, token))
			if p.modern {
				s.want("close 4403 " + reason)
				continue
			}
			s.want(p.refusal(reason))
			s.send(`{"type":"start","id":"1","payload":{"query":"subscription { user { mutation } }"}}`)
			if got := s.read(); !strings.Contains(got, needsInit) && got != malformed {
				t.Errorf("%s, %s: %s", p.name, name, got)
			}
			s.conn.CloseNow()
		}
	}
	s := dial(t, url+"/shop/dev", "graphql-transport-ws")
	s.ask("subscribe", "1", "{ users { id } }")
	s.want("close 4401 " + needsInit)
	unknown := dial(t, url+"/nobody/dev", "graphql-transport-ws")
	unknown.send(`{"type":"connection_init"}`)
	unknown.want("close 4404 Project not found: 'nobody$dev'")
	legacy := dial(t, url+"/nobody/dev", "graphql-ws")
	legacy.send(`{"type":"connection_init"}`)
	legacy.want(`{"payload":{"message":"Project not found: 'nobody$dev'"},"type":"connection_error"}`)
}

// TestSocketSecretsChange: a token that was right opens nothing after its secret went.
func TestSocketSecretsChange(t *testing.T) {
	t.Parallel()
	url, server := startServer(t, Config{})
	management := client.New(url, "", nil)
	deploy(t, management, "shop", "dev", users, "first", "second")
	enterWith := func(protocol, secret string) *socket {
		token, err := auth.SignService(secret, "shop", "dev", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		s := dial(t, url+"/shop/dev", protocol)
		s.send(`{"type":"connection_init","payload":{"Authorization":"` + token + `"}}`)
		s.want(`{"type":"connection_ack"}`)
		return s
	}
	old, legacy, kept := enterWith("graphql-transport-ws", "first"), enterWith("graphql-ws", "first"), enterWith("graphql-ws", "second")
	for _, s := range []*socket{old, legacy, kept} {
		kind := map[bool]string{true: "subscribe", false: "start"}[s == old]
		s.ask(kind, "1", "subscription { user { node { name } } }")
		s.settle(server)
	}
	if _, err := management.Deploy(t.Context(), client.DeployInput{Name: "shop", Stage: "dev", Types: users, Secrets: []string{"second"}}); err != nil {
		t.Fatal(err)
	}
	old.want("close 4403 Authentication token is invalid.")
	legacy.want(`{"payload":{"message":"Authentication token is invalid."},"type":"connection_error"}`)
	legacy.want("close 4403 Authentication token is invalid.")
	token, err := auth.SignService("second", "shop", "dev", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	sendWith(t, url+"/shop/dev", token, `mutation { createUser(data: { email: "a", name: "kept" }) { id } }`)
	kept.want(`{"id":"1","payload":{"data":{"user":{"node":{"name":"kept"}}}},"type":"data"}`)
}

// TestSocketLimits: what is too much over HTTP is too much here, with the same code.
func TestSocketLimits(t *testing.T) {
	t.Parallel()
	limits := graphql.DefaultLimits()
	limits.QueryBytes, limits.Tokens, limits.Depth, limits.Aliases, limits.Directives = 300, 60, 3, 4, 2
	limits.Introspection = 100
	url := start(t, Config{Limits: limits, BodyBytes: 5000})
	deploy(t, client.New(url, "", nil), "shop", "dev", "type User { id: ID! @id name: String friends: [User] @relation(name: \"F\") of: [User] @relation(name: \"F\") }")
	modern, legacy := enter(t, url+"/shop/dev", "graphql-transport-ws"), enter(t, url+"/shop/dev", "graphql-ws")
	for code, fields := range map[int]string{
		3201: "id #" + strings.Repeat("x", 300),
		3202: strings.Repeat("id ", 60),
		3203: "friends { friends { friends { id } } }",
		3204: "a: id b: id c: id d: id e: id",
		3206: "id @include(if: true) @skip(if: false) @include(if: true)",
	} {
		want := fmt.Sprintf(`"code":%d`, code)
		if got := sendWith(t, url+"/shop/dev", "", "{ users { "+fields+" } }"); !strings.Contains(got, want) {
			t.Errorf("HTTP: %s, want %s", got, want)
		}
		for _, query := range []string{"{ users { " + fields + " } }", "subscription { user { node { " + fields + " } } }"} {
			modern.ask("subscribe", "1", query)
			if got := modern.read(); !strings.HasPrefix(got, `{"id":"1","payload":[{"message":`) || !strings.Contains(got, want) {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		legacy.ask("start", "1", "subscription { user { node { "+fields+" } } }")
		if got := legacy.read(); !strings.HasPrefix(got, `{"id":"1","payload":{"message":`) || !strings.Contains(got, want) {
			t.Errorf("legacy: %s, want %s", got, want)
		}
	}
	modern.ask("subscribe", "1", "{ __schema { types { name } } }")
	if got := modern.read(); !strings.Contains(got, `"code":3212`) {
		t.Errorf("introspection: %s, want code 3212", got)
	}
	modern.want(`{"id":"1","type":"complete"}`)
	modern.send(`{"type":"subscribe","id":"1","payload":{"query":"subscription ($n: String) { user(where: { node: { name: $n } }) { mutation } }","variables":{"n":"` + strings.Repeat("x", 300) + `"}}}`)
	modern.want(`{"id":"1","payload":[{"message":"The subscription is longer than 300 bytes, its variables included.","code":3201}],"type":"error"}`)
	modern.ask("subscribe", "1", strings.Repeat(" ", 6000))
	if got := modern.read(); !strings.HasPrefix(got, "close 1009") {
		t.Errorf("a message of 6000 bytes: %s", got)
	}
	early := dial(t, url+"/shop/dev", "graphql-ws")
	early.send(`{"type":"connection_init","payload":{"x":"` + strings.Repeat("x", maxInit) + `"}}`)
	if got := early.read(); !strings.HasPrefix(got, "close 1009") {
		t.Errorf("a long first message: %s", got)
	}
	binary := enter(t, url+"/shop/dev", "graphql-ws")
	if err := binary.conn.Write(binary.ctx, websocket.MessageBinary, []byte(`{"type":"stop","id":1}`)); err != nil {
		t.Fatal(err)
	}
	binary.want("close 1003 Messages are JSON text.")
}

// TestSocketThrottle: operations are counted like requests; no token comes back while it runs.
func TestSocketThrottle(t *testing.T) {
	t.Parallel()
	url := start(t, Config{Throttling: &Throttling{Settings: ratelimit.Settings{Calls: 3, Period: 24 * time.Hour}}})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	if got := sendWith(t, url+"/shop/dev", "", "{ users { id } }"); got != `{"data":{"users":[]}}` {
		t.Fatal(got)
	}
	s := enter(t, url+"/shop/dev", "graphql-transport-ws")
	s.ask("subscribe", "1", "{ users { id } }")
	s.want(`{"id":"1","payload":{"data":{"users":[]}},"type":"next"}`)
	s.want(`{"id":"1","type":"complete"}`)
	legacy := enter(t, url+"/shop/dev", "graphql-subscriptions")
	legacy.send(`{"type":"subscription_start","id":1,"query":"subscription { user { mutation } }"}`)
	legacy.want(`{"id":1,"type":"subscription_success"}`)
	for _, one := range []struct {
		*socket
		message, want string
	}{
		{s, `{"type":"subscribe","id":"2","payload":{"query":"{ users { id } }"}}`, `{"id":"2","payload":[{"message":"There are too many concurrent queries for this service.","code":1004,`},
		{legacy, `{"type":"subscription_start","id":2,"query":"subscription { user { mutation } }"}`, `{"id":2,"payload":{"errors":[{"message":"There are too many concurrent queries for this service.","code":1004,`},
	} {
		one.send(one.message)
		if got := one.read(); !strings.HasPrefix(got, one.want) {
			t.Errorf("got  %s\nwant %s", got, one.want)
		}
	}
	if got := sendWith(t, url+"/shop/dev", "", "{ users { id } }"); !strings.Contains(got, `"code":1004`) {
		t.Error(got)
	}
}

func TestSocketOperations(t *testing.T) {
	t.Parallel()
	const most = 20
	url, server := startServer(t, Config{Metrics: &Metrics{}, Operations: most})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	s := enter(t, url+"/shop/dev", "graphql-ws")
	for i := range most {
		s.ask("start", fmt.Sprint(i), "subscription { user { mutation } }")
	}
	if got := s.settle(server); got != nil {
		t.Fatal(got)
	}
	s.ask("start", "more", "subscription { user { mutation } }")
	s.want(`{"id":"more","payload":{"message":"This connection has 20 operations already. Please end one, or open another connection."},"type":"error"}`)
	s.ask("start", "0", "subscription { user { node { name } } }") // takes the place of the first
	s.settle(server)
	sendWith(t, url+"/shop/dev", "", `mutation { createUser(data: { email: "a", name: "Ann" }) { id } }`)
	var got []string
	for range most {
		got = append(got, s.read())
	}
	slices.Sort(got)
	if want := `{"id":"0","payload":{"data":{"user":{"node":{"name":"Ann"}}}},"type":"data"}`; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
	want := fmt.Sprintf("prisma1_subscriptions %d\n", most)
	if text := string(server.metrics(t.Context())); !strings.Contains(text, want) || !strings.Contains(text, "prisma1_websocket_connections 1\n") || !strings.Contains(text, "prisma1_subscription_events_total 1\n") {
		t.Errorf("the metrics lack %s in\n%s", want, text)
	}
	s.conn.Close(websocket.StatusNormalClosure, "")
	for len(server.sockets.sessions()) > 0 {
		time.Sleep(time.Millisecond)
	}
	if n := server.hub.Waiting(); n != 0 {
		t.Errorf("%d subscriptions wait on after their connection", n)
	}
}

// TestSocketPace: signs of life, and the ends of connections that wait for nothing.
func TestSocketPace(t *testing.T) {
	t.Parallel()
	serve := func(set func(*pace)) string {
		quick := usualPace
		quick.keepAlive = time.Millisecond
		set(&quick)
		url, _ := startTuned(t, Config{}, func(s *Server) { s.sockets.pace = quick })
		deploy(t, client.New(url, "", nil), "shop", "dev", users)
		return url + "/shop/dev"
	}
	patient := serve(func(*pace) {})
	hasty := serve(func(p *pace) { p.init = time.Millisecond })
	for _, p := range protocols {
		conn, _, err := websocket.Dial(t.Context(), patient, &websocket.DialOptions{Subprotocols: []string{p.name}})
		if err != nil {
			t.Fatal(err)
		}
		if _, data, err := conn.Read(t.Context()); err != nil || string(data) != p.keepAlive {
			t.Errorf("%s: %s, %v, want %s", p.name, data, err, p.keepAlive)
		}
		conn.CloseNow()
		dial(t, hasty, p.name).want("close 4408 Connection initialisation timeout")
	}
	dial(t, serve(func(p *pace) { p.idle = time.Millisecond }), "graphql-ws").want("close 1000 Nothing was sent for a long time.")
}

// TestSocketStop: a server that stops says so to every client, and waits for its connections.
func TestSocketStop(t *testing.T) {
	t.Parallel()
	server, err := Open(t.Context(), Config{Database: connector.Config{Connector: "sqlite", Directory: t.TempDir()}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	address, err := server.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	url := "http://" + address.String()
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	quiet := dial(t, url+"/shop/dev", "graphql-ws") // is not let in yet
	busy := enter(t, url+"/shop/dev", "graphql-transport-ws")
	busy.ask("subscribe", "1", "subscription { user { mutation } }")
	busy.settle(server)
	stop()
	quiet.want("close 1001 " + stopping)
	busy.want("close 1001 " + stopping)
	if err := errors.Join(<-served, server.Close()); err != nil {
		t.Error(err)
	}
	if open := server.sockets.sessions(); len(open) > 0 {
		t.Errorf("%d connections are open", len(open))
	}
}

// TestOutbox: messages go out in order, no more than the bounds wait, and who
// waits for room gets it.
func TestOutbox(t *testing.T) {
	t.Parallel()
	var owner sync.WaitGroup
	var sent []string
	taken, proceed := make(chan string), make(chan bool)
	o := &outbox{owner: &owner, finish: func(code websocket.StatusCode, reason string) { sent = append(sent, fmt.Sprint(code, reason)) }}
	o.write = func(m outgoing) bool {
		taken <- m.before
		sent = append(sent, m.before+string(m.payload.Bytes()))
		return <-proceed
	}
	if !o.offer(outgoing{before: "large", payload: graphql.SheetsOf(make([]byte, mostOutgoingBytes+1))}) {
		t.Error("no room for a large message")
	}
	<-taken // it is being written
	for i := range mostOutgoing {
		if !o.offer(outgoing{before: fmt.Sprint(i)}) {
			t.Fatalf("no room for message %d", i)
		}
	}
	if o.offer(outgoing{before: "more"}) {
		t.Error("room for one more")
	}
	o.idle(outgoing{before: "sign of life"}) // is not needed
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- o.put(ctx, outgoing{before: "never"}) }()
	cancel()
	if err := <-gone; err != context.Canceled {
		t.Errorf("whoever gave up waiting got %v", err)
	}
	waiting := make(chan error)
	go func() { waiting <- o.put(t.Context(), outgoing{before: "waited"}) }()
	proceed <- true
	<-taken
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	o.end(websocket.StatusNormalClosure, "done")
	o.offer(outgoing{before: "too late"})
	for range mostOutgoing {
		proceed <- true
		<-taken
	}
	proceed <- true
	owner.Wait()
	if last := sent[len(sent)-2:]; last[0] != "waited" || last[1] != "StatusNormalClosuredone" {
		t.Errorf("sent at last: %q", last)
	}
	if len(sent) != mostOutgoing+3 || sent[1] != "0" || sent[mostOutgoing] != fmt.Sprint(mostOutgoing-1) {
		t.Errorf("%d messages were sent, the second %q", len(sent), sent[1])
	}
}

// TestOutboxBytes: large messages for a client that does not read are not kept.
func TestOutboxBytes(t *testing.T) {
	t.Parallel()
	var owner sync.WaitGroup
	hold := make(chan bool)
	o := &outbox{owner: &owner, write: func(outgoing) bool { return <-hold }}
	kept := 0
	for o.offer(outgoing{payload: graphql.SheetsOf(make([]byte, 1<<20))}) {
		kept++
	}
	if kept > mostOutgoingBytes>>20+1 {
		t.Errorf("%d megabytes are kept", kept)
	}
	hold <- false // the connection is lost
	owner.Wait()
	if !o.offer(outgoing{before: "dropped"}) || len(o.queue) != 0 {
		t.Error("something is kept for a lost connection")
	}
}

// TestTransactionEvents: of several mutations in one transaction all events come, or none.
func TestTransactionEvents(t *testing.T) {
	t.Parallel()
	url, server := startServer(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	s := enter(t, url+"/shop/dev", "graphql-ws")
	s.ask("start", "1", "subscription { user { mutation node { email } } }")
	s.settle(server)
	for _, body := range []string{
		`[{"query":"mutation { createUser(data: { email: \"lost\" }) { id } }"},{"query":"mutation { updateUser(where: { email: \"nobody\" }, data: { name: \"x\" }) { id } }"}]`,
		`[{"query":"mutation { createUser(data: { email: \"a\" }) { id } }"},{"query":"mutation { createUser(data: { email: \"b\" }) { id } }"}]`,
	} {
		request, err := http.NewRequest(http.MethodPost, url+"/shop/dev", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Prisma-Transaction", "all")
		do(t, request)
	}
	for _, email := range []string{"a", "b"} {
		s.want(`{"id":"1","payload":{"data":{"user":{"mutation":"CREATED","node":{"email":"` + email + `"}}}},"type":"data"}`)
	}
}
