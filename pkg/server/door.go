package server

import (
	"cmp"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultConnections = 12_000
	mostRefused        = 100             // connections that are told at a time that the server is full; of more nobody reads why
	refusalTime        = 2 * time.Second // that such a client may take to say what it wants, and to read
	tellFull           = time.Minute     // between two lines of the log about it
)

// mostConnections is how many connections a server takes that may have so many,
// 0 the usual number. A quarter of the files that the process may open is left
// for the databases.
func mostConnections(limit int) int64 {
	return int64(min(cmp.Or(limit, defaultConnections), openFiles()/4*3))
}

// mostSockets is how many of a server's connections may be WebSockets, which
// stay: the others need room.
func mostSockets(connections int64) int { return int(connections * 5 / 6) }

// A door lets connections in, and sends those away that are more than the server
// takes. Nothing is counted while requests come over a connection.
type door struct {
	net.Listener
	log    *slog.Logger
	piece  time.Duration // that a client may take for pieceBytes
	most   int64         // connections
	open   atomic.Int64
	turned turned

	refused atomic.Int64 // since the start
	told    time.Time    // when the log was told that the server is full; of the goroutine that accepts
}

func newDoor(listener net.Listener, most int64, log *slog.Logger) *door {
	return &door{Listener: listener, log: log, most: most, turned: turned{Listener: listener, came: make(chan net.Conn, mostRefused), closed: make(chan struct{})}}
}

// Accept returns the next connection that is let in.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if d.open.Add(1) <= d.most {
			return &wholeConn{Conn: c, piece: d.piece, of: &d.open}, nil
		}
		d.open.Add(-1)
		d.refuse(c)
	}
}

func (d *door) refuse(c net.Conn) {
	d.refused.Add(1)
	if now := time.Now(); now.Sub(d.told) > tellFull {
		d.told = now
		d.log.Warn("connections are refused: as many are open as limits.connections and the system's limit of open files let in", "open", d.most)
	}
	if d.turned.open.Add(1) > mostRefused {
		d.turned.open.Add(-1)
		c.Close()
		return
	}
	d.turned.came <- &wholeConn{Conn: c, piece: refusalTime, of: &d.turned.open} // has room for all that are counted
}

// turned are the connections that are to be told that the server is full, as a listener.
type turned struct {
	net.Listener
	came   chan net.Conn
	open   atomic.Int64
	closed chan struct{}
	once   sync.Once
}

func (t *turned) Accept() (net.Conn, error) {
	select {
	case c := <-t.came:
		return c, nil
	case <-t.closed:
		return nil, net.ErrClosed
	}
}

func (t *turned) Close() error {
	t.once.Do(func() { close(t.closed) })
	return nil
}

// sendAway lets a server answer whoever is not let in, until end is called.
func (d *door) sendAway(away *http.Server) (end func()) {
	var answering sync.WaitGroup
	answering.Go(func() { away.Serve(&d.turned) }) // ends when it is closed
	return func() {
		away.Close()
		answering.Wait()
		for range len(d.turned.came) {
			(<-d.turned.came).Close()
		}
	}
}

// answerFull is the answer of a server that has no room.
func answerFull(w http.ResponseWriter, r *http.Request) {
	allowOrigin(w, r)
	w.Header().Set("Connection", "close")
	w.Header().Set("Retry-After", "1")
	answerJSON(w, r, http.StatusServiceUnavailable, errorBody("The server has as many connections as it takes. Please try again in a moment.", 0, ""))
}
