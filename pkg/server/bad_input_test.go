package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
)

const createsUser = `{"query":"mutation { createUser(data: { name: \"x\" }) { id } }"}`

// noUsers checks that nothing was stored.
func noUsers(t *testing.T, endpoint string) {
	t.Helper()
	if got := sendWith(t, endpoint, "", `{ users { id } }`); got != `{"data":{"users":[]}}` {
		t.Errorf("there are users: %s", got)
	}
}

// TestForeignPagesStoreNothing: what a page of somebody else can send without
// asking (a link, a form, text/plain) runs no mutation.
func TestForeignPagesStoreNothing(t *testing.T) {
	t.Parallel()
	server := start(t, Config{})
	endpoint := server + "/shop/dev"
	deploy(t, client.New(server, "", nil), "shop", "dev", users)
	for _, test := range []struct{ method, query, contentType, body string }{
		{"GET", "?query=" + url.QueryEscape(`mutation { createUser(data: { name: "x" }) { id } }`), "", ""},
		{"GET", "", "application/json", createsUser},
		{"HEAD", "?query=" + url.QueryEscape(`mutation { createUser(data: { name: "x" }) { id } }`), "", ""},
		{"POST", "", "text/plain", createsUser},
		{"POST", "", "text/plain; x=application/json", createsUser},
		{"POST", "", "application/x-www-form-urlencoded", createsUser},
		{"POST", "", "multipart/form-data; boundary=x", createsUser},
		{"POST", "", "application/graphql", `mutation { createUser(data: { name: "x" }) { id } }`},
		{"POST", "", "", createsUser},
	} {
		request, err := http.NewRequest(test.method, endpoint+test.query, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", test.contentType)
		request.Header.Set("Origin", "https://evil.example")
		status, _, body := do(t, request)
		if test.method == "POST" && status != http.StatusUnsupportedMediaType || strings.Contains(body, `"data"`) {
			t.Errorf("%s %s as %q: %d %.200s", test.method, test.query, test.contentType, status, body)
		}
	}
	noUsers(t, endpoint)
}

// begin opens a connection and sends the head of a request and a part of its body.
func begin(t *testing.T, server, head, body string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	send(t, connection, "POST /shop/dev HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+head+"\r\n\r\n"+body)
	return connection
}

// TestEndlessBody: chunks that never end are read up to the limit, then the
// connection is closed.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	server := start(t, Config{BodyBytes: 64 << 10})
	connection := begin(t, server, "Transfer-Encoding: chunked", "")
	go func() {
		chunk := fmt.Sprintf("1000\r\n%s\r\n", strings.Repeat(" ", 0x1000))
		for {
			if _, err := io.WriteString(connection, chunk); err != nil {
				return
			}
		}
	}()
	answer := make([]byte, 4096)
	if n, err := connection.Read(answer); err == nil && !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 413 ") {
		t.Errorf("got %q, want 413", answer[:n])
	}
	for {
		if _, err := connection.Read(answer); err != nil {
			return // closed; otherwise the test does not end
		}
	}
}

// TestHalfBody: who hangs up in the middle of a mutation has stored nothing,
// though what came reads like a whole one.
func TestHalfBody(t *testing.T) {
	t.Parallel()
	server := start(t, Config{})
	deploy(t, client.New(server, "", nil), "shop", "dev", users)
	begin(t, server, fmt.Sprintf("Content-Length: %d", len(createsUser)+1), createsUser).Close()
	begin(t, server, "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n", len(createsUser), createsUser)).Close()
	broken := begin(t, server, "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\nno number\r\n\r\n", len(createsUser), createsUser))
	answer, _ := io.ReadAll(broken)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
		t.Errorf("got %q, want 400", answer)
	}
	noUsers(t, server+"/shop/dev")
}

// TestWire sends what clients may put on a connection, byte by byte, and looks at
// the status of each answer. What is not whole, or says two things about its
// length, stores nothing.
func TestWire(t *testing.T) {
	t.Parallel()
	server := start(t, Config{})
	deploy(t, client.New(server, "", nil), "shop", "dev", users)
	const (
		head = "POST /shop/dev HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		asks = `{"query":"{ users { id } }"}`
	)
	length := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n", len(body)) }
	whole := head + length(asks) + "\r\n" + asks
	last := head + length(asks) + "Connection: close\r\n\r\n" + asks
	for _, test := range []struct{ name, sent, want string }{
		{"pipelined", whole + whole + last, "200 200 200"},
		{"HTTP/1.0", strings.ReplaceAll(last, "HTTP/1.1", "HTTP/1.0"), "200"},
		{"100-continue", head + length(asks) + "Expect: 100-continue\r\nConnection: close\r\n\r\n" + asks, "100 200"},
		{"another expectation", head + length(asks) + "Expect: cookies\r\nConnection: close\r\n\r\n" + asks, "417"},
		{"compressed", head + length(createsUser) + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + createsUser, "415"},
		{"cut by its length", head + length(createsUser[:len(createsUser)-1]) + "\r\n" + createsUser + "\r\n\r\n", "400 400"},
		{"two lengths", head + length(createsUser) + "Content-Length: 1\r\n\r\n" + createsUser, "400"},
		{"no length", head + "Content-Length: -1\r\n\r\n" + createsUser, "400"},
		{"no body", head + "Connection: close\r\n\r\n" + createsUser, "400"},
		{"unknown coding", head + "Transfer-Encoding: zip\r\n\r\n" + createsUser, "501"},
		{"header flood", head + numberedHeaders(3000) + length(createsUser) + "\r\n" + createsUser, "431"},
		{"long header", head + "X: " + strings.Repeat("x", 100<<10) + "\r\n" + length(createsUser) + "\r\n" + createsUser, "431"},
		{"folded header", head + "X: a\r\nY : b\r\n" + length(createsUser) + "\r\n" + createsUser, "400"},
		{"two hosts", head + "Host: y\r\n" + length(createsUser) + "\r\n" + createsUser, "400"},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"},
	} {
		connection, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		connection.SetReadDeadline(time.Now().Add(time.Minute))
		go io.WriteString(connection, test.sent) // the server may hang up before it has all
		answer, _ := io.ReadAll(connection)
		connection.Close()
		var got []string
		for _, line := range regexp.MustCompile(`HTTP/1\.[01] (\d+) `).FindAllStringSubmatch(string(answer), -1) {
			got = append(got, line[1])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %v, want %s: %.500s", test.name, got, test.want, answer)
		}
	}
	noUsers(t, server+"/shop/dev")
}

func numberedHeaders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-%d: some more bytes of header\r\n", i)
	}
	return b.String()
}
