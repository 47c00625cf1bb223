package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
	"github.com/prisma1-go/prisma1/pkg/subscription"
)

// An operation is what a client began under an id: a subscription, or with
// graphql-transport-ws a query or a mutation.
type operation struct {
	*session
	id        string // JSON
	requestID string
	ctx       context.Context
	cancel    context.CancelFunc
	remove    func() // from the hub; nil until the subscription waits for events
	over      bool   // nothing more is sent; like remove under the session's lock
}

// start begins an operation. An id that is in use is taken over, as in Prisma 1;
// with graphql-transport-ws that is a mistake.
func (c *session) start(id string, request graphql.Request) {
	o := &operation{session: c, id: id, requestID: c.server.newRequestID()}
	c.mu.Lock()
	before := c.operations[id]
	switch {
	case c.retired:
		c.mu.Unlock()
		return
	case before != nil && c.protocol.modern:
		c.mu.Unlock()
		c.outbox.end(closeDoubledID, cut("Subscriber for "+id+" already exists"))
		return
	case before == nil && len(c.operations) >= c.server.sockets.each:
		c.mu.Unlock()
		crowded := fmt.Sprintf("This connection has %d operations already. Please end one, or open another connection.", c.server.sockets.each)
		c.sayText(c.protocol.failure(id, graphql.Errors{{Message: crowded}}, crowded))
		return
	}
	if c.operations == nil {
		c.operations = make(map[string]*operation)
		c.slots = make(chan struct{}, mostRunning)
	}
	o.ctx, o.cancel = context.WithCancel(c.ctx)
	c.operations[id] = o
	c.running.Add(1)
	c.mu.Unlock()
	if before != nil {
		before.end()
	}
	go func() {
		defer c.running.Done()
		o.run(request)
	}()
}

// stopOperation ends an operation of which the client wants to hear no more.
func (c *session) stopOperation(id string) {
	c.mu.Lock()
	o := c.operations[id]
	delete(c.operations, id)
	c.mu.Unlock()
	if o != nil {
		o.end()
	}
}

// end stops whatever the operation does.
func (o *operation) end() {
	o.mu.Lock()
	o.over = true
	remove := o.remove
	o.mu.Unlock()
	o.cancel()
	if remove != nil {
		remove()
	}
}

// finished ends the operation from this side, and tells whether it was not over before.
func (o *operation) finished() bool {
	o.mu.Lock()
	over := o.over
	if !over && o.operations[o.id] == o {
		delete(o.operations, o.id)
	}
	o.mu.Unlock()
	o.end()
	return !over
}

// run executes a query or a mutation, or begins a subscription.
func (o *operation) run(request graphql.Request) {
	defer func() {
		if cause := recover(); cause != nil {
			o.server.log.Error("operation panicked", "requestId", o.requestID, "cause", cause, "stack", string(debug.Stack()))
			failure := graphql.Failure(errors.New("panic"), o.requestID)
			o.fail(failure.Message, graphql.Errors{failure})
		}
	}()
	select {
	case o.slots <- struct{}{}:
		defer func() { <-o.slots }()
	case <-o.ctx.Done():
		return
	}
	began := time.Now()
	o.execute(connector.WithRequest(o.ctx, o.requestID), request)
	if o.server.log.Enabled(o.ctx, slog.LevelDebug) {
		o.server.log.Debug("request", "method", "WEBSOCKET", "path", o.project.Path(), "requestId", o.requestID, "ms", time.Since(began).Milliseconds())
	}
}

func (o *operation) execute(ctx context.Context, request graphql.Request) {
	service, done, err := o.service(ctx)
	if err != nil {
		problem := o.problem(ctx, o.requestID, err)
		o.fail(problem.Message, graphql.Errors{problem})
		return
	}
	defer done()
	if o.protocol.modern {
		switch kind, errs := service.Kind(request); {
		case errs != nil:
			o.fail("", errs)
			return
		case kind != graphql.Subscription:
			o.answer(ctx, service.Execute(ctx, o.requestID, request))
			return
		}
	}
	s, errs := service.Subscribe(request)
	if errs != nil {
		o.fail(service.LegacyRefusal(request.Query, errs), errs)
		return
	}
	o.subscribe(s)
}

// service returns the service as it is now, when the throttle lets the operation
// go on; done counts the operation when it is over. Returns the faults
// ThrottlerBufferFull and ProjectNotFound, and errToken.
func (o *operation) service(ctx context.Context) (service *engine.Service, done func(), err error) {
	start := time.Now()
	waited, err := o.server.throttle.wait(ctx, o.project)
	if err != nil {
		o.server.engine.Refused(o.project, err)
		return nil, nil, err
	}
	p, err := o.server.management.Project(ctx, o.project)
	if err != nil {
		return nil, nil, err
	}
	if err := o.verify(p); err != nil {
		o.drop(err.Error())
		return nil, nil, err
	}
	if service, err = o.server.engine.Service(p); err != nil {
		return nil, nil, err
	}
	return service, func() { o.server.meter.note(service.Calls(), start, waited) }, nil
}

// subscribe lets the operation wait for events.
func (o *operation) subscribe(s *engine.Subscription) {
	if o.protocol.started != "" {
		o.sayText(o.protocol.success(o.id))
	}
	remove, err := o.server.hub.Add(o.project, s, o)
	if err != nil {
		return // the server stops, which ends the connection
	}
	o.mu.Lock()
	over := o.over
	o.remove = remove
	o.mu.Unlock()
	if over {
		remove()
	}
}

// Next sends an event. A client that does not read them is cut off.
func (o *operation) Next(payload []byte) {
	o.mu.Lock()
	over := o.over
	o.mu.Unlock()
	if over {
		return
	}
	o.active.Store(time.Now().UnixNano())
	o.say(o.protocol.data(o.id, graphql.SheetsOf(payload)))
}

// End tells that the subscription has ended.
func (o *operation) End(reason string) { o.fail(reason, graphql.Errors{{Message: reason}}) }

// answer sends the answer to a query or a mutation.
func (o *operation) answer(ctx context.Context, answer graphql.Sheets) {
	if o.outbox.put(ctx, o.protocol.data(o.id, answer)) == nil && o.finished() {
		o.outbox.put(o.session.ctx, outgoing{before: o.protocol.complete(o.id)})
	}
}

// fail ends the operation with what is wrong; legacy is the sentence for old protocols.
func (o *operation) fail(legacy string, errs graphql.Errors) {
	if o.finished() {
		o.sayText(o.protocol.failure(o.id, errs, legacy))
	}
}

// problem is what the client is told of an error. One that is no fault goes to the log.
func (c *session) problem(ctx context.Context, requestID string, err error) *graphql.Error {
	switch {
	case errors.Is(err, errToken):
		return &graphql.Error{Message: err.Error()}
	case errors.Is(err, ratelimit.ErrClosed), errors.Is(err, subscription.ErrClosed), ctx.Err() != nil:
		return &graphql.Error{Message: stopping, RequestID: requestID}
	}
	c.server.meter.failed(fault.CodeOf(err))
	if _, known := errors.AsType[*fault.Error](err); !known {
		c.server.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("requestId", requestID), slog.Any("cause", err))
	}
	return graphql.Failure(err, requestID)
}

func (s *Server) newRequestID() string {
	return cmp.Or(s.config.RequestIDPrefix, "local") + ":" + cuid.New()
}
