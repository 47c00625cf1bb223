package server

import (
	"context"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// holdings is what a process holds.
type holdings struct {
	goroutines, files int
	heap              uint64 // bytes, after a collection
}

func held(t *testing.T) holdings {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h := holdings{goroutines: runtime.NumGoroutine(), heap: m.HeapAlloc}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		h.files = len(files)
	}
	t.Logf("%+v", h)
	return h
}

// Mixed load, clients that hang up among it, leaves nothing behind: neither
// goroutines nor connections, files or memory. PRISMA1_TEST_SOAK says how long it runs.
func TestSoak(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("PRISMA1_TEST_SOAK"))
	if err != nil {
		t.Skip("PRISMA1_TEST_SOAK, for instance 10m, is not set")
	}
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		s := openMusicStore(t, config, 1)
		s.load(t, long/5)
		before := held(t)
		s.load(t, long)
		after := held(t)
		if after.goroutines > before.goroutines+10 || after.files > before.files+10 || after.heap > before.heap+before.heap/4+4<<20 {
			t.Errorf("it held %+v and holds %+v", before, after)
		}
	})
}

// load sends all workloads for a while; every tenth client does not wait for the answer.
func (s *musicStore) load(t *testing.T, long time.Duration) {
	t.Helper()
	workloads := append(reads[:len(reads):len(reads)], writes...)
	end := time.Now().Add(long)
	var clients sync.WaitGroup
	for client := range 16 {
		clients.Go(func() {
			for i := client; time.Now().Before(end); i++ {
				query := workloads[i%len(workloads)].query
				if i%10 == 0 {
					s.hangUp(t, query, time.Duration(i%7)*time.Millisecond)
				} else {
					s.ask(t, query)
				}
			}
		})
	}
	clients.Wait()
	s.client.CloseIdleConnections()
	time.Sleep(time.Second) // for what hung up to end
}

// hangUp sends a query and goes away after a while.
func (s *musicStore) hangUp(t *testing.T, query string, after time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	query = strings.ReplaceAll(query, "{n}", strconv.FormatInt(s.sent.Add(1), 10))
	body := strings.NewReader(`{"query": ` + strconv.Quote(query) + `, "variables": {"n": 7}}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, body)
	if err != nil {
		t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	if response, err := s.client.Do(request); err == nil {
		response.Body.Close()
	}
}
