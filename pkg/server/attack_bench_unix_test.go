//go:build unix

package server

import (
	"maps"
	"runtime/metrics"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkAttacks tells how long each attack takes, the time of all processors
// for it, and by how much the heap grows with its garbage. The client is counted, too.
func BenchmarkAttacks(b *testing.B) {
	measure := func(url string, bodies map[string][]byte) {
		for _, name := range slices.Sorted(maps.Keys(bodies)) {
			b.Run(name, func(b *testing.B) {
				var most uint64
				before := processorTime(b)
				for b.Loop() {
					most = max(most, heapDuring(func() { attack(b, url, bodies[name]) }))
				}
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
				b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms")
				b.ReportMetric(float64(most>>20), "MB")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
	measure(attacked(b), attackBodies())
	measure(largelyAttacked(b), schemaAttacks())
	measure(fullyAttacked(b), listAttacks())
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// heapDuring runs f and returns by how many bytes the heap grows meanwhile, with
// its garbage.
func heapDuring(f func()) (most uint64) {
	before := live()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for tick := time.NewTicker(time.Millisecond); ; {
		metrics.Read(heap)
		if now := heap[0].Value.Uint64(); now > before {
			most = max(most, now-before)
		}
		select {
		case <-done:
			tick.Stop()
			return most
		case <-tick.C:
		}
	}
}
