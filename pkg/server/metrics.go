package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/engine"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/management"
	"github.com/prisma1-go/prisma1/pkg/metrics"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// metricsPath is where the metrics are, on a port of their own.
const metricsPath = "/metrics"

const (
	sizesTime    = time.Minute     // for which measured sizes are believed
	gatherTime   = 5 * time.Second // for the database to tell them
	mostSizes    = 1000            // services whose size is told; the largest ones
	restOfOthers = "(others)"      // stands for the services that are too many
)

// An api is a kind of requests that are timed together.
type api int

const (
	dataAPI api = iota
	managementAPI
	privateAPI
	importAPI
	exportAPI
	otherAPI // pages, status, and what is no API
	apis
)

func (a api) String() string {
	return [...]string{"data", "management", "private", "import", "export", "other"}[a]
}

// apiOf tells what a request is for.
func apiOf(r *http.Request) api {
	if r.Method != http.MethodPost {
		return otherAPI
	}
	if strings.Trim(r.URL.Path, "/") == "management" {
		return managementAPI
	}
	switch _, endpoint := splitEndpoint(r.URL.Path); endpoint {
	case "private":
		return privateAPI
	case "import":
		return importAPI
	case "export":
		return exportAPI
	case "":
		return dataAPI
	}
	return otherAPI
}

// A meter counts what the server does; nil counts nothing. Goroutines share it.
type meter struct {
	started time.Time
	running atomic.Int64
	took    [apis]metrics.Histogram
	errors  metrics.Codes

	mu       sync.Mutex // held while sizes are measured
	sizes    []serviceSize
	services int
	measured time.Time
}

type serviceSize struct {
	id    project.ID
	bytes int64
}

func newMeter(m *Metrics) *meter {
	if m == nil {
		return nil
	}
	return &meter{started: time.Now()}
}

// begin counts a request that runs.
func (m *meter) begin() {
	if m != nil {
		m.running.Add(1)
	}
}

// end counts a request that began at a time.
func (m *meter) end(r *http.Request, start time.Time) {
	if m == nil {
		return
	}
	m.running.Add(-1)
	m.took[apiOf(r)].Observe(time.Since(start))
}

// failed counts an error that was answered.
func (m *meter) failed(code fault.Code) {
	if m != nil {
		m.errors.Add(max(0, int(code)))
	}
}

// note counts the answer of a service to a request that began at a time.
func (m *meter) note(c *engine.Calls, start time.Time, t throttled) {
	if m != nil {
		c.Note(time.Since(start)-t.waited, t.waited)
	}
}

// metricsHandler answers who scrapes. The metrics name services, and hold
// nothing of what is stored and no secret.
func (s *Server) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+metricsPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", metrics.ContentType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(s.metrics(r.Context())) // who went away reads nothing
	})
	return mux
}

// metrics are all figures as they are now.
func (s *Server) metrics(ctx context.Context) []byte {
	var t metrics.Text
	t.Family("prisma1_info", metrics.Gauge, "Version of the server and kind of its database.")
	t.Sample(1, "version", s.config.Version, "commit", s.config.Commit, "connector", s.config.Database.Connector)
	s.requestMetrics(&t)
	s.connectionMetrics(&t)
	select {
	case <-s.opened:
		s.serviceMetrics(&t)
		deployMetrics(&t, s.management.Deploys())
		s.databaseMetrics(ctx, &t)
	default:
		t.One("prisma1_database_up", metrics.Gauge, "Whether the database answers.", 0)
	}
	t.Process(s.meter.started)
	return t.Bytes()
}

func (s *Server) requestMetrics(t *metrics.Text) {
	t.One("prisma1_requests_running", metrics.Gauge, "Requests that are being answered, those that wait for their turn included.", float64(s.meter.running.Load()))
	t.Histograms("prisma1_request_seconds", "How long requests took, waiting for their turn included.")
	for a := range apis {
		t.Histogram(&s.meter.took[a], "api", a.String())
	}
	t.Family("prisma1_errors_total", metrics.Counter, "Errors in answers by their code; 0 are those without.")
	codes, counts := s.meter.errors.All()
	for _, code := range codes {
		t.Sample(float64(counts[code]), "code", strconv.Itoa(code))
	}
	if s.throttle != nil {
		t.One("prisma1_throttled_waiting", metrics.Gauge, "Calls that wait for their turn.", float64(s.throttle.limiter.Waiting()))
	}
}

func (s *Server) connectionMetrics(t *metrics.Text) {
	t.One("prisma1_connections_open", metrics.Gauge, "Open connections of clients, WebSockets included.", float64(s.door.open.Load()))
	t.One("prisma1_connections_max", metrics.Gauge, "Connections of clients that may be open.", float64(s.door.most))
	t.One("prisma1_connections_refused_total", metrics.Counter, "Connections that were too many.", float64(s.door.refused.Load()))
	t.One("prisma1_websocket_connections", metrics.Gauge, "Open WebSocket connections.", float64(len(s.sockets.sessions())))
	t.One("prisma1_websocket_messages_received_total", metrics.Counter, "Messages of clients.", float64(s.sockets.received.Load()))
	t.One("prisma1_websocket_messages_sent_total", metrics.Counter, "Messages to them, signs of life included.", float64(s.sockets.sent.Load()))
	t.One("prisma1_subscriptions", metrics.Gauge, "Subscriptions that wait for events.", float64(s.hub.Waiting()))
	t.One("prisma1_subscription_events_total", metrics.Counter, "Events of mutations for which a subscription waited.", float64(s.hub.Events()))
}

// serviceMetrics tells of the services that were asked since the start.
func (s *Server) serviceMetrics(t *metrics.Text) {
	calls := make(map[project.ID]*engine.Calls)
	var ids []project.ID
	for id, c := range s.engine.AllCalls() {
		calls[id] = c
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b project.ID) int { return strings.Compare(label(a), label(b)) })
	for _, f := range []struct {
		name, help string
		value      func(*engine.Calls) float64
	}{
		{"prisma1_service_requests_total", "Requests that a service answered.", func(c *engine.Calls) float64 { return float64(c.Answered.Load()) }},
		{"prisma1_service_request_seconds_total", "How long it took to answer them, without waiting for their turn.", func(c *engine.Calls) float64 { return seconds(c.Took.Load()) }},
		{"prisma1_service_errors_total", "Errors in these answers.", func(c *engine.Calls) float64 { return float64(c.Failed.Load()) }},
		{"prisma1_service_throttled_total", "Requests that waited for their turn.", func(c *engine.Calls) float64 { return float64(c.Late.Load()) }},
		{"prisma1_service_throttled_seconds_total", "How long they waited.", func(c *engine.Calls) float64 { return seconds(c.Waited.Load()) }},
		{"prisma1_service_refused_total", "Requests for which there was no place to wait.", func(c *engine.Calls) float64 { return float64(c.Refused.Load()) }},
	} {
		t.Family(f.name, metrics.Counter, f.help)
		for _, id := range ids {
			t.Sample(f.value(calls[id]), "service", label(id))
		}
	}
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }

// label names a service; the zero ID stands for those that are too many.
func label(id project.ID) string {
	if id == (project.ID{}) {
		return restOfOthers
	}
	return id.Name + "/" + id.Stage
}

func deployMetrics(t *metrics.Text, d management.Deploys) {
	t.One("prisma1_deploys_running", metrics.Gauge, "Deploys that run.", float64(d.Running))
	t.Family("prisma1_deploys_total", metrics.Counter, "Deploys that ended, by how: migrated, unchanged, foreseen (a dry run), refused, failed.")
	for o := management.Migrated; o <= management.Failed; o++ {
		t.Sample(float64(d.Ended[o]), "outcome", o.String())
	}
	t.One("prisma1_deploy_seconds_total", metrics.Counter, "How long they took.", d.Took.Seconds())
}

func (s *Server) databaseMetrics(ctx context.Context, t *metrics.Text) {
	up := 1.0
	if _, away := s.connector.Away(); away {
		up = 0
	}
	t.One("prisma1_database_up", metrics.Gauge, "Whether the database answers.", up)
	pool := s.connector.Pool()
	t.One("prisma1_database_connections_open", metrics.Gauge, "Open connections to the database; files of SQLite.", float64(pool.Open))
	t.One("prisma1_database_connections_busy", metrics.Gauge, "Those of them that are used just now.", float64(pool.Busy))
	if pool.Most > 0 {
		t.One("prisma1_database_connections_max", metrics.Gauge, "Connections that may be open.", float64(pool.Most))
		t.One("prisma1_database_waits_total", metrics.Counter, "Statements that waited for a connection.", float64(pool.Waits))
		t.One("prisma1_database_wait_seconds_total", metrics.Counter, "How long they waited.", pool.Waited.Seconds())
	}
	if up == 1 {
		s.meter.measure(ctx, s.connector, s.log)
	}
	s.meter.storage(t)
	if s.config.StorageBytes > 0 {
		t.One("prisma1_service_storage_limit_bytes", metrics.Gauge, "What each service may store.", float64(s.config.StorageBytes))
	}
}

// measure asks for the sizes of all services, unless that was done just before.
// When it does not work, the old ones are told once more.
func (m *meter) measure(ctx context.Context, c *connector.Connector, log *slog.Logger) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.measured) < sizesTime {
		return
	}
	m.measured = time.Now()
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	ids, err := c.Management().IDs(ctx)
	if err != nil {
		log.Warn("metrics: the services could not be listed", "cause", err)
		return
	}
	bytes, err := c.Sizes(ctx, ids)
	if err != nil {
		log.Warn("metrics: the sizes of services could not be measured", "cause", err)
		return
	}
	m.sizes, m.services = m.sizes[:0], len(ids)
	for i, id := range ids {
		m.sizes = append(m.sizes, serviceSize{id, bytes[i]})
	}
	slices.SortStableFunc(m.sizes, func(a, b serviceSize) int { return cmp.Compare(b.bytes, a.bytes) })
}

// storage tells what the services store, the largest first.
func (m *meter) storage(t *metrics.Text) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t.One("prisma1_services", metrics.Gauge, "Services on the database.", float64(m.services))
	t.Family("prisma1_service_storage_bytes", metrics.Gauge, "What a service stores, indexes included; measured once a minute.")
	var others int64
	for i, one := range m.sizes {
		if i < mostSizes {
			t.Sample(float64(one.bytes), "service", label(one.id))
		} else {
			others += one.bytes
		}
	}
	if others > 0 {
		t.Sample(float64(others), "service", restOfOthers)
	}
}
