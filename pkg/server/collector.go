package server

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// smallHeap is how many bytes the heap may grow to before it is collected, even
// where less than half of it is in use: the little that a server keeps would
// otherwise be looked through many times a second.
const smallHeap = 36 << 20

// memoryLimit is how many bytes Go takes from the system, beside the program and
// the stacks: above them it collects more often, and gives back what it does
// not use. A large request so lies where garbage would lie otherwise.
const memoryLimit = 50 << 20

// lasting is how long a heap must be in use to grow to twice its size, as Go's
// does without being told: to look again and again through what is always there
// would take most of the processors. What is there for a moment, as a large
// request, gets a quarter more.
const lasting = 10 * time.Second

const usualGrowth = 100 // percent, as Go does without being told

// leastHeap is what Go takes any heap for that is smaller, in bytes.
const leastHeap = 4 << 20

// spareCollections makes the heap grow to smallHeap before it is collected. A
// heap that keeps more than half of that is collected as usual, and more often
// near memoryLimit. GOGC and GOMEMLIMIT in the environment are left alone.
func spareCollections() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	afterCollections(new(collector))
}

// afterCollections adjusts now and after each collection, for as long as the process lives.
func afterCollections(c *collector) {
	now := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(now)
	growth, limit := c.bounds(max(now[0].Value.Uint64(), leastHeap), time.Now())
	debug.SetGCPercent(growth)
	debug.SetMemoryLimit(limit + int64(now[1].Value.Uint64())) // those of thousands of connections are no garbage
	runtime.AddCleanup(new([16]byte), func(struct{}) { afterCollections(c) }, struct{}{})
}

// A collector knows how much of the heap lasts.
type collector struct {
	since         time.Time
	least, before uint64 // bytes in use at least: since then, and in the time before
}

// bounds returns the growth in percent and the limit in bytes of a heap that has
// so much in use.
func (c *collector) bounds(inUse uint64, now time.Time) (growth int, limit int64) {
	if now.Sub(c.since) > lasting {
		c.since, c.before, c.least = now, c.least, inUse
	}
	c.least = min(c.least, inUse)
	lasts := min(c.least, c.before)
	return max(usualGrowth, int(smallHeap*100/inUse)-100), int64(max(memoryLimit, 2*lasts, inUse+inUse/4))
}
