package connectortest

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// TestConnectionLimit counts the connections that many requests at once, to
// data and management, make: never more than the limit says, in all.
func TestConnectionLimit(t *testing.T) {
	t.Parallel()
	const limit, clients = 3, 24
	EachConfig(t, func(t *testing.T, config connector.Config) {
		number := map[string]string{
			"postgres": "SELECT pg_backend_pid() AS id, pg_sleep(0.01)::text AS slept, (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND client_port IS NOT NULL) AS all",
			"mysql":    "SELECT CAST(CONNECTION_ID() AS SIGNED) AS id, SLEEP(0.01) AS slept, 0 AS `all`",
		}[config.Connector]
		if number == "" {
			t.Skip("SQLite has no server")
		}
		config.ConnectionLimit = limit
		c := Open(t, config)
		d, _ := created(t, c, everything)
		var mu sync.Mutex
		ids, most := map[int64]bool{}, int64(0)
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for range 5 {
					var rows []struct{ ID, All int64 }
					text, err := d.Raw(t.Context(), number)
					if err == nil {
						err = json.Unmarshal(text, &rows)
					}
					if err == nil {
						_, err = c.Management().Projects(t.Context())
					}
					if err == nil {
						_, err = d.Inspect(t.Context())
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					ids[rows[0].ID], most = true, max(most, rows[0].All)
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(ids) > limit || most > limit || len(ids) < 2 {
			t.Errorf("%d connections were used and %d open at once, with a limit of %d", len(ids), most, limit)
		}
	})
}
