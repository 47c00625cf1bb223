package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
)

// Throttling says how many calls of one service go on (RequestThrottler.scala).
type Throttling struct {
	ratelimit.Settings
	Exempt []project.ID // services that are not throttled
}

// DemoThrottling is how Prisma 1's demo servers throttled.
func DemoThrottling() *Throttling {
	return &Throttling{Settings: ratelimit.Settings{Calls: 10, Period: 10 * time.Second, Waiting: 25}}
}

// A throttle lets calls wait for their turn; nil lets all go on.
type throttle struct {
	limiter *ratelimit.Limiter
	exempt  map[project.ID]bool
}

func newThrottle(t *Throttling) *throttle {
	if t == nil || t.Calls == 0 {
		return nil
	}
	exempt := make(map[project.ID]bool)
	for _, id := range t.Exempt {
		exempt[id] = true
	}
	return &throttle{limiter: ratelimit.New(t.Settings), exempt: exempt}
}

// wait waits until a call of a service may go on: a request to its data API, a
// batch as one, or an operation over a WebSocket. The service need not exist,
// and nothing that the call holds has a say. Returns fault.ThrottlerBufferFull,
// ratelimit.ErrClosed and the error of ctx.
func (t *throttle) wait(ctx context.Context, id project.ID) (throttled, error) {
	if t == nil || t.exempt[id] {
		return throttled{}, nil
	}
	waited, err := t.limiter.Wait(ctx, id.Name+"/"+id.Stage)
	if errors.Is(err, ratelimit.ErrFull) {
		return throttled{}, fault.Crowd()
	}
	return throttled{waited, true}, err
}

// close sends away who waits, because the server stops.
func (t *throttle) close() {
	if t != nil {
		t.limiter.Close()
	}
}

// throttled is how long a call had to wait.
type throttled struct {
	waited time.Duration
	asked  bool // whether it had to ask at all
}

// tell writes the header Throttled-By, whose form is Prisma 1's: "1608ms", and "0ms" for who did not wait.
func (t throttled) tell(header http.Header) {
	if t.asked {
		header.Set("Throttled-By", strconv.FormatInt(t.waited.Milliseconds(), 10)+"ms")
	}
}
