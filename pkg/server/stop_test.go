package server

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// A server that is told to stop lets running requests finish and gives its port back.
func TestStopFinishesRunningRequests(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{Database: connector.Config{Connector: "sqlite", Memory: true}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()

	// A request whose body comes in two halves; the server stops between them.
	connection, err := net.Dial("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const body = `{"query":"{ serverInfo { primaryConnector } }"}`
	send(t, connection, "POST /management HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 47\r\n\r\n")
	answer := make([]byte, 4096)
	if n, err := connection.Read(answer); err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 100 Continue") {
		t.Fatalf("the request did not begin: %q, %v", answer[:n], err)
	}
	stop()
	waitUntilClosed(t, address.String())
	send(t, connection, body)
	n, err := connection.Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 200 OK") || !strings.Contains(string(answer[:n]), `"sqlite"`) {
		t.Errorf("the running request got %q, %v", answer[:n], err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close returned %v", err)
	}
}

func send(t *testing.T, connection net.Conn, text string) {
	t.Helper()
	if _, err := connection.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// waitUntilClosed returns when nobody listens at the address any more.
func waitUntilClosed(t *testing.T, address string) {
	t.Helper()
	for range 500 {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		connection.Close()
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatalf("%s still listens", address)
}
