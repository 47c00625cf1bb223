package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// A tedious statement runs for ten minutes or more; running asks how many such
// there are. SQLite cannot be asked: there, the server would not stop in time.
var tedious = map[string]struct{ statement, running string }{
	"sqlite":   {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", ""},
	"postgres": {"SELECT pg_sleep(601.5)", "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(601.5)'"},
	"mysql":    {"SELECT SLEEP(601.5)", "SELECT count(*) AS n FROM information_schema.processlist WHERE info = 'SELECT SLEEP(601.5)'"},
}

// TestHangUpOverTheWire: what somebody asked for who hangs up, or wants to hear
// no more of it, is stopped in the database, and its connection is there for others.
func TestHangUpOverTheWire(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		config.ConnectionLimit, config.StatementTime = 3, time.Hour
		url, server := startServer(t, Config{Database: config, RawAccess: true})
		deploy(t, client.New(url, "", nil), "shop", "dev", users)
		slow := tedious[config.Connector]
		raw := func(sql string) string { return fmt.Sprintf("mutation { executeRaw(query: %q) }", sql) }
		until := func(n int) {
			t.Helper()
			var got string
			want := fmt.Sprintf(":%d}", n)
			for limit := time.Now().Add(time.Minute); slow.running != "" && time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
				if got = sendWith(t, url+"/shop/dev", "", raw(slow.running)); strings.Contains(got, want) {
					return
				}
			}
			if slow.running != "" {
				t.Fatalf("%s statements run, want %d", got, n)
			}
			time.Sleep(50 * time.Millisecond)
		}
		for range 4 { // more often than there are connections
			body, err := json.Marshal(map[string]string{"query": raw(slow.statement)})
			if err != nil {
				t.Fatal(err)
			}
			c := begin(t, url, fmt.Sprintf("Content-Length: %d", len(body)), string(body))
			until(1)
			c.Close()
			until(0)

			s := enter(t, url+"/shop/dev", "graphql-transport-ws")
			s.ask("subscribe", "1", raw(slow.statement))
			until(1)
			s.send(`{"type":"complete","id":"1"}`)
			until(0)
			s.ask("subscribe", "2", raw(slow.statement))
			until(1)
			s.conn.CloseNow()
			until(0)
		}
		for len(server.sockets.sessions()) > 0 {
			time.Sleep(time.Millisecond)
		}
		if got := sendWith(t, url+"/shop/dev", "", `mutation { createUser(data: { email: "a" }) { email } }`); got != `{"data":{"createUser":{"email":"a"}}}` {
			t.Error(got)
		}
	})
}
