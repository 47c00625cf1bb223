// Package golden runs tests over a folder of txtar files: what goes in and what must come out stand in one file.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite golden files with what the tests got")

// Update tells whether golden files are being rewritten.
func Update() bool { return *update }

// A Case is one txtar file: a comment and named sections. One test uses it, in one goroutine.
type Case struct {
	Name    string // of the file, without folder and .txtar
	Comment string // what stands above the first section

	archive *txtar.Archive
}

// Each runs f as a parallel subtest for every .txtar file below dir, a path
// from the root of the module ("testdata/datamodel"). Under -update, a file
// whose Want differs is rewritten when f is done. A folder without files fails.
func Each(t *testing.T, dir string, f func(t *testing.T, c *Case)) {
	t.Helper()
	root := filepath.Join(Root(t), filepath.FromSlash(dir))
	paths := list(t, root)
	if len(paths) == 0 {
		t.Fatalf("no .txtar files in %s", dir)
	}
	for _, path := range paths {
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		name = strings.TrimSuffix(filepath.ToSlash(name), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runCase(t, path, name, f)
		})
	}
}

func runCase(t *testing.T, path, name string, f func(t *testing.T, c *Case)) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := parse(name, text)
	if *update {
		// Also when f ends the test early: the sections seen so far are kept.
		defer func() {
			changed := txtar.Format(c.archive)
			if bytes.Equal(changed, text) {
				return
			}
			if err := os.WriteFile(path, changed, 0o644); err != nil {
				t.Error(err)
			}
		}()
	}
	f(t, c)
}

func parse(name string, text []byte) *Case {
	archive := txtar.Parse(text)
	return &Case{Name: name, Comment: strings.TrimSpace(string(archive.Comment)), archive: archive}
}

// Get returns the text of a section, "" when there is none.
func (c *Case) Get(name string) string {
	if i := c.index(name); i >= 0 {
		return string(c.archive.Files[i].Data)
	}
	return ""
}

// Has tells whether there is a section.
func (c *Case) Has(name string) bool { return c.index(name) >= 0 }

// Names returns the names of the sections in order.
func (c *Case) Names() []string {
	names := make([]string, len(c.archive.Files))
	for i, f := range c.archive.Files {
		names[i] = f.Name
	}
	return names
}

// Want compares a section with what the test got and reports the difference.
// The last line of got needs no line end. Under -update the section becomes
// got; it is added when it is missing.
func (c *Case) Want(t *testing.T, name, got string) {
	t.Helper()
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	if *update {
		c.set(name, got)
		return
	}
	if !c.Has(name) {
		t.Errorf("%s has no section %q; got:\n%s", c.Name, name, got)
		return
	}
	if want := c.Get(name); want != got {
		t.Errorf("%s, section %q (-want +got):\n%s\ngot:\n%s", c.Name, name, cmp.Diff(want, got), got)
	}
}

func (c *Case) set(name, text string) {
	if i := c.index(name); i >= 0 {
		c.archive.Files[i].Data = []byte(text)
		return
	}
	c.archive.Files = append(c.archive.Files, txtar.File{Name: name, Data: []byte(text)})
}

func (c *Case) index(name string) int {
	return slices.IndexFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == name })
}

// list returns the .txtar files below a folder, in order of their names.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".txtar" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Root returns the folder of the module: the nearest with a go.mod, upwards from the test's package.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod in any folder above the test")
		}
		dir = up
	}
}
