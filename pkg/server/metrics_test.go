package server

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
)

// TestMetrics asks a service for this and that, and compares all figures that do not depend on time.
func TestMetrics(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, database connector.Config) {
		url, s := startServer(t, Config{
			Database: database, Version: "1.35.0", Commit: "abc", Metrics: &Metrics{}, StorageBytes: 100_000_000,
			Throttling: &Throttling{Settings: ratelimit.Settings{Calls: 6, Period: time.Hour}},
		})
		management := client.New(url, "", nil)
		deploy(t, management, "shop", "dev", users, "hidden-secret")
		input := client.DeployInput{Name: "shop", Stage: "dev", Types: users, Secrets: []string{"hidden-secret"}}
		for _, in := range []client.DeployInput{
			input,
			{Name: "shop", Stage: "dev", Types: users, DryRun: true}, // asks what the server knows, too
			{Name: "shop", Stage: "dev", Types: "type User { id: ID! @id name: Nope }"},
			{Name: "none", Stage: "dev", Types: users},
		} {
			management.Deploy(t.Context(), in) // how it ends is counted
		}
		token, err := auth.SignService("hidden-secret", "shop", "dev", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		token = "Bearer " + token
		for _, query := range []string{
			`mutation { createUser(data: { email: "a@hidden.example" }) { id } }`,
			`mutation { createUser(data: { email: "a@hidden.example" }) { id } }`, // 3010
			`{ users { hiddenField } }`, // 0
			`{ users { id } }`,
		} {
			sendWith(t, url+"/shop/dev", token, query)
		}
		sendWith(t, url+"/shop/dev", "Bearer hidden", `{ users { id } }`)                    // 3015
		sendWith(t, url+"/none/dev", "", `{ users { id } }`)                                 // 3016, no project
		sendWith(t, url+"/shop/dev/private", token, `mutation { resetData }`)                // the last token of the bucket
		sendWith(t, url+"/shop/dev", token, `{ users { id } }`)                              // 1004
		sendWith(t, url+"/shop/dev/export", token, `{ "hidden" }`)                           // 0, it is no export
		sendWith(t, url+"/management", "", `mutation { deleteProject(name: "a") { name } }`) // lacks the stage

		got := scrape(t, s.MetricsURL())
		if strings.Contains(got, "hidden") {
			t.Errorf("the metrics tell what they should not:\n%s", got)
		}
		if !storageOfShop.MatchString(got) {
			t.Errorf("no size of the service in\n%s", got)
		}
		want := fmt.Sprintf(`prisma1_info{version="1.35.0",commit="abc",connector=%q} 1
prisma1_requests_running 0
prisma1_request_seconds_count{api="data"} 7
prisma1_request_seconds_count{api="management"} 8
prisma1_request_seconds_count{api="private"} 1
prisma1_request_seconds_count{api="import"} 0
prisma1_request_seconds_count{api="export"} 1
prisma1_request_seconds_count{api="other"} 0
prisma1_errors_total{code="0"} 2
prisma1_errors_total{code="1004"} 1
prisma1_errors_total{code="3010"} 1
prisma1_errors_total{code="3015"} 1
prisma1_errors_total{code="3016"} 1
prisma1_errors_total{code="4000"} 1
prisma1_throttled_waiting 0
prisma1_websocket_connections 0
prisma1_websocket_messages_received_total 0
prisma1_websocket_messages_sent_total 0
prisma1_subscriptions 0
prisma1_subscription_events_total 0
prisma1_service_requests_total{service="shop/dev"} 6
prisma1_service_errors_total{service="shop/dev"} 3
prisma1_service_throttled_total{service="shop/dev"} 0
prisma1_service_refused_total{service="shop/dev"} 1
prisma1_deploys_running 0
prisma1_deploys_total{outcome="migrated"} 1
prisma1_deploys_total{outcome="unchanged"} 1
prisma1_deploys_total{outcome="foreseen"} 1
prisma1_deploys_total{outcome="refused"} 2
prisma1_deploys_total{outcome="failed"} 0
prisma1_database_up 1
prisma1_services 1
prisma1_service_storage_limit_bytes 1e+08
`, database.Connector)
		if diff := cmp.Diff(want, timeless(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

var storageOfShop = regexp.MustCompile(`\nprisma1_service_storage_bytes\{service="shop/dev"\} [1-9]`)

// timeless are the lines of our own figures that are the same in each run and on each database.
func timeless(text string) string {
	var b strings.Builder
	other := regexp.MustCompile(`^(#|go_|process_|prisma1_\w*(_bucket|_sum|seconds_total|storage_bytes|connections_\w+|waits_total)[ {])`)
	for line := range strings.Lines(text) {
		if !other.MatchString(line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func scrape(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, header, text := do(t, request)
	if kind := header.Get("Content-Type"); status != http.StatusOK || kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatalf("status %d, %s", status, kind)
	}
	return text
}

// The metrics have a port of their own: nobody reads them at the services'.
func TestMetricsApart(t *testing.T) {
	t.Parallel()
	url, s := startServer(t, Config{Metrics: &Metrics{}})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	if got := scrape(t, s.MetricsURL()); !storageOfShop.MatchString(got) { // of a file, unlike above
		t.Errorf("no size of the service in\n%s", got)
	}
	if got, want := s.MetricsURL(), "http://127.0.0.1:"; !strings.HasPrefix(got, want) {
		t.Errorf("metrics on %s, want %s…", got, want)
	}
	for _, address := range []string{url + "/metrics", strings.TrimSuffix(s.MetricsURL(), "/metrics") + "/shop/dev"} {
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if kind := response.Header.Get("Content-Type"); strings.Contains(kind, "version=0.0.4") {
			t.Errorf("%s answers metrics", address)
		}
	}
	if _, s := startServer(t, Config{}); s.MetricsURL() != "" {
		t.Errorf("metrics on %s that nobody asked for", s.MetricsURL())
	}
}

func TestMetricsSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*Metrics{
		"":                                    nil,
		"metrics: 9100":                       {Port: 9100},
		"metrics: {port: 0}":                  {Port: 0},
		"metrics: {host: 0.0.0.0, port: 910}": {Host: "0.0.0.0", Port: 910},
	} {
		config, err := ParseConfig([]byte("databases: {default: {connector: sqlite}}\n"+text), environment())
		if diff := cmp.Diff(want, config.Metrics); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		"metrics: yes":           "line 2: metrics: Expected Int for field metrics, got yes",
		"metrics: {port: 70000}": "line 2: metrics.port: 70000 is not a port (0 to 65535)",
		"metrics: {host: a}":     "metrics.port: a port is expected here, 0 picks one",
	} {
		_, err := ParseConfig([]byte("databases: {default: {connector: sqlite}}\n"+text), environment())
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
