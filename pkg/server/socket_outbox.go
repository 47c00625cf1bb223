package server

import (
	"context"
	"sync"

	"github.com/coder/websocket"

	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// Bounds of what waits for a client that reads slowly.
const (
	mostOutgoing      = 1000
	mostOutgoingBytes = 16 << 20
)

// An outgoing message is text around a payload that many connections may share.
type outgoing struct {
	before  string
	payload graphql.Sheets
	after   string
}

func (m outgoing) size() int { return len(m.before) + m.payload.Len() + len(m.after) }

// An outbox sends the messages of one connection in order. It has a goroutine
// only while there is something to send.
type outbox struct {
	write  func(outgoing) bool // false when the connection is lost
	finish func(websocket.StatusCode, string)
	owner  *sync.WaitGroup // of the goroutine

	mu      sync.Mutex
	queue   []outgoing
	bytes   int
	sending bool
	ended   bool // nothing more is taken
	code    websocket.StatusCode
	reason  string
	room    chan struct{} // closed when the queue has room again; nil while nobody waits for it
}

// offer queues a message, and tells whether there was room. A message of any
// size has room in an empty queue. What comes after the end is dropped.
func (o *outbox) offer(m outgoing) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(m)
}

func (o *outbox) add(m outgoing) bool {
	switch {
	case o.ended:
		return true
	case len(o.queue) == mostOutgoing, len(o.queue) > 0 && o.bytes+m.size() > mostOutgoingBytes:
		return false
	}
	o.queue = append(o.queue, m)
	o.bytes += m.size()
	o.start()
	return true
}

// put is offer that waits for room.
func (o *outbox) put(ctx context.Context, m outgoing) error {
	for {
		o.mu.Lock()
		if o.add(m) {
			o.mu.Unlock()
			return nil
		}
		if o.room == nil {
			o.room = make(chan struct{})
		}
		room := o.room
		o.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// idle queues a message if none waits.
func (o *outbox) idle(m outgoing) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 && !o.sending {
		o.add(m)
	}
}

// end closes the connection after what is queued.
func (o *outbox) end(code websocket.StatusCode, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return
	}
	o.ended, o.code, o.reason = true, code, reason
	o.start()
}

// over tells whether nothing more is taken.
func (o *outbox) over() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended
}

// start begins to send, with the lock held.
func (o *outbox) start() {
	if !o.sending {
		o.sending = true
		o.owner.Go(o.send)
	}
}

func (o *outbox) send() {
	for {
		m, more, ended := o.next()
		switch {
		case ended:
			o.finish(o.code, o.reason)
			return
		case !more:
			return
		case !o.write(m):
			o.lose()
			return
		}
	}
}

// next takes the first message. Without one, sending is over until another
// comes, or for ever.
func (o *outbox) next() (m outgoing, more, ended bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		o.queue, o.sending = nil, o.ended
		return m, false, o.ended
	}
	m = o.queue[0]
	o.queue[0] = outgoing{}
	o.queue = o.queue[1:]
	o.bytes -= m.size()
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
	return m, true, false
}

// lose drops everything: nobody is there to read it.
func (o *outbox) lose() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended, o.sending, o.queue, o.bytes = true, false, nil, 0
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}
