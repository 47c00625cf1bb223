package connectortest

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// TestFreshDatabase: a database that is made at the first start is nothing to be warned of.
func TestFreshDatabase(t *testing.T) {
	t.Parallel()
	EachConfig(t, func(t *testing.T, config connector.Config) {
		var log bytes.Buffer
		c, err := connector.Open(t.Context(), config, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil || log.Len() > 0 {
			t.Errorf("the log says %s, %v", &log, err)
		}
	})
}
