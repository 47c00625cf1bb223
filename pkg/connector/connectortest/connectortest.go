// Package connectortest gives tests an empty database per connector.
package connectortest

import (
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// require is the variable that names, with commas between them, the connectors
// that must be there; CI sets it.
const require = "PRISMA1_TEST_REQUIRE"

// A candidate is a connector that tests may run on.
type candidate struct {
	name   string
	config func(testing.TB) (c connector.Config, ok bool) // ok is false where there is no database
}

// candidates are the connectors that this version serves.
var candidates = []candidate{
	{"sqlite", func(t testing.TB) (connector.Config, bool) {
		return connector.Config{Connector: "sqlite", Directory: t.TempDir()}, true
	}},
	{"sqlite-memory", func(testing.TB) (connector.Config, bool) {
		return connector.Config{Connector: "sqlite", Memory: true}, true
	}},
	{"postgres", postgresConfig},
	{"mysql", mysqlConfig},
}

// Each runs f as a subtest once per connector, one after the other, on a server
// without projects. A connector without a database is skipped, unless
// PRISMA1_TEST_REQUIRE names it, as it does in CI.
func Each(t *testing.T, f func(t *testing.T, c *connector.Connector)) {
	t.Helper()
	EachConfig(t, func(t *testing.T, config connector.Config) { f(t, Open(t, config)) })
}

// EachConfig is Each for benchmarks, and for tests that open the server
// themselves, more than once or in other processes. What is in memory can only
// be opened once.
func EachConfig[T runner[T]](t T, f func(t T, config connector.Config)) {
	t.Helper()
	for _, name := range missing(os.Getenv(require), candidates) {
		t.Errorf("%s names connector %q, which this version does not test", require, name)
	}
	for _, candidate := range candidates {
		t.Run(candidate.name, func(t T) {
			config, ok := candidate.config(t)
			switch {
			case !ok && slices.Contains(names(os.Getenv(require)), candidate.name):
				t.Fatalf("%s names connector %s, but there is no database for it", require, candidate.name)
			case !ok:
				t.Skipf("no database for connector %s", candidate.name)
			}
			f(t, config)
		})
	}
}

// A runner is *testing.T or *testing.B.
type runner[T any] interface {
	testing.TB
	Run(name string, f func(T)) bool
}

// Open opens a connector that is closed when the test ends.
func Open(t testing.TB, config connector.Config) *connector.Connector {
	t.Helper()
	c, err := connector.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close connector: %v", err)
		}
	})
	return c
}

// missing returns the required connectors that are no candidates.
func missing(required string, all []candidate) []string {
	return slices.DeleteFunc(names(required), func(name string) bool {
		return slices.ContainsFunc(all, func(c candidate) bool { return c.name == name })
	})
}

// names splits a list at its commas; empty parts do not count.
func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
