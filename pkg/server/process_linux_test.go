package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
)

// serveVariable holds the folder in which this test binary serves instead of testing.
const serveVariable = "PRISMA1_TEST_SERVE"

func TestMain(m *testing.M) {
	if directory := os.Getenv(serveVariable); directory != "" {
		if err := serveAlone(directory); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serveAlone is a server until the process is told to end. It says where it listens.
func serveAlone(directory string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := New(Config{Database: connector.Config{Connector: "sqlite", Directory: directory}}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	address, err := s.Listen()
	if err != nil {
		return err
	}
	fmt.Println("http://" + address.String())
	return s.Serve(ctx)
}

// A serverProcess is a server in a process of its own.
type serverProcess struct {
	url string
	pid int
}

func startProcess(tb testing.TB) *serverProcess {
	tb.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), serveVariable+"="+tb.TempDir())
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		command.Process.Signal(syscall.SIGTERM)
		io.Copy(io.Discard, out)
		if err := command.Wait(); err != nil {
			tb.Errorf("the server ended with %v", err)
		}
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return &serverProcess{strings.TrimSpace(url), command.Process.Pid}
}

// resident runs f and returns how many bytes of the server's process were in
// memory at most meanwhile, with its program.
func (p *serverProcess) resident(tb testing.TB, f func()) (most int) {
	tb.Helper()
	const forgetPeak = "5"
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid), []byte(forgetPeak), 0); err != nil {
		tb.Skip("the system does not measure the memory of a process: ", err)
	}
	f()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(kilobytes), " kB"))
			if err != nil {
				tb.Fatal(err)
			}
			return n << 10
		}
	}
	tb.Fatalf("no peak in %s", status)
	return 0
}

// processorTime is what the server has used of all processors.
func (p *serverProcess) processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	const tick = 10 * time.Millisecond
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		tb.Fatal(err)
	}
	_, numbers, _ := strings.Cut(string(stat), ") ") // behind the name
	fields := strings.Fields(numbers)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}
