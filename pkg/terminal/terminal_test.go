package terminal

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func fake() (t *Terminal, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return New(strings.NewReader(""), out, err, func(string) string { return "" }), out, err
}

func TestErrorWraps(t *testing.T) {
	terminal, _, out := fake()
	terminal.Error("Could not connect to server at http://localhost:4999. Please check if your server is running.\n\n  indented")
	want := " ▸    Could not connect to server at http://localhost:4999. Please check if your\n ▸    server is running.\n ▸\n ▸      indented\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// TestErrorIsNotObeyed: bytes of a file or of a server do not reach the screen as commands.
func TestErrorIsNotObeyed(t *testing.T) {
	terminal, _, out := fake()
	terminal.Error("line 1: \x1b[2Jgone\a\r\u009b1m, \xff\tbehind a tab")
	if want := " ▸    line 1: �[2Jgone���1m, �\tbehind a tab\n"; out.String() != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

// TestReflow: paragraphs are broken anew, what is copied is not.
func TestReflow(t *testing.T) {
	text := "Takes the lock from whatever server\ndeploys, and ends\nit.\n\n  databases:\n    default: a-long-line-of-a-file\n\n- Deploy local changes\n  $ prisma1 deploy --with-many-flags\n- b"
	want := "Takes the lock from\nwhatever server\ndeploys, and ends it.\n\n  databases:\n    default: a-long-line-of-a-file\n\n- Deploy local\n  changes\n  $ prisma1 deploy --with-many-flags\n- b"
	if got := reflow(text, 21); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgress(t *testing.T) {
	terminal, out, _ := fake()
	terminal.Start("Creating").Done()
	apply := terminal.Start("Applying changes")
	apply.Show("(0/3)")
	apply.Show("(3/3)")
	apply.Done()
	apply.Abort()
	run := terminal.Start("Running x")
	run.Log("hello\n")
	run.Fail()
	wait := terminal.Start("Deploying")
	wait.Note("Waiting") // goes to Err
	wait.Done()
	want := "\nCreating... ✔\n\nApplying changes... (0/3)\nApplying changes... (3/3)\nApplying changes... ✔\n\nRunning x...\nhello\n\nRunning x... ✖\n\nDeploying...\n\nDeploying... ✔\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// TestSlowly: a call of more than a second is no silence.
func TestSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for took, want := range map[time.Duration]string{900 * time.Millisecond: "", 1100 * time.Millisecond: "Waiting ...\n"} {
			terminal, _, out := fake()
			err := terminal.Slowly("Waiting", func() error {
				time.Sleep(took)
				return ErrNoTerminal
			})
			if err != ErrNoTerminal || out.String() != want {
				t.Errorf("%s: got %v %q, want %q", took, err, out, want)
			}
		}
	})
}

func TestTable(t *testing.T) {
	terminal, out, _ := fake()
	terminal.Table([]string{"Service Name", "Stage"}, [][]string{{"shop", "dev"}, {"x", ""}})
	want := "Service Name  Stage\n────────────  ─────\nshop          dev\nx\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0ms", 1000 * time.Millisecond: "1000ms", 1240 * time.Millisecond: "1.2s"} {
		if got := Duration(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestNobodyToAsk(t *testing.T) {
	terminal, out, _ := fake()
	if _, err := terminal.Input("name?", "x", nil); err != ErrNoTerminal || out.Len() > 0 {
		t.Errorf("got %v %q", err, out)
	}
}
