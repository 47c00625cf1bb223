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

const usualGrowth = 100 // percent, as Go does without being told

// leastHeap is what Go takes any heap for that is smaller, in bytes.
const leastHeap = 4 << 20

// spareCollections makes the heap grow to smallHeap before it is collected. A
// heap that keeps more than half of that is collected as usual. GOGC in the
// environment is left alone.
func spareCollections() {
	if os.Getenv("GOGC") != "" {
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
}
