// Package server is the HTTP server: it routes requests to the management API
// and to the services' data APIs, checks service tokens, shows the Playground,
// starts and stops.
//
//	POST /management              management API
//	POST /service/stage           data API; /service and / stand for stage and service "default"
//	POST /service/stage/private   administration of one service
//	GET  /status                  "OK" while the server is alive
//	GET  /status?ready            "OK" while its database answers, too; else status 503
//	GET  /service/stage           WebSocket: subscriptions, and the data API with graphql-transport-ws
//	GET  anything else            Playground
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/management"
	"github.com/prisma1-go/prisma1/pkg/subscription"
)

const (
	stopTimeout = 10 * time.Second // for running requests, when the server is told to stop
	openTime    = 5 * time.Second  // that a request waits for the databases to be opened
	maxHeader   = 64 << 10         // bytes
)

// Server is one running server. Open it, let it listen, serve, close.
type Server struct {
	config     Config
	log        *slog.Logger
	connector  *connector.Connector
	management *management.Management
	engine     *engine.Engine
	door       *door // nil before Listen
	throttle   *throttle
	meter      *meter
	scraped    net.Listener // nil when the metrics are told nowhere
	tokens     auth.Cache   // of the services
	hub        *subscription.Hub
	sockets    *sockets
	patience   patience // with clients

	connections int64 // that it takes, WebSockets included

	opened chan struct{} // closed when connector, management and engine are there
}

// New returns a server that opens its databases when it serves.
func New(config Config, log *slog.Logger) (*Server, error) {
	if _, err := config.verifiers(); err != nil {
		return nil, err
	}
	s := &Server{config: config, log: log, throttle: newThrottle(config.Throttling), meter: newMeter(config.Metrics), hub: subscription.New(), patience: usualPatience, connections: mostConnections(config.Connections), opened: make(chan struct{})}
	s.sockets = newSockets(s)
	return s, nil
}

// Open is New for who needs the databases before serving, or their error.
func Open(ctx context.Context, config Config, log *slog.Logger) (*Server, error) {
	s, err := New(config, log)
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens the databases, for which it waits, and finishes or takes back
// deploys that an earlier process left half done. Close releases what it opened.
func (s *Server) open(ctx context.Context) error {
	config, log := s.config, s.log
	verifiers, err := config.verifiers()
	if err != nil {
		return err
	}
	config.Database.StatementTime = cmp.Or(config.Database.StatementTime, defaultStatementTime)
	config.Database.AnswerBytes = cmp.Or(config.Database.AnswerBytes, defaultAnswerBytes)
	db, err := connector.Open(ctx, config.Database, log)
	if err != nil {
		return err
	}
	s.engine = engine.New(db, engine.Options{Limits: config.Limits, RawAccess: config.RawAccess, Storage: config.StorageBytes, Logger: log, Events: s.hub, Failed: s.meter.failed})
	m, err := management.New(ctx, db, management.Options{
		Verifiers: verifiers,
		Version:   cmp.Or(config.Reported, config.Version),
		Commit:    config.Commit,
		Logger:    log,
		Passive:   config.Passive,
		Storage:   config.StorageBytes,
		Services:  config.WorkspaceServices,
		Deleted:   s.engine.Forget,
		Changed:   s.sockets.deployed,
		Failed:    s.meter.failed,
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.connector, s.management = db, m
	if !config.Database.Memory { // which no other server reaches
		s.hub.Share(db.Management(), log)
	}
	close(s.opened)
	return nil
}

// await waits a little for databases that are being opened.
func (s *Server) await(ctx context.Context) {
	select {
	case <-s.opened:
		return
	default:
	}
	select {
	case <-s.opened:
	case <-ctx.Done():
	case <-time.After(openTime):
	}
}

// Rules returns what a datamodel may ask of the server's database.
func (s *Server) Rules() datamodel.Rules { return s.connector.Rules() }

// Listen takes the port and returns the address, with the port that was picked
// for port 0. The error of a port in use names its owner where the system tells.
func (s *Server) Listen() (net.Addr, error) {
	listener, err := Listen(s.config.Host, s.config.Port)
	if err != nil {
		return nil, err
	}
	s.door = newDoor(listener, s.connections, s.log)
	if m := s.config.Metrics; m != nil {
		if s.scraped, err = Listen(m.Host, m.Port); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return listener.Addr(), nil
}

// MetricsURL is where the metrics are, "" when they are nowhere. Listen must have been called.
func (s *Server) MetricsURL() string {
	if s.scraped == nil {
		return ""
	}
	return "http://" + s.scraped.Addr().String() + metricsPath
}

// Listen takes a port, 0 any, on an address; "" is the loopback one.
func Listen(host string, port int) (net.Listener, error) {
	host = cmp.Or(host, "127.0.0.1")
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, listenError(host, port, err)
	}
	return listener, nil
}

// Serve answers requests until ctx ends, then lets the running ones finish.
// Listen must have been called.
func (s *Server) Serve(ctx context.Context) error {
	if s.door == nil {
		return errors.New("serve: the server does not listen yet")
	}
	s.warn(os.Getpid() == 1)
	spareCollections()
	serving, fail := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		if err := s.watch(serving); err != nil {
			fail(err)
		}
	})
	defer watch.Wait()
	defer fail(nil)
	if s.scraped != nil {
		watch.Go(func() {
			if err := Serve(serving, s.scraped, s.metricsHandler(), s.log); err != nil {
				fail(fmt.Errorf("metrics: %w", err))
			}
		})
	}
	retired := make(chan struct{})
	context.AfterFunc(serving, func() {
		defer close(retired)
		s.throttle.close()
		s.sockets.retire()
	})
	err := s.patience.serve(serving, s.door, s.handler(), s.log)
	failure := context.Cause(serving)
	fail(nil)
	<-retired
	s.sockets.wait()
	s.hub.Close()
	if ctx.Err() == nil { // the databases could not be opened
		err = errors.Join(failure, err)
	}
	return err
}

// Serve answers requests with a handler until ctx ends, then lets the running ones finish.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	return usualPatience.serve(ctx, newDoor(listener, mostConnections(0), log), handler, log)
}

func (p patience) serve(ctx context.Context, d *door, handler http.Handler, log *slog.Logger) error {
	d.piece = p.piece
	web := p.httpServer(ctx, p.patiently(handler), log)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { stopped <- shutdown(web) })
	defer d.sendAway(patience{head: refusalTime, piece: refusalTime}.httpServer(ctx, http.HandlerFunc(answerFull), log))()
	err := web.Serve(d)
	if stop() { // it failed by itself
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

func (p patience) httpServer(ctx context.Context, handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: p.head,
		ReadTimeout:       p.piece,
		IdleTimeout:       p.idle,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ConnContext:       knowConn,
	}
}

// watch opens the databases, if that is still to be done, and then looks after
// them until ctx ends.
func (s *Server) watch(ctx context.Context) error {
	select {
	case <-s.opened:
	default:
		if err := s.open(ctx); err != nil {
			return err
		}
	}
	var watch sync.WaitGroup
	watch.Go(func() { s.management.Watch(ctx) })
	watch.Go(func() { s.connector.Watch(ctx) })
	watch.Go(func() { s.sockets.watch(ctx) })
	watch.Wait()
	return nil
}

// shutdown lets running requests finish, but not for ever.
func shutdown(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stop: requests still ran after %s: %w", stopTimeout, err), web.Close())
	}
	return nil
}

// Close closes the databases, and the port of a server that never served.
func (s *Server) Close() error {
	if s.door != nil {
		s.door.Close() // already closed after Serve
	}
	if s.scraped != nil {
		s.scraped.Close()
	}
	if s.connector == nil {
		return nil
	}
	s.hub.Close()
	return s.connector.Close()
}

// warn says once what is dangerous or useless in the configuration.
// first tells that this is the first process, as in a container; configurations
// of Prisma 1 are written for those and never name a host.
func (s *Server) warn(first bool) {
	for _, warning := range s.config.Warnings {
		s.log.Warn("server configuration: " + warning)
	}
	address, ok := s.door.Addr().(*net.TCPAddr)
	if ok && first && address.IP.IsLoopback() {
		s.log.Warn("nobody outside this container reaches the server: it listens on loopback; set host: 0.0.0.0 or PRISMA_HOST=0.0.0.0", "address", address.String())
	}
	if ok && !address.IP.IsLoopback() && len(s.config.ManagementSecrets)+len(s.config.ManagementPublicKeys) == 0 && !s.config.DisableManagement {
		s.log.Warn("EVERYBODY WHO REACHES THIS SERVER CAN CHANGE AND DELETE ITS SERVICES: "+
			"it listens beyond this machine and has neither managementApiSecret nor managementApiPublicKey", "address", address.String())
	}
}
