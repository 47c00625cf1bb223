package server

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// hasty is short, and long enough for who does not dawdle on a busy machine.
const hasty = time.Second

// dialTCP connects to a server, with as little room as possible for what is not read.
func dialTCP(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.(*net.TCPConn).SetReadBuffer(4 << 10)
	c.SetDeadline(time.Now().Add(time.Minute)) // by when a test has failed
	return c
}

// dawdle sends a byte from time to time until the server hangs up.
func dawdle(c net.Conn) {
	for {
		if _, err := io.WriteString(c, " "); err != nil {
			return
		}
		time.Sleep(hasty / 20)
	}
}

// hungUp returns what a server sent before it hung up, and fails the test when it does not.
func hungUp(t *testing.T, c net.Conn) string {
	t.Helper()
	text, err := io.ReadAll(c)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Error("the server waits on")
	}
	return string(text)
}

// largeUser stores more than the sockets of two sides keep.
func largeUser(t *testing.T, url string) {
	t.Helper()
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	create := fmt.Sprintf(`mutation { createUser(data: { email: "a", name: "%s" }) { id } }`, strings.Repeat("x", 12*megabyte))
	if got := sendWith(t, url+"/shop/dev", "", create); strings.Contains(got, "errors") {
		t.Fatalf("%.300s", got)
	}
}

// TestSlowOverHTTP: clients that dawdle are cut off, and nothing of what they sent is stored.
func TestSlowOverHTTP(t *testing.T) {
	t.Parallel()
	url, server := startServer(t, Config{})
	largeUser(t, url)
	answered := make(chan string, 10)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.handler().ServeHTTP(w, r)
		answered <- r.URL.Path
	})
	listener, err := Listen("", 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- patience{head: hasty, piece: hasty, idle: hasty}.serve(ctx, newDoor(listener, 100, slog.New(slog.DiscardHandler)), handler, slog.New(slog.DiscardHandler))
	}()
	address := listener.Addr().String()
	const head = "POST /shop/dev HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	for _, test := range []struct {
		name, sent, answer string
		dawdles            bool
	}{
		{"no request", "", "", false},
		{"head that trickles", "GET / HTTP/1.1\r\nX:", "", true},
		{"head that stops", head, "", false},
		{"body that trickles", head + "Content-Length: 100000\r\n\r\n" + createsUser, "HTTP/1.1 400 ", true},
		{"body that stops", head + "Content-Length: 200000\r\n\r\n" + createsUser, "HTTP/1.1 400 ", false},
		{"chunks that stop", head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "HTTP/1.1 400 ", false},
		{"body that nobody reads", "POST /shop/dev HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 415 ", false},
		{"no next request", "GET /status HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 ", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dialTCP(t, address)
			send(t, c, test.sent)
			if test.dawdles {
				go dawdle(c)
			}
			if got := hungUp(t, c); !strings.HasPrefix(got, test.answer) || test.answer == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.answer)
			}
		})
	}
	t.Run("answer that nobody reads", func(t *testing.T) {
		for len(answered) > 0 {
			<-answered
		}
		c := dialTCP(t, address)
		const asks = `{"query":"{ users { name } }"}`
		send(t, c, fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(asks), asks))
		<-answered
		if got := hungUp(t, c); len(got) > 11*megabyte {
			t.Errorf("%d bytes came", len(got))
		}
	})
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if got := sendWith(t, url+"/shop/dev", "", `{ users { email } }`); got != `{"data":{"users":[{"email":"a"}]}}` {
		t.Error(got)
	}
}

// A rawSocket is a WebSocket connection that sends and reads byte by byte.
type rawSocket struct {
	net.Conn
	r *bufio.Reader
}

const upgradeRequest = "GET /shop/dev HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"

func enterRaw(t *testing.T, url string) *rawSocket {
	t.Helper()
	c := &rawSocket{Conn: dialTCP(t, strings.TrimPrefix(url, "http://"))}
	c.r = bufio.NewReader(c)
	send(t, c, upgradeRequest)
	response, err := http.ReadResponse(c.r, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", response, err)
	}
	send(t, c, frame(`{"type":"connection_init"}`))
	const ack = "\x81\x19" + `{"type":"connection_ack"}`
	got := make([]byte, len(ack))
	if _, err := io.ReadFull(c.r, got); err != nil || string(got) != ack {
		t.Fatalf("%q, %v", got, err)
	}
	return c
}

// frame is a text message of a client.
func frame(text string) string {
	size := binary.BigEndian.AppendUint64([]byte{0x81, 0x80 | 127}, uint64(len(text)))
	return string(size) + "\x00\x00\x00\x00" + text
}

// TestSlowOverSocket: the same over WebSocket, where a connection may wait, and a message not.
func TestSlowOverSocket(t *testing.T) {
	t.Parallel()
	url, server := startTuned(t, Config{}, func(s *Server) { s.patience.piece, s.sockets.pace.leave = hasty, hasty })
	largeUser(t, url)
	none := func(t *testing.T) {
		for limit := time.Now().Add(time.Minute); len(server.sockets.sessions()) > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatal("the server waits on")
			}
		}
	}
	whole := frame(`{"type":"subscribe","id":"1","payload":{"query":"{ users { email } }"}}`)
	t.Run("message that stops", func(t *testing.T) {
		c := enterRaw(t, url)
		time.Sleep(2 * hasty) // may wait
		send(t, c, whole+whole[:20])
		if got := hungUp(t, c); !strings.Contains(got, `"email":"a"`) || !strings.Contains(got, "The message came too slowly.") {
			t.Errorf("got %q", got)
		}
		none(t)
	})
	t.Run("message that trickles", func(t *testing.T) {
		c := enterRaw(t, url)
		send(t, c, frame(strings.Repeat(" ", 4000))[:1000])
		go dawdle(c)
		hungUp(t, c)
		none(t)
	})
	t.Run("fragments that trickle", func(t *testing.T) {
		c := enterRaw(t, url)
		send(t, c, "\x01\x81\x00\x00\x00\x00 ")
		go func() {
			for {
				if _, err := io.WriteString(c, "\x00\x81\x00\x00\x00\x00 "); err != nil {
					return
				}
				time.Sleep(hasty / 20)
			}
		}()
		hungUp(t, c)
		none(t)
	})
	t.Run("answer that nobody reads", func(t *testing.T) {
		c := enterRaw(t, url)
		send(t, c, frame(`{"type":"subscribe","id":"1","payload":{"query":"{ users { name } }"}}`))
		none(t)
		if got := hungUp(t, c); len(got) > 11*megabyte {
			t.Errorf("%d bytes came", len(got))
		}
	})
}
