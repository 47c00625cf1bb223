package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// net/http sends what does not fit into its buffer of 4 KB in two pieces: its
// head with what fits, and the rest. Each is a system call, and wakes who waits
// for it. A wholeConn holds the first piece until the answer is whole.
type wholeConn struct {
	net.Conn
	piece    time.Duration // that the client may take to read pieceBytes
	expected int           // bytes of an answer before which nothing is sent; 0 sends at once
	held     *[]byte       // what waits, nil when nothing does
	of       *atomic.Int64 // open connections, among which it counts
	closed   atomic.Bool
}

// fitting is how long an answer is that fits into the buffer with its head, in bytes.
const fitting = 3 << 10

var heldBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// whole says that the next answer on the connection of r has a body of so many bytes.
func whole(r *http.Request, size int) {
	if c, ok := r.Context().Value(wholeConn{}).(*wholeConn); ok && size > fitting {
		c.expected = size
	}
}

// Write sends p, with what was held before it, or holds it. It is called by
// the goroutine that answers, as whole is.
func (c *wholeConn) Write(p []byte) (int, error) {
	if c.expected == 0 {
		return c.writePieces(nil, p)
	}
	if c.held == nil {
		c.held = heldBuffers.Get().(*[]byte)
	}
	if len(*c.held)+len(p) < c.expected {
		*c.held = append(*c.held, p...)
		return len(p), nil
	}
	n, err := c.writePieces(*c.held, p)
	*c.held = (*c.held)[:0]
	heldBuffers.Put(c.held)
	c.held, c.expected = nil, 0
	return n, err
}

// Close closes the connection, which counts no more.
func (c *wholeConn) Close() error {
	if !c.closed.Swap(true) {
		c.of.Add(-1)
	}
	return c.Conn.Close()
}

// CloseWrite tells the client that nothing more comes.
func (c *wholeConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// knowConn lets whole find the connection of a request.
func knowConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, wholeConn{}, c)
}
