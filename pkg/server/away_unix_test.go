//go:build unix

package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
)

// A stoppable is a database that can be stopped and started.
type stoppable interface {
	start(*testing.T)
	stop(*testing.T)
}

// TestDatabaseGoesAndComes starts a server before its database, and takes the
// database away while it serves: a real PostgreSQL that is stopped, and the
// way to each database under test.
func TestDatabaseGoesAndComes(t *testing.T) {
	t.Parallel()
	t.Run("process", func(t *testing.T) {
		t.Parallel()
		db := newProcess(t)
		goAndCome(t, connector.Config{Connector: "postgres", Host: "127.0.0.1", Port: db.port, User: "prisma", ConnectionLimit: 3}, db)
	})
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Connector == "sqlite" {
			t.Skip("there is no way between it and its server")
		}
		way := &way{to: net.JoinHostPort(config.Host, strconv.Itoa(config.Port)), port: freePort(t)}
		t.Cleanup(func() { way.stop(t) })
		config.Host, config.Port = "127.0.0.1", way.port
		goAndCome(t, config, way)
	})
}

func goAndCome(t *testing.T, config connector.Config, db stoppable) {
	var log lockedBuffer
	s, err := New(Config{Database: config}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, s.Close()); err != nil {
			t.Errorf("stop: %v\n%s", err, &log)
		}
	})
	url := "http://" + address.String()

	awaitStatus(t, url, "/status?ready", 503, `"The database does not answer yet."`)
	awaitStatus(t, url, "/status", 200, `"OK"`)
	awaitText(t, &log, "the database does not answer")
	db.start(t)
	awaitStatus(t, url, "/status?ready", 200, `"OK"`)
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	service := client.NewService(url+"/shop/dev", "", nil)
	query := func() error {
		_, err := service.Do(t.Context(), `mutation { createUser(data: {email: "a@b.c"}) { id } deleteUser(where: {email: "a@b.c"}) { id } }`, nil)
		return err
	}
	if err := query(); err != nil {
		t.Fatal(err)
	}

	db.stop(t)
	awaitStatus(t, url, "/status?ready", 503, `"The database does not answer since `)
	awaitStatus(t, url, "/status", 200, `"OK"`)
	if err := query(); err == nil || !strings.Contains(err.Error(), "Please try again in a moment.") {
		t.Errorf("without its database the server answers %v", err)
	}
	db.start(t)
	awaitStatus(t, url, "/status?ready", 200, `"OK"`)
	if err := query(); err != nil {
		t.Errorf("after the database came back: %v", err)
	}
	for _, line := range []string{
		"the database does not answer, it is tried again until it does", "the database answers",
		"the database went away, requests are refused until it is back", "the database is back",
	} {
		if n := strings.Count(log.String(), line); n != 1 {
			t.Errorf("%d lines %q in the log:\n%s", n, line, &log)
		}
	}
}

// awaitStatus waits for an answer that begins with body.
func awaitStatus(t *testing.T, url, path string, status int, body string) {
	t.Helper()
	var code int
	var text []byte
	for range 400 {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err = io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if code = response.StatusCode; code == status && strings.HasPrefix(string(text), body) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("GET %s answers %d %s, want %d %s", path, code, text, status, body)
}

func awaitText(t *testing.T, log *lockedBuffer, text string) {
	t.Helper()
	for range 400 {
		if strings.Contains(log.String(), text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no %q in the log:\n%s", text, log)
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(text)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// A way leads from a port to a database. While it is stopped, the port is
// closed and all connections are cut, as when the database's machine is gone.
type way struct {
	to       string
	port     int
	listener net.Listener

	mu    sync.Mutex
	conns []net.Conn
}

func (p *way) start(t *testing.T) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)))
	if err != nil {
		t.Fatal(err)
	}
	p.listener = l
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", p.to)
			if err != nil {
				in.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, in, out)
			p.mu.Unlock()
			go func() { io.Copy(out, in); out.Close() }()
			go func() { io.Copy(in, out); in.Close() }()
		}
	}()
}

func (p *way) stop(*testing.T) {
	if p.listener != nil {
		p.listener.Close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

// A process is a PostgreSQL server of the test's own.
type process struct {
	bin, dir string
	port     int
	running  *exec.Cmd
}

// newProcess makes a database, but does not start its server. It skips where PostgreSQL is not installed.
func newProcess(t *testing.T) *process {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Skip("PostgreSQL is not installed here")
	}
	dir, err := os.MkdirTemp("", "prisma1-postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &process{bin: filepath.Dir(found[len(found)-1]), dir: filepath.Join(dir, "data"), port: freePort(t)}
	giveUp(t, dir)
	make := asOther(exec.Command(filepath.Join(p.bin, "initdb"), "-N", "-D", p.dir, "-U", "prisma", "--auth=trust"))
	if out, err := make.CombinedOutput(); err != nil {
		t.Skipf("initdb: %v\n%s", err, out)
	}
	t.Cleanup(func() { p.stop(t) })
	return p
}

func (p *process) start(t *testing.T) {
	p.running = asOther(exec.Command(filepath.Join(p.bin, "postgres"), "-D", p.dir, "-p", strconv.Itoa(p.port), "-k", p.dir, "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"))
	if err := p.running.Start(); err != nil {
		t.Fatal(err)
	}
}

func (p *process) stop(*testing.T) {
	if p.running != nil {
		p.running.Process.Signal(os.Interrupt) // fast shutdown: connections are cut
		p.running.Wait()
		p.running = nil
	}
}
