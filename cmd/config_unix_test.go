//go:build !windows

package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without rights; root, who may read everything, becomes that one for this test.
const nobody = 65534

// TestUnreadableConfig: a config.yml that may not be read stops what needs it, and the message
// says so; help and the program's version need none.
func TestUnreadableConfig(t *testing.T) {
	t.Parallel()
	dir, definition := wizardFolder(t)
	config := filepath.Join(dir, ".home", ".prisma", "config.yml")
	program := filepath.Join(dir, "prisma1")
	for _, err := range []error{
		os.MkdirAll(filepath.Dir(config), 0o755),
		os.WriteFile(config, []byte("clusters: {}\n"), 0o000),
		copyProgram(program),
		os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755), // the test's own folder
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, ".home"))
		if os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("--help"); err != nil {
		t.Skipf("another user cannot run the program here: %v %s", err, out)
	}
	for _, args := range [][]string{
		{"deploy", "--endpoint", "http://localhost:1/a/b"}, {"list"}, {"cluster", "list"}, {"cluster", "add", "x", "http://x"}, {"doctor"}, {"config"}, {"login", "--key", "a.b.c"}, {"logout"},
	} {
		out, err := run(args...)
		joined := strings.Join(strings.Fields(strings.ReplaceAll(out, "▸", "")), " ")
		if err == nil || !strings.Contains(joined, "config.yml: permission denied") {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
	if text, err := os.Stat(config); err != nil || text.Size() != int64(len("clusters: {}\n")) {
		t.Errorf("config.yml changed: %v %v", text, err)
	}
	if definition() != noEndpoint {
		t.Errorf("prisma.yml changed: %q", definition())
	}
}

// copyProgram makes the program of the tests one that everybody may run.
func copyProgram(path string) error {
	program, err := exec.LookPath("prisma1")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o755)
}
