package management

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// childVariable holds, as JSON, what this test binary does instead of testing.
const childVariable = "PRISMA1_TEST_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		if err := runChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A child is a server in a process of its own that deploys datamodels in turns.
// It says so in lines.
type child struct {
	Config  connector.Config
	Types   []string
	Deploys int           // 0 goes on for ever
	DieAt   int           // ends itself the hard way when the first deploy runs statement DieAt, 1-based; 0 never does
	DieIn   time.Duration // a little later
}

var shop = project.ID{Name: "shop", Stage: "dev"}

// testPulse is the time between signs of life in tests.
const testPulse = 40 * time.Millisecond

// open opens a server's management with the times of tests.
func open(ctx context.Context, config connector.Config, log *slog.Logger) (*connector.Connector, *Management, error) {
	db, err := connector.Open(ctx, config, log)
	if err != nil {
		return nil, nil, err
	}
	m, err := New(ctx, db, Options{Logger: log})
	if err == nil {
		m.pulse, m.fresh = testPulse, 0
	}
	return db, m, err
}

func mustOpen(t *testing.T, config connector.Config) (*connector.Connector, *Management) {
	t.Helper()
	db, m, err := open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, m
}

// mustRevive opens a server after another one was killed, and lets it finish what
// that one left. It believes sooner than others that the other one is dead.
func mustRevive(t *testing.T, config connector.Config) (*connector.Connector, *Management) {
	t.Helper()
	db, m := mustOpen(t, config)
	m.lease = 300 * time.Millisecond
	defer func() { m.lease = leaseTime }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(m.lease / 4) {
		if err := m.repair(t.Context()); err != nil {
			t.Fatal(err)
		}
		open, err := m.store.Unfinished(t.Context())
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%v are still open, %v", open, err)
		}
		lock, _, err := m.store.Lock(t.Context(), shop, "test", m.lease)
		if err != nil {
			t.Fatal(err)
		}
		if lock == nil {
			continue
		}
		if err := lock.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(open) == 0 {
			return db, m
		}
	}
}

func runChild(text string) error {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx := context.Background()
	log := &mortal{dieAt: int64(c.DieAt), in: c.DieIn}
	_, m, err := open(ctx, c.Config, slog.New(log))
	if err != nil {
		return err
	}
	for i := 0; c.Deploys == 0 || i < c.Deploys; i++ {
		fmt.Println("deploy", i)
		log.armed.Store(true)
		err := deployed(ctx, m, c.Types[i%len(c.Types)])
		if fault.CodeOf(err) == fault.DeploymentInProgress {
			fmt.Println("refused", i)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// A mortal is a log that kills its process at a statement of a deploy.
type mortal struct {
	armed atomic.Bool
	count atomic.Int64
	dieAt int64
	in    time.Duration
}

func (m *mortal) Enabled(context.Context, slog.Level) bool { return m.dieAt > 0 }
func (m *mortal) WithAttrs([]slog.Attr) slog.Handler       { return m }
func (m *mortal) WithGroup(string) slog.Handler            { return m }

func (m *mortal) Handle(_ context.Context, record slog.Record) error {
	if record.Message != "statement" || !m.armed.Load() || isBeat(record) || m.count.Add(1) != m.dieAt {
		return nil
	}
	die := func() {
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
	}
	if m.in == 0 {
		die()
		select {}
	}
	time.AfterFunc(m.in, die)
	return nil
}

// isBeat tells whether a statement is a sign of life, which comes at any time.
func isBeat(record slog.Record) (is bool) {
	record.Attrs(func(a slog.Attr) bool {
		is = is || a.Key == "sql" && strings.HasPrefix(a.Value.String(), "UPDATE") && strings.Contains(a.Value.String(), "DeployLock")
		return true
	})
	return is
}

// start starts a child. Its lines come over out; wait ends when it does, and
// says whether it was killed or ended by itself.
func (c child) start(t *testing.T) (process *exec.Cmd, out *bufio.Scanner, wait func() (killed bool)) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	process = exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), childVariable+"="+string(text))
	pipe, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	process.Stderr = &complaint
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return process, bufio.NewScanner(pipe), func() bool {
		t.Helper()
		io.Copy(io.Discard, pipe)
		err := process.Wait()
		if complaint.Len() > 0 {
			t.Fatalf("the process ended by itself: %s", complaint.String())
		}
		return err != nil
	}
}

func deployed(ctx context.Context, m *Management, types string) error {
	payload, err := m.Deploy(ctx, DeployInput{ID: shop, Types: types, Force: true})
	if err == nil && len(payload.Errors) > 0 {
		err = fmt.Errorf("deploy answered %v", payload.Errors)
	}
	return err
}

func addShop(t *testing.T, m *Management) {
	t.Helper()
	if _, err := m.AddProject(t.Context(), shop, nil); err != nil {
		t.Fatal(err)
	}
}

// A gate is a log that stops who is about to run a statement that makes a table.
type gate struct {
	at            string // its name, "" for none
	reached, open chan struct{}
	once          sync.Once
}

func (g *gate) logger() *slog.Logger { return slog.New(g) }

func (g *gate) Enabled(context.Context, slog.Level) bool { return true }
func (g *gate) WithAttrs([]slog.Attr) slog.Handler       { return g }
func (g *gate) WithGroup(string) slog.Handler            { return g }

func (g *gate) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool {
		text := a.Value.String()
		if a.Key == "sql" && g.at != "" && strings.HasPrefix(text, "CREATE TABLE") && strings.Contains(text, g.at) {
			g.once.Do(func() {
				close(g.reached)
				<-g.open
			})
		}
		return true
	})
	return nil
}
