package ratelimit

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// demo are the settings of Prisma 1's demo servers.
var demo = Settings{Calls: 10, Period: 10 * time.Second, Waiting: 25}

// An outcome is what came of one call, and when.
type outcome struct {
	After, Waited time.Duration
	Err           error
}

// burst makes calls at once, in order, and returns what came of them, first come first.
func burst(l *Limiter, key string, calls int) []outcome {
	start := time.Now()
	outcomes := make([]outcome, calls)
	var calling sync.WaitGroup
	for i := range outcomes {
		calling.Go(func() {
			waited, err := l.Wait(context.Background(), key)
			outcomes[i] = outcome{time.Since(start), waited, err}
		})
		synctest.Wait() // it went on, waits, or was turned away
	}
	calling.Wait()
	return outcomes
}

func TestFortyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(demo)
		var want []outcome
		for i := range 40 {
			wait := time.Duration(max(0, i-9)) * time.Second
			switch {
			case i < 35:
				want = append(want, outcome{wait, wait, nil})
			default:
				want = append(want, outcome{0, 0, ErrFull})
			}
		}
		if got := burst(l, "shop", 40); !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		if got := burst(l, "another", 10); got[9] != (outcome{}) {
			t.Errorf("another key: %v", got)
		}
		time.Sleep(10 * time.Second)
		if got := burst(l, "shop", 11); got[9] != (outcome{}) || got[10].Waited != time.Second {
			t.Errorf("after a pause: %v", got)
		}
	})
}

// TestTokensComeBackEvenly: one a second, not ten after ten seconds.
func TestTokensComeBackEvenly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(demo)
		burst(l, "shop", 10)
		time.Sleep(2345 * time.Millisecond)
		got := burst(l, "shop", 4)
		for i, want := range []time.Duration{0, 0, 655 * time.Millisecond, 1655 * time.Millisecond} {
			if got[i] != (outcome{want, want, nil}) {
				t.Errorf("call %d: %v, want %v", i, got[i], want)
			}
		}
	})
}

// TestHangUp: who leaves the queue makes room, and those behind move up.
func TestHangUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(Settings{Calls: 1, Period: time.Second, Waiting: 2})
		burst(l, "shop", 1)
		ctx, hangUp := context.WithCancel(t.Context())
		var calling sync.WaitGroup
		calling.Go(func() {
			if waited, err := l.Wait(ctx, "shop"); !errors.Is(err, context.Canceled) || waited != 500*time.Millisecond {
				t.Errorf("who hung up: %v, %v", waited, err)
			}
		})
		synctest.Wait()
		calling.Go(func() {
			if waited, err := l.Wait(t.Context(), "shop"); err != nil || waited != time.Second {
				t.Errorf("who was behind: %v, %v", waited, err)
			}
		})
		synctest.Wait()
		if _, err := l.Wait(t.Context(), "shop"); !errors.Is(err, ErrFull) {
			t.Errorf("the queue is full: %v", err)
		}
		time.Sleep(500 * time.Millisecond)
		hangUp()
		synctest.Wait()
		if waited, err := l.Wait(t.Context(), "shop"); err != nil || waited != 1500*time.Millisecond {
			t.Errorf("who came later: %v, %v", waited, err)
		}
		calling.Wait()
		alone, gone := context.WithTimeout(t.Context(), time.Millisecond)
		defer gone()
		if _, err := l.Wait(alone, "shop"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the only one hung up: %v", err)
		}
		time.Sleep(999 * time.Millisecond)
		if waited, err := l.Wait(t.Context(), "shop"); err != nil || waited != 0 {
			t.Errorf("its token is there for the next: %v, %v", waited, err)
		}
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(demo)
		time.AfterFunc(1500*time.Millisecond, l.Close)
		got := burst(l, "shop", 13)
		const second = time.Second
		want := []outcome{{second, second, nil}, {1500 * time.Millisecond, 1500 * time.Millisecond, ErrClosed}, {1500 * time.Millisecond, 1500 * time.Millisecond, ErrClosed}}
		if !slices.Equal(got[10:], want) {
			t.Errorf("got %v, want %v", got[10:], want)
		}
		if _, err := l.Wait(t.Context(), "shop"); !errors.Is(err, ErrClosed) {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// TestForgets: keys that nobody uses any more cost nothing.
func TestForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(demo)
		for round := range 20 {
			for i := range 1000 {
				if _, err := l.Wait(t.Context(), strconv.Itoa(round*1000+i)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(demo.Period)
		}
		if n := len(l.buckets); n > 2000 {
			t.Errorf("%d buckets are kept, 1000 were in use at a time", n)
		}
	})
}

// recordedBurst is one of the bursts that were sent to the original.
type recordedBurst struct {
	Name    string
	Path    string
	Answers []struct {
		After float64 `json:"after_s"`
		Code  code    `json:"answer"`
	}
}

// code is the one of an answer's error; 0 when it is another, or none.
type code int

func (c *code) UnmarshalJSON(text []byte) error {
	var answer struct{ Errors []struct{ Code int } }
	if json.Unmarshal(text, &answer) == nil && answer.Errors[0].Code == 1004 {
		*c = 1004
	}
	return nil
}

// TestRecordedBursts plays what was sent to the original. The times that it
// waited are ours to 50 ms, beside what its machine needed for an answer that
// had not to wait.
func TestRecordedBursts(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PRISMA1_CONFORMANCE")
	if dir == "" {
		t.Skip("PRISMA1_CONFORMANCE is not set")
	}
	text, err := os.ReadFile(filepath.Join(dir, "throttling", "bursts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Config struct {
			Calls   int `json:"THROTTLING_RATE"`
			Seconds int `json:"THROTTLING_RATE_PER_SECONDS"`
			Waiting int `json:"THROTTLING_MAX_CALLS_IN_FLIGHT"`
		}
		Bursts []recordedBurst
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		l := New(Settings{recorded.Config.Calls, time.Duration(recorded.Config.Seconds) * time.Second, recorded.Config.Waiting})
		for _, b := range recorded.Bursts {
			switch {
			case b.Path == "/management": // never asks the limiter
				continue
			case b.Name == "five more at once directly after": // how directly was not recorded
				time.Sleep(time.Second - seconds(b.Answers[0].After))
			default:
				time.Sleep(time.Minute)
			}
			compare(t, b, burst(l, b.Path, len(b.Answers)))
		}
	})
}

func compare(t *testing.T, b recordedBurst, got []outcome) {
	t.Helper()
	fastest := seconds(b.Answers[0].After)
	if got[0].Waited > 0 {
		fastest = 0
	}
	slices.SortFunc(got, func(x, y outcome) int { return int(x.Waited - y.Waited) })
	var want []time.Duration
	refused, wantRefused := 0, 0
	for _, a := range b.Answers {
		if a.Code != 0 {
			wantRefused++
			continue
		}
		want = append(want, seconds(a.After))
	}
	var waited []time.Duration
	for _, o := range got {
		if o.Err != nil {
			refused++
			continue
		}
		waited = append(waited, o.Waited)
	}
	if refused != wantRefused || len(waited) != len(want) {
		t.Fatalf("%s: %d refused, want %d", b.Name, refused, wantRefused)
	}
	const tolerance = 50 * time.Millisecond
	for i, w := range waited {
		if w == 0 && want[i] < time.Second-tolerance { // at once, on either side
			continue
		}
		if low, high := w-tolerance, w+fastest+tolerance; want[i] < low || want[i] > high {
			t.Errorf("%s: call %d waited %v, the original answered after %v", b.Name, i, w, want[i])
		}
	}
}

func seconds(s float64) time.Duration { return time.Duration(s*1000) * time.Millisecond }

// BenchmarkNotThrottled is what a call costs that may go on, on a server with many services.
func BenchmarkNotThrottled(b *testing.B) {
	l := New(Settings{Calls: 1 << 30, Period: 1 << 30 * time.Second}) // a token comes back in a second
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = "service" + strconv.Itoa(i) + "/dev"
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			l.Wait(context.Background(), keys[i%len(keys)])
		}
	})
}

// BenchmarkIdleServices tells the bytes that services cost which were called once.
func BenchmarkIdleServices(b *testing.B) {
	const services = 10_000
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		l := New(Settings{Calls: 1, Period: time.Hour})
		for i := range services {
			l.Wait(context.Background(), "service"+strconv.Itoa(i)+"/dev")
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(l)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "bytes/10000services")
}
