package server

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// keep opens a connection that is let in and then stays.
func keep(t *testing.T, url string) io.Closer {
	t.Helper()
	c := dialTCP(t, strings.TrimPrefix(url, "http://"))
	send(t, c, "GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := readAnswer(t, c); !strings.HasPrefix(got, `200 OK "OK"`) {
		t.Fatal(got)
	}
	return c
}

// readAnswer reads status and body of an answer.
func readAnswer(t *testing.T, c io.Reader) string {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Status + " " + string(body)
}

// askOnce asks over a connection of its own.
func askOnce(t *testing.T, url, query string) (int, http.Header, string) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"query":"`+query+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", "https://elsewhere.example")
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

// TestFullServer: a connection too many is told so, and the next one let in when another has left.
func TestFullServer(t *testing.T) {
	t.Parallel()
	url, s := startServer(t, Config{Connections: 6, Metrics: &Metrics{}})
	var kept []io.Closer
	for range 6 {
		kept = append(kept, keep(t, url))
	}
	status, header, got := askOnce(t, url+"/management", "{ listProjects { name } }")
	const want = `{"errors":[{"message":"The server has as many connections as it takes. Please try again in a moment."}]}`
	if status != http.StatusServiceUnavailable || got != want {
		t.Errorf("status %d, %s", status, got)
	}
	if header.Get("Retry-After") != "1" || header.Get("Access-Control-Allow-Origin") != "https://elsewhere.example" {
		t.Errorf("%v", header)
	}
	metrics := scrape(t, s.MetricsURL())
	for _, line := range []string{"prisma1_connections_open 6\n", "prisma1_connections_max 6\n", "prisma1_connections_refused_total 1\n"} {
		if !strings.Contains(metrics, "\n"+line) {
			t.Errorf("no %s in %s", line, metrics)
		}
	}
	kept[3].Close()
	for range 10_000 { // until the server has seen it
		if s.door.open.Load() < 6 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if status, _, got := askOnce(t, url+"/management", "{ listProjects { name } }"); status != http.StatusOK || got != `{"data":{"listProjects":[]}}` {
		t.Errorf("status %d, %s", status, got)
	}
}

// TestSocketsLeaveRoom: WebSockets take five of six connections, the last one is for requests.
func TestSocketsLeaveRoom(t *testing.T) {
	t.Parallel()
	url := start(t, Config{Connections: 6})
	for range 5 {
		c := dialTCP(t, strings.TrimPrefix(url, "http://"))
		send(t, c, upgradeRequest)
		if response, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("%v, %v", response, err)
		}
	}
	c := dialTCP(t, strings.TrimPrefix(url, "http://"))
	send(t, c, upgradeRequest)
	if got := readAnswer(t, c); got != "503 Service Unavailable The server has too many WebSocket connections, or stops. Please try again in a moment." {
		t.Error(got)
	}
	send(t, c, "GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := readAnswer(t, c); got != `200 OK "OK"` {
		t.Error(got)
	}
}

// TestCrowdAtTheDoor: who comes when the places of those that are to be told are taken, too, is cut off.
func TestCrowdAtTheDoor(t *testing.T) {
	t.Parallel()
	listener, err := Listen("", 0)
	if err != nil {
		t.Fatal(err)
	}
	d := newDoor(listener, 1, slog.New(slog.DiscardHandler))
	accepted := make(chan error, 2)
	go func() {
		for range 2 {
			_, err := d.Accept()
			accepted <- err
		}
	}()
	for range 1 + mostRefused {
		dialTCP(t, listener.Addr().String())
	}
	if err := <-accepted; err != nil {
		t.Fatal(err)
	}
	if got := hungUp(t, dialTCP(t, listener.Addr().String())); got != "" {
		t.Error(got)
	}
	if open, waiting, refused := d.open.Load(), d.turned.open.Load(), d.refused.Load(); open != 1 || waiting != mostRefused || refused != mostRefused+1 {
		t.Errorf("%d are inside, %d wait to be told, %d were refused", open, waiting, refused)
	}
	d.Close()
	if err := <-accepted; err == nil {
		t.Error("a connection too many was let in")
	}
}
