package server

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// rawSubscriber is a client that costs next to nothing: it has sent what makes
// it a subscriber and is left with its connection.
func rawSubscriber(b *testing.B, address, query string) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /shop/dev HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n", address)
	response, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		b.Fatal(response, err)
	}
	for _, text := range []string{`{"type":"connection_init"}`, `{"type":"start","id":"1","payload":{"query":"` + query + `"}}`} {
		frame := []byte{0x81, 0x80 | 126}
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(text)))
		frame = append(frame, 0, 0, 0, 0) // a mask that changes nothing
		if _, err := conn.Write(append(frame, text...)); err != nil {
			b.Fatal(err)
		}
	}
	return conn
}

// subscribers opens n connections with a subscription each.
func subscribers(b *testing.B, server *Server, url string, n int) []net.Conn {
	b.Helper()
	conns := make([]net.Conn, n)
	for i := range conns {
		conns[i] = rawSubscriber(b, strings.TrimPrefix(url, "http://"), "subscription { user { mutation node { id email name } } }")
	}
	for server.hub.Waiting() < int64(n) {
		time.Sleep(time.Millisecond)
	}
	return conns
}

// BenchmarkIdleSubscribers shows what a subscriber that waits costs, in bytes of
// heap and stacks; the client's half of its connection is in it.
func BenchmarkIdleSubscribers(b *testing.B) {
	const n = 1000
	url, server := startServer(b, Config{})
	deploy(b, client.New(url, "", nil), "shop", "dev", users)
	subscribers(b, server, url, 1)
	before := inUse()
	for b.Loop() {
		subscribers(b, server, url, n)
	}
	b.ReportMetric(float64(inUse()-before)/float64(n*b.N), "B/subscriber")
	b.ReportMetric(0, "ns/op")
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkFanOut measures a mutation and its event for everybody who waits.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{0, 1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			url, server := startServer(b, Config{})
			deploy(b, client.New(url, "", nil), "shop", "dev", users)
			for _, conn := range subscribers(b, server, url, n) {
				go io.Copy(io.Discard, conn)
			}
			service := client.NewService(url+"/shop/dev", "", nil)
			if _, err := service.Do(b.Context(), `mutation { createUser(data: { email: "a@x", name: "Ann" }) { id } }`, nil); err != nil {
				b.Fatal(err)
			}
			sent := func() int64 { return server.sockets.sent.Load() }
			for done := int64(2 * n); sent() < done; { // an ack and an event each
				time.Sleep(time.Millisecond)
			}
			expected := sent()
			for b.Loop() {
				if _, err := service.Do(b.Context(), `mutation { updateUser(where: { email: "a@x" }, data: { name: "Ann" }) { id } }`, nil); err != nil {
					b.Fatal(err)
				}
				for expected += int64(n); sent() < expected; {
					runtime.Gosched()
				}
			}
		})
	}
}
