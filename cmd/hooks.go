package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// A hookResult is what became of one hook.
type hookResult struct {
	Command string `json:"command"`
	OK      bool   `json:"ok"`
	Output  string `json:"output"` // stderr, then stdout; or why it could not be started
}

// runHooks runs the post-deploy commands. As in the original a failing hook stops neither the
// next one nor the deploy, and there is no shell: a command is split at spaces.
func runHooks(ctx context.Context, t *terminal.Terminal, file *prismayml.File) []hookResult {
	if len(file.PostDeploy) == 0 {
		return nil
	}
	t.Printf("\n%s\n", t.Bold("post-deploy:"))
	environ := hookEnviron(file.Env.List())
	var results []hookResult
	for _, hook := range file.PostDeploy {
		results = append(results, runHook(ctx, t, hook, environ))
	}
	return results
}

func runHook(ctx context.Context, t *terminal.Terminal, hook string, environ []string) hookResult {
	p := t.Start("Running " + t.Cyan(hook))
	cmd, err := command(ctx, strings.Fields(hook), environ)
	if err != nil {
		p.Log(err.Error())
		p.Fail()
		return hookResult{Command: hook, Output: err.Error()}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	result := hookResult{Command: hook, OK: err == nil, Output: stderr.String() + stdout.String()}
	output := stdout.String()
	if stderr.Len() > 0 {
		output = t.Red(stderr.String()) + output
	}
	if output != "" {
		p.Log(output)
	}
	if err != nil {
		p.Fail()
		return result
	}
	p.Done()
	return result
}

// command prepares a program, which is looked for in the PATH of environ.
func command(ctx context.Context, words, environ []string) (*exec.Cmd, error) {
	if len(words) == 0 {
		return nil, errors.New("the command is empty")
	}
	path, err := lookPath(words[0], environ)
	if err != nil {
		return nil, fmt.Errorf("%s: command not found. There is no shell behind it: only programs can be run", words[0])
	}
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Env = environ
	return cmd, nil
}

// hookEnviron puts the node_modules/.bin folders from here upwards in front of the PATH and the
// folder of this program behind it, so that hooks can call prisma1.
func hookEnviron(environ []string) []string {
	var folders []string
	if dir, err := os.Getwd(); err == nil {
		for ; ; dir = filepath.Dir(dir) {
			folders = append(folders, filepath.Join(dir, "node_modules", ".bin"))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	folders = append(folders, pathOf(environ))
	if self, err := os.Executable(); err == nil {
		folders = append(folders, filepath.Dir(self))
	}
	return append(slices.Clone(environ), "PATH="+strings.Join(folders, string(os.PathListSeparator)))
}

func pathOf(environ []string) string {
	path := ""
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if name == "PATH" || runtime.GOOS == "windows" && strings.EqualFold(name, "PATH") {
			path = value
		}
	}
	return path
}

// lookPath is exec.LookPath with the PATH of environ.
func lookPath(name string, environ []string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) || strings.Contains(name, "/") {
		return exec.LookPath(name)
	}
	for _, dir := range filepath.SplitList(pathOf(environ)) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fs.ErrNotExist
}
