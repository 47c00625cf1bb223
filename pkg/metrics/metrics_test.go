package metrics_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/metrics"
)

func TestText(t *testing.T) {
	t.Parallel()
	var text metrics.Text
	text.One("up", metrics.Gauge, "Whether it is.", 1)
	text.Family("calls_total", metrics.Counter, "Calls.")
	text.Sample(3, "service", "shop/dev")
	text.Sample(1e18, "service", "a\"b\\c\nd", "code", "1004")
	var h metrics.Histogram
	for _, d := range []time.Duration{0, 500 * time.Microsecond, 3 * time.Millisecond, 2 * time.Minute} {
		h.Observe(d)
	}
	text.Histograms("seconds", "How long.")
	text.Histogram(&h, "api", "data")
	want := `# HELP up Whether it is.
# TYPE up gauge
up 1
# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{service="shop/dev"} 3
calls_total{service="a\"b\\c\nd",code="1004"} 1e+18
# HELP seconds How long.
# TYPE seconds histogram
seconds_bucket{api="data",le="0.0005"} 2
seconds_bucket{api="data",le="0.001"} 2
seconds_bucket{api="data",le="0.0025"} 2
seconds_bucket{api="data",le="0.005"} 3
seconds_bucket{api="data",le="0.01"} 3
seconds_bucket{api="data",le="0.025"} 3
seconds_bucket{api="data",le="0.05"} 3
seconds_bucket{api="data",le="0.1"} 3
seconds_bucket{api="data",le="0.25"} 3
seconds_bucket{api="data",le="0.5"} 3
seconds_bucket{api="data",le="1"} 3
seconds_bucket{api="data",le="2.5"} 3
seconds_bucket{api="data",le="5"} 3
seconds_bucket{api="data",le="10"} 3
seconds_bucket{api="data",le="60"} 3
seconds_bucket{api="data",le="+Inf"} 4
seconds_sum{api="data"} 120.0035
seconds_count{api="data"} 4
`
	if diff := cmp.Diff(want, string(text.Bytes())); diff != "" {
		t.Error(diff)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	var text metrics.Text
	text.Process(time.Unix(1_700_000_000, 0))
	got := string(text.Bytes())
	for _, line := range []string{"go_goroutines ", "go_memstats_heap_alloc_bytes ", "go_gc_cycles_total ", "process_start_time_seconds 1.7e+09\n"} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	if strings.Contains(got, " 0\nprocess_resident") || strings.Contains(got, "process_resident_memory_bytes 0\n") {
		t.Errorf("no memory in\n%s", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	var h metrics.Histogram
	for b.Loop() {
		h.Observe(70 * time.Microsecond)
	}
}
