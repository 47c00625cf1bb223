package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/prisma1-go/prisma1/pkg/golden"
)

// TestNpmCLI runs the original command line and clients of npm, unchanged, against
// our server: every file in testdata/npm. PRISMA1_TEST_NPM names the node_modules
// folder that has prisma1@1.34.12 in it; $CLI is its program, and [npm:NAME] tells
// whether another package is there. Else as TestScripts.
func TestNpmCLI(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("PRISMA1_TEST_NPM")
	if modules == "" {
		t.Skip("no original command line: PRISMA1_TEST_NPM can name the node_modules folder that has prisma1@1.34.12")
	}
	program := filepath.Join(modules, "prisma1", "dist", "index.js")
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("PRISMA1_TEST_NPM: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "../testdata/npm",
		UpdateScripts: golden.Update(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("CLI", program)
			env.Setenv("NODE_PATH", modules)
			return setupScript(env)
		},
		Condition: func(condition string) (bool, error) {
			name, ok := strings.CutPrefix(condition, "npm:")
			if !ok {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			_, err := os.Stat(filepath.Join(modules, name))
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": scriptServer,
			"query":  scriptQuery,
		},
	})
}
