package server

import (
	"io"
	"net"
	"net/http"
	"time"
)

// A patience is how long a client may take. It is counted by pieces, so that
// whoever is slow but goes on is never cut off, however much there is to send.
type patience struct {
	head  time.Duration // for the head of a request
	piece time.Duration // for each pieceBytes of a request, an answer or a WebSocket message
	idle  time.Duration // between two requests
}

// pieceBytes are a kilobyte a second with the usual patience: less than people's
// networks give.
const pieceBytes = 128 << 10

// usualPatience waits between requests as long as Prisma 1's local image did.
var usualPatience = patience{head: 10 * time.Second, piece: 2 * time.Minute, idle: 10 * time.Minute}

// patiently gives each piece of a large request its time. The first one has
// the ReadTimeout of the http.Server.
func (p patience) patiently(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength < 0 || r.ContentLength > pieceBytes {
			r.Body = &piecewise{ReadCloser: r.Body, w: w, time: p.piece, left: pieceBytes}
		}
		next.ServeHTTP(w, r)
	})
}

// piecewise is the body of a request that comes in pieces.
type piecewise struct {
	io.ReadCloser
	w    http.ResponseWriter
	time time.Duration // for a piece
	left int           // bytes of the one that is coming
}

func (b *piecewise) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= n
	if err == nil && b.left <= 0 { // after the last one, waiting has no limit
		b.left = pieceBytes
		err = http.NewResponseController(b.w).SetReadDeadline(time.Now().Add(b.time))
	}
	return n, err
}

// writePieces writes p after what was held before it. Returns how much of p was written.
func (c *wholeConn) writePieces(held, p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var taken int
		taken, err = c.writePiece(held, p[:min(len(p), pieceBytes)])
		held, n, p = nil, n+taken, p[taken:]
	}
	return n, err
}

// writePiece gives the client its time. What one has not read by then the
// system forgets, too.
func (c *wholeConn) writePiece(held, p []byte) (n int, err error) {
	c.SetWriteDeadline(time.Now().Add(c.piece)) // a closed connection is told by what follows
	if len(held) == 0 {
		n, err = c.Conn.Write(p)
	} else {
		var both int64
		pieces := net.Buffers{held, p}
		both, err = pieces.WriteTo(c.Conn)
		n = max(0, int(both)-len(held))
	}
	if tcp, ok := c.Conn.(*net.TCPConn); ok && err != nil {
		tcp.SetLinger(0)
	}
	return n, err
}
