package metrics

import (
	"bytes"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"time"
)

// goFamilies are figures of the Go runtime under the names that dashboards know.
var goFamilies = []struct {
	name string
	kind Kind
	help string
	from string // name in runtime/metrics
}{
	{"go_goroutines", Gauge, "Goroutines that exist.", "/sched/goroutines:goroutines"},
	{"go_sched_gomaxprocs_threads", Gauge, "Threads that run Go at a time.", "/sched/gomaxprocs:threads"},
	{"go_memstats_heap_alloc_bytes", Gauge, "Bytes of the heap in use.", "/memory/classes/heap/objects:bytes"},
	{"go_memstats_sys_bytes", Gauge, "Bytes taken from the system.", "/memory/classes/total:bytes"},
	{"go_memstats_alloc_bytes_total", Counter, "Bytes allocated on the heap, also those freed.", "/gc/heap/allocs:bytes"},
	{"go_memstats_mallocs_total", Counter, "Objects allocated on the heap, also those freed.", "/gc/heap/allocs:objects"},
	{"go_gc_cycles_total", Counter, "Collections of the heap.", "/gc/cycles/total:gc-cycles"},
}

// Process adds families about this process, which was started at a time.
func (t *Text) Process(started time.Time) {
	t.Family("go_info", Gauge, "Version of Go that built the program.")
	t.Sample(1, "version", runtime.Version())
	samples := make([]metrics.Sample, len(goFamilies))
	for i, f := range goFamilies {
		samples[i].Name = f.from
	}
	metrics.Read(samples)
	for i, f := range goFamilies {
		if samples[i].Value.Kind() == metrics.KindUint64 {
			t.One(f.name, f.kind, f.help, float64(samples[i].Value.Uint64()))
		}
	}
	t.One("process_start_time_seconds", Gauge, "When the process started, since 1970.", float64(started.UnixMilli())/1000)
	t.proc()
}

// ticks is how many of the times in /proc make a second, on every Linux that Go runs on.
const ticks = 100

// proc adds what Linux tells about the process; other systems have no such files.
func (t *Text) proc() {
	stat, _ := os.ReadFile("/proc/self/stat")
	_, stat, found := bytes.Cut(stat, []byte(") ")) // after the name
	if fields := bytes.Fields(stat); found && len(fields) > 21 {
		t.One("process_cpu_seconds_total", Counter, "Time of processors that the process took.", (parse(fields[11])+parse(fields[12]))/ticks)
		t.One("process_virtual_memory_bytes", Gauge, "Address space of the process.", parse(fields[20]))
		t.One("process_resident_memory_bytes", Gauge, "Memory of the process.", parse(fields[21])*float64(os.Getpagesize()))
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		t.One("process_open_fds", Gauge, "Open files and connections.", float64(len(open)-1)) // but for the folder itself
	}
	limits, _ := os.ReadFile("/proc/self/limits")
	if _, after, found := bytes.Cut(limits, []byte("Max open files")); found {
		t.One("process_max_fds", Gauge, "Files and connections that may be open.", parse(bytes.Fields(after)[0]))
	}
}

func parse(field []byte) float64 {
	n, _ := strconv.ParseFloat(string(field), 64) // "unlimited" is 0
	return n
}
