package server

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// smallHeap is how many bytes the heap may grow to before it is collected, even
// where less than half of it is in use: the little that a server keeps would
// otherwise be looked through many times a second.
const smallHeap = 40 << 20

// memoryLimit is how many bytes the process takes from the system, beside its
// own program: above them Go collects more often, and gives back what it does
// not use. One large request may so use what garbage would lie in otherwise.
const memoryLimit = 64 << 20

// largeHeap is how many bytes must be in use for memoryLimit to be out of reach.
// From there on the heap may double, as Go does without being told: to look
// through so much for so little would take most of the processors.
const largeHeap = memoryLimit * 3 / 4

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
	adjustGrowth()
	afterNextCollection()
}

// afterNextCollection adjusts after each collection, for as long as the process lives.
func afterNextCollection() {
	runtime.AddCleanup(new([16]byte), func(struct{}) {
		adjustGrowth()
		afterNextCollection()
	}, struct{}{})
}

func adjustGrowth() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	inUse := max(live[0].Value.Uint64(), leastHeap)
	debug.SetGCPercent(max(usualGrowth, int(smallHeap*100/inUse)-100))
	limit := int64(memoryLimit)
	if inUse > largeHeap {
		limit = int64(inUse) * 2
	}
	debug.SetMemoryLimit(limit)
}
