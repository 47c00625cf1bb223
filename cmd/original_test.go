package cmd

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/prisma1-go/prisma1/pkg/golden"
)

// TestOriginal compares our command line with the original one: stdout, stderr, exit status and
// files, command by command. testdata/original/differences.txt lists the differences that we want.
func TestOriginal(t *testing.T) {
	t.Parallel()
	differences := readDifferences(t)
	// In a group, so that all have run when the differences are looked at.
	t.Run("sessions", func(t *testing.T) {
		t.Run("npm", func(t *testing.T) { testSideBySide(t, differences) })
		t.Run("recorded", func(t *testing.T) { testRecordings(t, differences) })
	})
	some := strings.Contains(flag.Lookup("test.run").Value.String(), "/")
	if os.Getenv("PRISMA1_CONFORMANCE") != "" && !some && !t.Failed() {
		checkUsed(t, differences)
	}
}

// testSideBySide plays every session in testdata/original, each on servers of its own. What the
// original makes of it stands in the file; with PRISMA1_TEST_NPM, which names the node_modules
// folder that has prisma1@1.34.12 in it, the original plays too and must still make the same of
// it (-update writes down what it does).
func testSideBySide(t *testing.T, differences []*difference) {
	t.Parallel()
	var program []string
	if modules := os.Getenv("PRISMA1_TEST_NPM"); modules != "" {
		script := filepath.Join(modules, "prisma1", "dist", "index.js")
		if _, err := os.Stat(script); err != nil {
			t.Fatalf("PRISMA1_TEST_NPM: %v", err)
		}
		program = []string{"node", "-r", filepath.Join(golden.Root(t), "testdata", "original", "quiet.cjs"), script}
	}
	golden.Each(t, "testdata/original", func(t *testing.T, c *golden.Case) {
		s := parseScript(c.Comment, c.Names(), c.Get)
		if program != nil {
			c.Want(t, originalSection, newStage(t, program...).play(t, s))
		}
		compare(t, differences, c.Get(originalSection), newStage(t, "prisma1").play(t, s))
	})
	t.Run("original", func(t *testing.T) {
		if program == nil {
			t.Skip("the original command line did not play: PRISMA1_TEST_NPM can name the node_modules folder that has prisma1@1.34.12")
		}
	})
}

// comingNext are recordings of commands that are still missing.
var comingNext = []string{"generate-in-prisma-yml", "import-export-seed"}

// testRecordings plays what was recorded from the original without a terminal again, with ours.
func testRecordings(t *testing.T, differences []*difference) {
	t.Parallel()
	folder := os.Getenv("PRISMA1_CONFORMANCE")
	if folder == "" {
		t.Skip("no recordings: PRISMA1_CONFORMANCE can name their folder")
	}
	paths, err := filepath.Glob(filepath.Join(folder, "cli", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("PRISMA1_CONFORMANCE: no sessions of the command line there (%v)", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := parseRecording(string(text))
			if s.onTerminal() {
				t.Skip("somebody sat at a terminal")
			}
			if slices.Contains(comingNext, name) {
				t.Skip("is about commands that come next")
			}
			compare(t, differences, s.recording(), newStage(t, "prisma1").play(t, s))
		})
	}
}

func compare(t *testing.T, differences []*difference, original, own string) {
	t.Helper()
	original, own = applyAll(differences, normal(original), normal(own))
	if original != own {
		t.Errorf("ours differs:\n%s", diff.Diff("original", []byte(original), "ours", []byte(own)))
	}
}
