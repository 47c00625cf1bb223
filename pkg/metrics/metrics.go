// Package metrics counts without locks, and writes counts as the text that Prometheus reads.
package metrics

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// bounds are those of a Histogram: from the answer of a small query to the end
// of what a statement may take.
var bounds = [...]time.Duration{
	500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond,
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, time.Minute,
}

// A Histogram counts durations. The zero value is empty; goroutines may share it.
type Histogram struct {
	counts [len(bounds) + 1]atomic.Int64 // up to each bound, and above the last one
	sum    atomic.Int64                  // ns
}

// Observe counts a duration.
func (h *Histogram) Observe(d time.Duration) {
	i := 0
	for i < len(bounds) && d > bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(d))
}

// Codes counts by number what is rare, such as errors. The zero value is empty;
// goroutines may share it. The numbers are few and ours, never a client's.
type Codes struct {
	mu     sync.Mutex
	counts map[int]int64
}

// Add counts one of a number.
func (c *Codes) Add(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = make(map[int]int64)
	}
	c.counts[code]++
}

// All returns the numbers that were counted, in order, and how often.
func (c *Codes) All() (codes []int, counts map[int]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts = maps.Clone(c.counts)
	return slices.Sorted(maps.Keys(counts)), counts
}
