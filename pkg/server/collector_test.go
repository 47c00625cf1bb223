package server

import (
	"testing"
	"time"
)

// A heap that is large for a moment is collected again soon; one that stays large may double.
func TestCollector(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	c := new(collector)
	at := time.Now()
	for _, step := range []struct {
		after  time.Duration
		inUse  uint64
		growth int
		limit  int64
	}{
		{0, 4 * mb, 800, memoryLimit},
		{time.Second, 20 * mb, 100, memoryLimit},
		{time.Second, 80 * mb, 100, 100 * mb},
		{lasting, 80 * mb, 100, 100 * mb},
		{time.Second, 20 * mb, 100, memoryLimit},
		{lasting, 80 * mb, 100, 100 * mb},
		{lasting + 1, 80 * mb, 100, 160 * mb},
		{time.Second, 100 * mb, 100, 160 * mb},
		{time.Second, 4 * mb, 800, memoryLimit},
	} {
		at = at.Add(step.after)
		growth, limit := c.bounds(step.inUse, at)
		if growth != step.growth || limit != step.limit {
			t.Errorf("with %d MB in use: got growth %d, limit %d MB, want %d, %d MB", step.inUse/mb, growth, limit/mb, step.growth, step.limit/mb)
		}
	}
}
