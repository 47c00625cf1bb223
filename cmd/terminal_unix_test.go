//go:build !windows

package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	expect "github.com/Netflix/go-expect"
	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/term"
)

// screen is prisma1 on a pseudo-terminal, with a person who reads and types.
type screen struct {
	*expect.Console
	t       *testing.T
	tty     *os.File
	seen    *record
	command *exec.Cmd
	before  *term.State
	view    vt10x.Terminal // what is on the screen now
}

// onTerminal runs prisma1 in dir on a wide terminal.
func onTerminal(t *testing.T, dir string, env []string, args ...string) *screen {
	t.Helper()
	return onTerminalOf(t, 120, dir, env, args...)
}

// onTerminalOf runs prisma1 in dir on a terminal of some columns.
func onTerminalOf(t *testing.T, columns int, dir string, env []string, args ...string) *screen {
	t.Helper()
	cmd := exec.Command("prisma1", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "HOME="+filepath.Join(dir, ".home"), "NO_COLOR=1", "CI=", "TERM=xterm"), env...)
	return start(t, columns, cmd)
}

// start runs a program on a terminal. survey asks the terminal where the cursor is, which only a
// real one like vt10x answers.
func start(t *testing.T, columns int, cmd *exec.Cmd) *screen {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	emulator := vt10x.New(vt10x.WithWriter(tty), vt10x.WithSize(columns, 40))
	seen := &record{}
	console, err := expect.NewConsole(expect.WithStdin(master), expect.WithStdout(emulator, seen), expect.WithCloser(master, tty), expect.WithDefaultTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { console.Close() })
	keyboard := console.Tty()
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 40, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(int(keyboard.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = keyboard, keyboard, keyboard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &screen{Console: console, t: t, tty: keyboard, seen: seen, command: cmd, before: before, view: emulator}
}

// reads waits for a text.
func (s *screen) reads(text string) {
	s.t.Helper()
	if _, err := s.ExpectString(text); err != nil {
		s.t.Fatalf("%q never came: %v\n%q", text, err, s.seen)
	}
}

// types sends keys after a moment: the prompt is drawn before it listens.
func (s *screen) types(keys string) {
	s.t.Helper()
	time.Sleep(100 * time.Millisecond)
	if _, err := s.Send(keys); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits for the exit status and looks whether the terminal is as it was.
func (s *screen) ends(status int) {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.command.Wait() }()
	go s.ExpectEOF() // reads on, so that the program can write
	select {
	case <-done:
	case <-time.After(time.Minute):
		s.command.Process.Kill()
		s.t.Fatalf("it does not end\n%q", s.seen)
	}
	if got := s.command.ProcessState.ExitCode(); got != status {
		s.t.Errorf("exit %d, want %d\n%q", got, status, s.seen)
	}
	if after, err := term.GetState(int(s.tty.Fd())); err != nil || !reflect.DeepEqual(after, s.before) {
		s.t.Errorf("the terminal is not as it was: %v", err)
	}
}

const (
	up    = "\x1b[A"
	down  = "\x1b[B"
	enter = "\r"
	ctrlC = "\x03"
)

func TestWizardOnTerminal(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "")
	dir, definition := wizardFolder(t)
	s := onTerminal(t, dir, nil, "deploy")
	s.reads("Set up a new Prisma server or deploy to an existing server?")
	s.types(up + enter) // the last of the list
	s.reads("Enter the endpoint of your Prisma server")
	s.types(url + "/" + enter)
	s.reads("Choose a name for your service")
	s.types("1 wrong" + enter)
	s.reads("is not a valid name for a service name")
	s.types(strings.Repeat("\x7f", 20) + enter)
	s.reads("Choose a name for your stage")
	s.types(enter)
	s.reads("Written endpoint `" + url + "/my-service/dev` to prisma.yml")
	s.reads("Your Prisma endpoint is live:")
	s.ends(0)
	if want := noEndpoint + "\nendpoint: " + url + "/my-service/dev\n"; definition() != want {
		t.Errorf("got %q, want %q", definition(), want)
	}
}

// TestWizardUsesTypedSecret, quirk 27: the original forgot the secret at once.
func TestWizardUsesTypedSecret(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	dir, _ := wizardFolder(t)
	s := onTerminal(t, dir, nil, "deploy", "--new")
	s.reads("Set up a new Prisma server")
	s.types(up + enter) // the last of the list
	s.reads("Enter the endpoint of your Prisma server")
	s.types(url + enter)
	s.reads("Enter the management API secret")
	s.types("s3cret" + enter)
	s.reads("Choose a name for your service")
	s.types(enter)
	s.reads("Choose a name for your stage")
	s.types(enter)
	s.reads("Keep the secret in .env")
	s.types(enter)
	s.reads("Your Prisma endpoint is live:")
	s.ends(0)
	again := onTerminal(t, dir, nil, "deploy")
	again.reads("Service is already up to date.")
	again.ends(0)
	if strings.Contains(s.seen.String(), "s3cret") {
		t.Errorf("the secret was shown: %q", s.seen)
	}
}

func TestWizardCannotWrite(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "")
	dir, definition := wizardFolder(t)
	if err := os.Chmod(filepath.Join(dir, "prisma.yml"), 0o444); err != nil {
		t.Fatal(err)
	}
	s := onTerminal(t, dir, nil, "deploy")
	s.reads("Set up a new Prisma server")
	s.types(up + enter) // the last of the list
	s.reads("Enter the endpoint")
	s.types(url + enter)
	s.reads("Choose a name for your service")
	s.types(enter)
	s.reads("Choose a name for your stage")
	s.types(enter)
	s.reads("could not be written")
	s.reads("endpoint: " + url + "/my-service/dev")
	s.ends(1)
	if definition() != noEndpoint {
		t.Errorf("prisma.yml changed: %q", definition())
	}
}

// TestConfirm, quirk 32: only yes deletes; everything without an n in front was a yes to the original.
func TestConfirm(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "")
	dir, _ := wizardFolder(t)
	environ := []string{"PRISMA_MANAGEMENT_API_ENDPOINT=" + url + "/a/b"}
	first := onTerminal(t, dir, environ, "deploy")
	first.reads("endpoint is live")
	first.ends(0)
	no := onTerminal(t, dir, environ, "delete")
	no.reads("Are you sure that you want to delete")
	no.types("x" + enter)
	no.reads("is not a valid answer, please try again")
	no.types(enter)
	no.ends(0)
	if strings.Contains(no.seen.String(), "Deleting service") {
		t.Errorf("deleted: %q", no.seen)
	}
	yes := onTerminal(t, dir, environ, "delete")
	yes.reads("Are you sure that you want to delete")
	yes.types("y" + enter)
	yes.reads("Deleting service")
	yes.ends(0)
}

// TestDevMakesHelloWorld: an empty folder gets a service after a yes, and nothing after a no.
func TestDevMakesHelloWorld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	no := onTerminal(t, dir, nil, "dev", "new", "--port", "0")
	no.reads("Make a hello-world service there?")
	no.types("n" + enter)
	no.ends(1)
	if _, err := os.Stat(filepath.Join(dir, "new")); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
	yes := onTerminal(t, dir, nil, "dev", "new", "--port", "0")
	yes.reads("Make a hello-world service there?")
	yes.types(enter)
	yes.reads("Created new/prisma.yml")
	yes.reads("Your Prisma endpoint is live:")
	yes.reads("/hello-world/dev")
	yes.reads("Watching prisma.yml")
	if err := yes.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	yes.reads("Stopped.")
	yes.ends(0)
}
