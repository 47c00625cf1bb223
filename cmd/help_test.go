package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelpIsWhole: every command says what it does and shows how it is called, every flag what it is for.
func TestHelpIsWhole(t *testing.T) {
	t.Parallel()
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Usage == "" {
				t.Errorf("%s: --%s says nothing", cmd.CommandPath(), f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			if c.Hidden {
				continue
			}
			if c.Short == "" || !strings.HasPrefix(c.Example, "- ") || !strings.Contains(c.Example, "prisma1 "+strings.TrimPrefix(c.CommandPath(), "prisma1 ")) && !c.HasSubCommands() {
				t.Errorf("%s: no description or no example in the form of the others:\n%s", c.CommandPath(), c.Example)
			}
			check(c)
		}
	}
	check(newRootCmd(newApp(nil, nil, nil)))
}

// explained is a line of a help screen about a command or a flag.
var explained = regexp.MustCompile(`^\s+([a-z-]+  \S|(-\w, )?--\w)`)

// TestHelpKeepsTheOriginals: every command and flag that the recorded help screens explain is
// explained in the same words.
func TestHelpKeepsTheOriginals(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PRISMA1_CONFORMANCE")
	if folder == "" {
		t.Skip("no recordings: PRISMA1_CONFORMANCE can name their folder")
	}
	text, err := os.ReadFile(filepath.Join(folder, "cli", "version-help-unknown-command.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, "prisma1")
	lines := 0
	for _, st := range parseRecording(string(text)).steps {
		if !strings.Contains(st.line, "help") {
			continue
		}
		own := strings.Split(s.run(t, strings.Fields(st.line)[1:]), "\n")
		for line := range strings.Lines(st.recorded) {
			words := strings.Fields(line)
			if !explained.MatchString(line) || slices.Contains(later, words[0]) {
				continue
			}
			lines++
			if !slices.ContainsFunc(own, func(o string) bool { return slices.Equal(strings.Fields(o), words) }) {
				t.Errorf("%s: %s", st.line, strings.TrimSpace(line))
			}
		}
	}
	if lines < 30 {
		t.Errorf("only %d lines were compared", lines)
	}
}
