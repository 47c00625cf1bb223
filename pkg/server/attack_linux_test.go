package server

import (
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// raced tells whether the race detector takes several times as much memory.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestAttacks measures how much memory a server takes with an attack, one after
// the other. SQLite alone: what is attacked stands above it.
func TestAttacks(t *testing.T) {
	t.Parallel()
	if testing.Short() || raced() {
		t.Skip("measures memory")
	}
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			server := startProcess(t)
			url := target.open(t, server.url)
			bodies := target.bodies()
			for _, name := range slices.Sorted(maps.Keys(bodies)) {
				server.withstand(t, name, func() string { return attack(t, url, bodies[name]) })
			}
		})
	}
	t.Run("documents", func(t *testing.T) {
		server := startProcess(t)
		url := targets[0].open(t, server.url)
		server.withstand(t, "different documents", func() (answer string) {
			for _, body := range documentAttacks() {
				answer = attack(t, url, body)
			}
			return answer
		})
	})
}

// withstand measures how much memory an attack takes.
func (p *serverProcess) withstand(t *testing.T, name string, attack func() string) {
	t.Helper()
	var answer string
	most := p.resident(t, func() { answer = attack() })
	t.Logf("%s: %d MB", name, most>>20)
	if most > attackMemory {
		t.Errorf("%s: %d MB: %.200s", name, most>>20, answer)
	}
	if strings.Contains(answer, "Whoops") {
		t.Errorf("%s: internal error: %.300s", name, answer)
	}
}

// BenchmarkAttacks tells how long an attack takes, the processor time of the
// server for it, and how much memory the server's process has at most, with its program.
func BenchmarkAttacks(b *testing.B) {
	for _, target := range targets {
		server := startProcess(b)
		url := target.open(b, server.url)
		bodies := target.bodies()
		for _, name := range slices.Sorted(maps.Keys(bodies)) {
			b.Run(name, func(b *testing.B) {
				before := server.processorTime(b)
				most := server.resident(b, func() {
					for b.Loop() {
						attack(b, url, bodies[name])
					}
				})
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
				b.ReportMetric(float64((server.processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms")
				b.ReportMetric(float64(most>>20), "resident-MB")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
