package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pipeListener accepts the connections that are sent to it.
type pipeListener chan net.Conn

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{} }

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

// overPipe sends text to a server with the usual patience, some bytes each
// second, and lets read read its answer. Time passes as soon as everybody waits.
// The server returns the body, after an hour when the path says so.
func overPipe(t *testing.T, text string, perSecond int, read func(net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		echo := func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if r.URL.Path == "/hour" {
				time.Sleep(time.Hour)
			}
			if err != nil || r.Context().Err() != nil {
				w.WriteHeader(http.StatusBadRequest)
			}
			write(w, r, http.StatusOK, body)
		}
		ctx, stop := context.WithCancel(t.Context())
		listener, served := make(pipeListener), make(chan error, 1)
		go func() {
			served <- usualPatience.serve(ctx, newDoor(listener, 100, slog.New(slog.DiscardHandler)), http.HandlerFunc(echo), slog.New(slog.DiscardHandler))
		}()
		ours, theirs := net.Pipe()
		listener <- theirs
		var sending sync.WaitGroup
		sending.Go(func() { trickle(ours, text, perSecond) })
		read(ours)
		ours.Close()
		sending.Wait()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// trickle sends text, some bytes each second, until the server hangs up.
func trickle(c net.Conn, text string, bytes int) {
	for len(text) > 0 {
		n := min(bytes, len(text))
		if _, err := io.WriteString(c, text[:n]); err != nil {
			return
		}
		text = text[n:]
		time.Sleep(time.Second)
	}
}

func post(path string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", path, length)
}

const megabyte = 1 << 20

// TestStoppedClients: who stops, or nearly, is cut off.
func TestStoppedClients(t *testing.T) {
	t.Parallel()
	const chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	large := strings.Repeat("x", megabyte)
	for _, test := range []struct {
		name, sent string
		perSecond  int // bytes that are sent
		cut        time.Duration
	}{
		{"nothing", "", 1, usualPatience.head},
		{"head that trickles", "GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 100), 1, usualPatience.head},
		{"head that stops", "GET / HTTP/1.1\r\nHost: x\r\n", megabyte, usualPatience.head},
		{"body that trickles", post("/", megabyte) + large, 200, usualPatience.piece},
		{"body that stops", post("/", 10) + "x", megabyte, usualPatience.piece},
		{"second piece that stops", post("/", megabyte) + large[:pieceBytes], 4 * megabyte, usualPatience.piece},
		{"chunks that trickle", chunked + strings.Repeat("1\r\nx\r\n", 1000), 6, usualPatience.piece},
		{"chunks that stop", chunked, megabyte, usualPatience.piece},
		{"no next request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", megabyte, usualPatience.idle},
	} {
		t.Run(test.name, func(t *testing.T) {
			overPipe(t, test.sent, test.perSecond, func(c net.Conn) {
				start := time.Now()
				io.Copy(io.Discard, c) // ends when the server hangs up
				if took := time.Since(start); took < test.cut || took > test.cut+time.Second {
					t.Errorf("cut off after %s, want %s", took, test.cut)
				}
			})
		})
	}
	t.Run("answer that nobody reads", func(t *testing.T) {
		overPipe(t, post("/", megabyte)+large, 2*megabyte, func(c net.Conn) {
			time.Sleep(usualPatience.piece + time.Second)
			if n, _ := io.Copy(io.Discard, c); n > 0 {
				t.Errorf("%d bytes came after all", n)
			}
		})
	})
	t.Run("answer that is read too slowly", func(t *testing.T) {
		overPipe(t, post("/", megabyte)+large, 2*megabyte, func(c net.Conn) {
			if n, _ := io.Copy(io.Discard, slowReader{c, 500}); n > pieceBytes {
				t.Errorf("%d bytes came", n)
			}
		})
	})
}

// TestSlowClients: who goes on is answered, however long it takes.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", megabyte)
	for _, test := range []struct {
		name, path, body    string
		perSecond, readEach int
	}{
		{"upload", "/", large, 2000, megabyte},
		{"download", "/", large, megabyte, 2000},
		{"both", "/", large, 2000, 2000},
		{"answer that takes long", "/hour", large, megabyte, megabyte},
		{"answer to a small request that takes long", "/hour", "x", megabyte, megabyte},
	} {
		t.Run(test.name, func(t *testing.T) {
			overPipe(t, post(test.path, len(test.body))+test.body, test.perSecond, func(c net.Conn) {
				response, err := http.ReadResponse(bufio.NewReader(slowReader{c, test.readEach}), nil)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(response.Body)
				if err != nil || response.StatusCode != http.StatusOK || string(answer) != test.body {
					t.Errorf("status %d with %d bytes, %v", response.StatusCode, len(answer), err)
				}
			})
		})
	}
}

// A slowReader reads some bytes each second.
type slowReader struct {
	io.Reader
	bytes int
}

func (r slowReader) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return r.Reader.Read(p[:min(len(p), r.bytes)])
}
