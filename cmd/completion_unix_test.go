//go:build !windows

package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCompletionInBash: the Tab key in a bash, one without the package bash-completion, too.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := initFolder(t)
	config := filepath.Join(dir, ".home", ".prisma", "config.yml")
	if err := os.WriteFile(config, []byte("clusters:\n  mine:\n    host: http://localhost:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, "--norc", "--noprofile", "-i")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, ".home"), "PS1=> ", "TERM=xterm", "INPUTRC=/dev/null")
	s := start(t, 120, cmd)
	s.reads("> ")
	s.types("source <(prisma1 completion bash); echo sour''ced\r")
	s.reads("sourced")
	s.types("prisma1 depl\t")
	s.reads("prisma1 deploy ")
	s.types("--server m\t")
	s.reads("--server mine ")
	s.types("--strict\t")
	s.reads("--strict-exit ")
	s.types("\x15prisma1 init --generator=go\t")
	s.reads("--generator=go-client")
	s.types("\x15prisma1 help clus\t")
	s.reads("prisma1 help cluster ")
	s.types("\x15exit\r")
	s.ends(0)
}
